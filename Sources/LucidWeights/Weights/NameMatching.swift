/// How names that people type are compared: case, `_`, `-` and spaces do not count.
package enum NameMatching {
  /// The name as it is compared.
  package static func key(_ name: some StringProtocol) -> String {
    String(name.lowercased().filter { $0 != "_" && $0 != "-" && !$0.isWhitespace })
  }

  /// The name of a model or of its enum of weights, as it is compared: "ResNet_18_Weights" is "resnet18" too.
  package static func modelKey(_ name: some StringProtocol) -> String {
    let key = key(name)
    return key.hasSuffix("weights") && key != "weights" ? String(key.dropLast("weights".count)) : key
  }

  /// The two parts of "model.tag", "model:tag" or "model/tag"; without a separator the second is `nil`.
  package static func split(_ name: String) -> (first: Substring, second: Substring?) {
    guard let separator = name.firstIndex(where: { ".:/".contains($0) }) else { return (name[...], nil) }
    return (name[..<separator], name[name.index(after: separator)...])
  }

  /// The name nearest to what was typed, or `nil` where none is near enough to be meant.
  ///
  /// Near enough is an edit distance of at most a third of what was typed, and one edit always. Of names equally near,
  /// the first.
  package static func nearest(
    to typed: some StringProtocol, among names: some Sequence<String>, by key: (String) -> String = { key($0) }
  ) -> String? {
    let typed = Array(key(String(typed)))
    var best: (name: String, distance: Int)?
    for name in names {
      let distance = editDistance(typed, Array(key(name)))
      if distance <= max(1, typed.count / 3), distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
  }

  /// The least number of insertions, deletions, substitutions and swaps of neighbours that turns one into the other
  /// (optimal string alignment).
  static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}
