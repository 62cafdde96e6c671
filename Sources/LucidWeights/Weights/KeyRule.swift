import LucidTensor

/// How the beginning of a tensor's name in one published file becomes the model's own, as in `stem.0.` → `conv1.`.
///
/// `{n}` in `from` stands for a whole number, and `{n}`, `{n+1}` or `{n-2}` in `to` for that number or another: the rule
/// `features.{n}.conv.3.` → `features.{n-2}.conv.1.0.` serves every block. Of several rules the first that fits is used,
/// once; a name that none fits stays. So a manifest writes a key map of hundreds of names in a few lines.
public struct KeyRule: Sendable, Hashable {
  /// What the name begins with in the file.
  public let from: String
  /// What it begins with in the model.
  public let to: String

  /// The rule that makes names which begin with `from` begin with `to`.
  public init(_ from: String, _ to: String) { (self.from, self.to) = (from, to) }

  /// The model's name for a name of the file, or nil where the rule does not fit.
  public func callAsFunction(_ key: String) -> String? {
    var numbers: [Substring: Int] = [:]
    var rest = key[...]
    for part in Self.parts(from) {
      switch part {
      case .text(let text):
        guard rest.hasPrefix(text) else { return nil }
        rest = rest.dropFirst(text.count)
      case .number(let name, _):
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), numbers[name] ?? number == number else { return nil }
        numbers[name] = number
        rest = rest.dropFirst(digits.count)
      }
    }
    var result = ""
    for part in Self.parts(to) {
      switch part {
      case .text(let text): result += text
      case .number(let name, let offset):
        guard let number = numbers[name], number + offset >= 0 else { return nil }
        result += String(number + offset)
      }
    }
    return result + rest
  }

  private enum Part {
    case text(Substring)
    case number(Substring, offset: Int)
  }

  private static func parts(_ pattern: String) -> [Part] {
    var parts: [Part] = []
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { parts.append(.text(rest[..<open])) }
      let inside = rest[rest.index(after: open)..<close]
      let sign = inside.firstIndex { "+-".contains($0) } ?? inside.endIndex
      parts.append(.number(inside[..<sign], offset: Int(inside[sign...]) ?? 0))
      rest = rest[rest.index(after: close)...]
    }
    return rest.isEmpty ? parts : parts + [.text(rest)]
  }
}

extension [KeyRule] {
  /// The model's name for a name of the file.
  public func callAsFunction(_ key: String) -> String {
    for rule in self { if let name = rule(key) { return name } }
    return key
  }
}

extension StateDict {
  /// The same tensors under the names that the rules give them. Throws ``LucidError`` with
  /// ``LucidError/Code/stateDictMismatch`` when two would get the same name.
  public func renamed(_ rules: [KeyRule]) throws(LucidError) -> StateDict {
    rules.isEmpty ? self : try renamed { rules($0) }
  }
}
