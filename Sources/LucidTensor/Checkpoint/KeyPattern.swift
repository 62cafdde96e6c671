/// A name with holes: `layers.{i}.{rest*}`.
///
/// `{name}` stands for one part of a name, between dots; `{name*}` for anything that is not empty, dots included; and
/// `{name+2}` or `{name-1}` for a number, that much away from the one meant. All other characters stand for themselves. A
/// number that would be negative or beyond `Int` is no match: such a name is left as it is.
struct KeyPattern: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case text(String)
    case part(String)
    case rest(String)
    case number(String, offset: Int)

    var capture: String? {
      switch self {
      case .text: nil
      case .part(let name), .rest(let name), .number(let name, _): name
      }
    }
  }

  let text: String
  let pieces: [Piece]

  /// The names of the holes.
  var captures: Set<String> { Set(pieces.compactMap(\.capture)) }

  /// Throws ``LucidError`` with ``LucidError/Code/invalidInput`` where the braces are not as described, or a hole's name
  /// is used twice.
  init(_ text: String) throws(LucidError) {
    func invalid(_ problem: String) -> LucidError {
      LucidError(
        .invalidInput, doing: "reading the pattern \"\(text)\"", problem: problem,
        advice: "Holes are {name}, {name*} and {name+1}; see KeyMap.")
    }
    guard !text.isEmpty else { throw invalid("a name is not empty") }
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else { throw invalid("a { has no }") }
      var name = rest[rest.index(after: open)..<close]
      let piece: Piece
      if name.last == "*" {
        name = name.dropLast()
        piece = .rest(String(name))
      } else if let sign = name.firstIndex(where: { $0 == "+" || $0 == "-" }) {
        guard let offset = Int(name[sign...]) else { throw invalid("{\(name)} adds no number") }
        name = name[..<sign]
        piece = .number(String(name), offset: offset)
      } else {
        piece = .part(String(name))
      }
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        throw invalid("a hole needs a name of letters")
      }
      if pieces.last?.capture != nil { throw invalid("two holes follow one another") }
      if pieces.contains(where: { $0.capture == String(name) }) { throw invalid("the hole \(name) is there twice") }
      pieces.append(piece)
      rest = rest[rest.index(after: close)...]
    }
    if rest.contains("}") { throw invalid("a } has no {") }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.text = text
    self.pieces = pieces
  }

  /// What a whole name has in the holes, nil where it is no such name. A hole takes as little as it can.
  func match(_ key: String) -> [String: String]? {
    var values: [String: String] = [:]
    return match(Array(key.utf8)[...], pieces[...], &values) ? values : nil
  }

  private func match(_ key: ArraySlice<UInt8>, _ pieces: ArraySlice<Piece>, _ values: inout [String: String]) -> Bool {
    guard let piece = pieces.first else { return key.isEmpty }
    let after = pieces.dropFirst()
    switch piece {
    case .text(let text):
      return key.starts(with: text.utf8) && match(key.dropFirst(text.utf8.count), after, &values)
    case .part(let name):
      return take(key, after, name, &values) {
        $0 != UInt8(ascii: ".")
      } value: {
        $0
      }
    case .rest(let name):
      return take(key, after, name, &values) { _ in
        true
      } value: {
        $0
      }
    case .number(let name, let offset):
      return take(key, after, name, &values) {
        (0x30...0x39).contains($0)
      } value: { text in
        guard let number = Int(text), text == String(number) else { return nil }
        let (meant, overflows) = number.subtractingReportingOverflow(offset)
        return overflows || meant < 0 ? nil : String(meant)
      }
    }
  }

  private func take(
    _ key: ArraySlice<UInt8>, _ after: ArraySlice<Piece>, _ name: String, _ values: inout [String: String],
    allowed: (UInt8) -> Bool, value: (String) -> String?
  ) -> Bool {
    let most = key.prefix(while: allowed).count
    // At the end of a pattern a hole takes all that is left.
    let counts = after.isEmpty ? most..<most + 1 : 1..<most + 1
    for count in counts where count > 0 {
      let rest = key.dropFirst(count)
      if case .text(let text)? = after.first, !rest.starts(with: text.utf8) { continue }
      guard let value = value(String(decoding: key.prefix(count), as: UTF8.self)) else { continue }
      values[name] = value
      if match(rest, after, &values) { return true }
    }
    return false
  }

  /// The name with values in the holes; nil where a number would be negative or beyond `Int`.
  func fill(_ values: [String: String]) -> String? {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .part(let name), .rest(let name): result += values[name]!
      case .number(let name, let offset):
        guard let number = Int(values[name]!) else { return nil }
        let (sum, overflows) = number.addingReportingOverflow(offset)
        guard !overflows, sum >= 0 else { return nil }
        result += String(sum)
      }
    }
    return result
  }
}
