/// How the names of one checkpoint become those of another: rules, applied one after the other, as a value.
///
/// ```swift
/// let map = try KeyMap("-module.; blocks.{i}.{rest*} => layers.{i+1}.{rest*}; head.fc.{x} => fc.{x}")
/// let renamed = try stateDict.renamed(map)
/// let back = try renamed.renamed(map.inverted())
/// ```
public struct KeyMap: Sendable, Hashable, CustomStringConvertible {
  /// One step of a map.
  public enum Rule: Sendable, Hashable {
    /// Removes a beginning from the names that have it.
    case removePrefix(String)
    /// Puts a beginning before every name.
    case addPrefix(String)
    /// Gives the names in a table others.
    case table([String: String])
    /// Rewrites the names that a pattern matches whole, by the first of the pairs that does; see ``KeyMap/init(_:)``.
    case rewrite([Rewriting])
  }

  /// A pattern and what becomes of the names that match it.
  public struct Rewriting: Sendable, Hashable {
    let from: KeyPattern
    let to: KeyPattern

    /// The two patterns have the same holes. Throws ``LucidError`` with ``LucidError/Code/invalidInput`` otherwise.
    public init(_ from: String, _ to: String) throws(LucidError) {
      self.from = try KeyPattern(from)
      self.to = try KeyPattern(to)
      guard self.from.captures == self.to.captures else {
        throw LucidError(
          .invalidInput, doing: "reading the rule \"\(from) => \(to)\"",
          problem: "its two sides have different holes, so it cannot be undone")
      }
    }

    init(inverting other: Rewriting) { (from, to) = (other.to, other.from) }
  }

  /// The rules, the first applied first.
  public private(set) var rules: [Rule]

  /// A map of some rules; none leaves names as they are.
  public init(_ rules: [Rule] = []) { self.rules = rules }

  /// A map from text: rules separated by semicolons or line ends, `#` before a comment.
  ///
  /// - `-module.` removes a prefix, `+backbone.` adds one.
  /// - `from => to` rewrites a whole name. `{x}` stands for one part between dots, `{x*}` for anything, and `{i+1}` for a
  ///   number one more than `{i}` on the other side. Rewritings that follow one another are alternatives: the first that
  ///   matches counts.
  ///
  /// Throws ``LucidError`` with ``LucidError/Code/invalidInput`` where a rule is none of these.
  public init(_ text: String) throws(LucidError) {
    rules = []
    var rewritings: [Rewriting] = []
    // Scalars, not characters: a name may begin with a mark that would make one character of it and the space before.
    for line in text.unicodeScalars.split(whereSeparator: { $0 == ";" || Character($0).isNewline }) {
      let rule = line.prefix { $0 != "#" }.trimmed
      if rule.isEmpty { continue }
      if let arrow = rule.firstRange(of: "=>".unicodeScalars) {
        rewritings.append(
          try Rewriting(String(rule[..<arrow.lowerBound].trimmed), String(rule[arrow.upperBound...].trimmed)))
        continue
      }
      if !rewritings.isEmpty { rules.append(.rewrite(rewritings)) }
      rewritings = []
      switch rule.first {
      case "-" where rule.count > 1: rules.append(.removePrefix(String(rule.dropFirst())))
      case "+" where rule.count > 1: rules.append(.addPrefix(String(rule.dropFirst())))
      default:
        throw LucidError(
          .invalidInput, doing: "reading the rule \"\(String(rule))\"", problem: "it is none that is known",
          advice: "Rules are \"-prefix\", \"+prefix\" and \"from => to\".")
      }
    }
    if !rewritings.isEmpty { rules.append(.rewrite(rewritings)) }
  }

  /// The name that a name becomes; itself where no rule is about it.
  public func callAsFunction(_ key: String) -> String { rules.reduce(key) { $1.apply(to: $0) } }

  /// This map and then another.
  public func then(_ next: KeyMap) -> KeyMap { KeyMap(rules + next.rules) }

  /// The map back, rule by rule from the last.
  ///
  /// It undoes this one on checkpoints whose every name the rules are about: what removes a prefix is undone by adding it
  /// to every name. Throws ``LucidError`` with ``LucidError/Code/invalidInput`` where a table gives one name to two.
  public func inverted() throws(LucidError) -> KeyMap {
    var result: [Rule] = []
    for rule in rules.reversed() { result.append(try rule.inverted()) }
    return KeyMap(result)
  }

  /// The rules as text that ``init(_:)`` reads.
  public var description: String { rules.map(\.description).joined(separator: "; ") }
}

extension KeyMap.Rule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .removePrefix(let prefix): "-\(prefix)"
    case .addPrefix(let prefix): "+\(prefix)"
    case .table(let names): names.sorted { $0.key < $1.key }.map { "\($0) => \($1)" }.joined(separator: "; ")
    case .rewrite(let rules): rules.map { "\($0.from.text) => \($0.to.text)" }.joined(separator: "; ")
    }
  }

  func apply(to key: String) -> String {
    switch self {
    case .removePrefix(let prefix): return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
    case .addPrefix(let prefix): return prefix + key
    case .table(let names): return names[key] ?? key
    case .rewrite(let rules):
      for rule in rules {
        if let values = rule.from.match(key), let name = rule.to.fill(values) { return name }
      }
      return key
    }
  }

  func inverted() throws(LucidError) -> KeyMap.Rule {
    switch self {
    case .removePrefix(let prefix): return .addPrefix(prefix)
    case .addPrefix(let prefix): return .removePrefix(prefix)
    case .table(let names):
      var result: [String: String] = [:]
      for (from, to) in names {
        if let other = result.updateValue(from, forKey: to) {
          let both = [from, other].sorted().joined(separator: " and ")
          throw LucidError(
            .invalidInput, doing: "inverting a key map", problem: "\(both) both become \(to)")
        }
      }
      return .table(result)
    case .rewrite(let rules): return .rewrite(rules.map(KeyMap.Rewriting.init(inverting:)))
    }
  }
}

extension StateDict {
  /// The same tensors under the names that a map gives them. Throws ``LucidError`` with
  /// ``LucidError/Code/stateDictMismatch`` when two would get the same.
  public func renamed(_ map: KeyMap) throws(LucidError) -> StateDict { try renamed { Optional(map($0)) } }
}

extension Substring.UnicodeScalarView {
  /// Without white space at the ends.
  fileprivate var trimmed: Self {
    var result = drop(while: \.properties.isWhitespace)
    while result.last?.properties.isWhitespace == true { result.removeLast() }
    return result
  }
}
