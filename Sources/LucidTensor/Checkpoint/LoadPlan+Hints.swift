/// A way of naming the parameters of a kind of model, told by names that only it has.
public struct Naming: Sendable, Hashable {
  /// What people call it, as in "timm's naming of MobileNetV2".
  public let name: String
  /// Names that a checkpoint of this naming has, in the form of ``KeyMap``'s patterns.
  public let signature: [String]
  /// How its names become the model's, where that is known.
  public let map: KeyMap?
  fileprivate let patterns: [KeyPattern]

  /// A naming. Throws ``LucidError`` with ``LucidError/Code/invalidInput`` where a pattern is malformed.
  public init(_ name: String, signature: [String], map: KeyMap? = nil) throws(LucidError) {
    self.name = name
    self.signature = signature
    self.map = map
    var patterns: [KeyPattern] = []
    for text in signature { patterns.append(try KeyPattern(text)) }
    self.patterns = patterns
  }

  /// Whether a state dict has a name for each part of the signature.
  public func isUsed(in stateDict: StateDict) -> Bool {
    patterns.allSatisfy { pattern in stateDict.keys.contains { pattern.match($0) != nil } }
  }
}

extension LoadPlan {
  /// Something that may explain why a state dict does not fit.
  public enum Hint: Sendable, Hashable, CustomStringConvertible {
    /// After renaming by the map, so many of the model's names would fit.
    case rename(KeyMap, fits: Int, of: Int)
    /// The state dict is named as somebody else names it.
    case naming(String)
    /// The last layer is for another number of classes.
    case classes(layer: String, found: Int, expected: Int)
    /// The first layer is for another number of channels.
    case channels(layer: String, found: Int, expected: Int)

    public var description: String {
      switch self {
      case .rename(let map, let fits, let all):
        switch map.rules.first {
        case .removePrefix(let prefix)? where map.rules.count == 1:
          "\(fits) of \(all) match after removing `\(prefix)`"
        case .addPrefix(let prefix)? where map.rules.count == 1: "\(fits) of \(all) match after adding `\(prefix)`"
        default: "\(fits) of \(all) match after renaming by `\(map)`"
        }
      case .naming(let name): "it looks like \(name)"
      case .classes(let layer, let found, let expected):
        "\(layer) of the checkpoint has \(found) classes, the model \(expected)"
      case .channels(let layer, let found, let expected):
        "\(layer) of the checkpoint takes \(found) channels, the model \(expected)"
      }
    }
  }
}

/// Tries what people usually have to do to a checkpoint.
struct HintFinder {
  private let stateDict: StateDict
  private let expected: [(name: String, type: TensorType)]
  private let types: [String: TensorType]
  private let required: Int
  private let namings: [Naming]

  init(
    _ stateDict: StateDict, _ expected: [(name: String, type: TensorType)], _ optional: Set<String>,
    _ namings: [Naming]
  ) {
    self.stateDict = stateDict
    self.expected = expected
    self.namings = namings
    types = Dictionary(expected.map { ($0.name, $0.type) }) { first, _ in first }
    required = expected.count { !optional.contains($0.name) || stateDict.contains($0.name) }
  }

  func hints(_ differences: [LoadPlan.Difference]) -> [LoadPlan.Hint] {
    var hints: [LoadPlan.Hint] = []
    let now = fits(KeyMap())
    let named = namings.filter { $0.isUsed(in: stateDict) }
    hints += named.map { .naming($0.name) }
    let candidates = prefixes() + named.compactMap(\.map)
    // The first of the best: the simplest.
    var best: (map: KeyMap, fits: Int)?
    for map in candidates {
      let fits = fits(map)
      if fits > (best?.fits ?? now) { best = (map, fits) }
    }
    if let best {
      hints.append(.rename(best.map, fits: best.fits, of: max(required, best.fits)))
      hints += sizes(shapeDifferences(after: best.map))
    } else {
      hints += sizes(differences)
    }
    return hints
  }

  /// How many of the model's names a renamed state dict has, with the same shape.
  private func fits(_ map: KeyMap) -> Int {
    stateDict.keys.count { key in
      guard let type = types[map(key)] else { return false }
      return type.shape == stateDict.type(of: key)!.shape
    }
  }

  private func shapeDifferences(after map: KeyMap) -> [LoadPlan.Difference] {
    stateDict.keys.compactMap { key in
      guard let type = types[map(key)], let found = stateDict.type(of: key), found.shape != type.shape else {
        return nil
      }
      return LoadPlan.Difference(name: map(key), expected: type, found: found)
    }
  }

  /// Maps that remove a beginning of the state dict's names, or add one of the model's.
  private func prefixes() -> [KeyMap] {
    func beginnings(_ names: [String]) -> [String] {
      var seen: Set<String> = []
      var result: [String] = []
      for name in names {
        var prefix = ""
        for part in name.split(separator: ".", omittingEmptySubsequences: false).prefix(4).dropLast() {
          prefix += part + "."
          // A name that is longer has no end of beginnings; the first are those that programs put there.
          if result.count < 200, seen.insert(prefix).inserted { result.append(prefix) }
        }
      }
      return result
    }
    return beginnings(stateDict.keys).map { KeyMap([.removePrefix($0)]) }
      + beginnings(expected.map(\.name)).map { KeyMap([.addPrefix($0)]) }
  }

  /// What different shapes say about the ends of the model.
  private func sizes(_ differences: [LoadPlan.Difference]) -> [LoadPlan.Hint] {
    var hints: [LoadPlan.Hint] = []
    func layer(_ name: String) -> String { name.split(separator: ".").dropLast().joined(separator: ".") }
    // A head's weight [classes, features] differs in the first size alone.
    if let head = differences.last(where: {
      $0.name.hasSuffix(".weight") && differs($0, only: 0) && $0.found.shape.rank <= 4
    }),
      head.name == expected.last(where: { $0.name.hasSuffix(".weight") && $0.type.shape.rank > 1 })?.name
    {
      hints.append(
        .classes(layer: layer(head.name), found: head.found.shape[0], expected: head.expected.shape[0]))
    }
    if let first = differences.first(where: { $0.expected.shape.rank == 4 && differs($0, only: 1) }),
      first.name == expected.first?.name
    {
      hints.append(
        .channels(layer: layer(first.name), found: first.found.shape[1], expected: first.expected.shape[1]))
    }
    return hints
  }

  private func differs(_ difference: LoadPlan.Difference, only axis: Int) -> Bool {
    var (a, b) = (difference.expected.shape, difference.found.shape)
    guard a.rank == b.rank, a.rank > max(axis, 1) else { return false }
    (a[axis], b[axis]) = (0, 0)
    return a == b
  }
}
