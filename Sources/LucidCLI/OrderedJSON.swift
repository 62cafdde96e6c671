import Foundation

/// JSON that keeps the order of its keys and the digits of its numbers, so that a file which a person wrote can be added to
/// without writing the rest of it anew.
enum OrderedJSON: Equatable, Sendable {
  /// A string, number, `true`, `false` or `null`, as it is written.
  case scalar(String)
  case array([OrderedJSON])
  /// The members in order; keys as text.
  case object([Member])

  struct Member: Equatable, Sendable {
    let key: String
    var value: OrderedJSON
  }

  /// The value in a text. Throws where it is no JSON.
  init(parsing data: Data) throws {
    // Foundation judges; what follows can then trust the text.
    _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    var rest = Array(data)[...]
    self = try Self.value(&rest)
  }

  static func string(_ text: String) -> OrderedJSON { .scalar(quoted(text)) }
  static func number(_ value: Int) -> OrderedJSON { .scalar("\(value)") }
  static func number(_ value: Double) -> OrderedJSON { .scalar("\(value)") }
  static let null = OrderedJSON.scalar("null")

  /// A member of an object, nil for other values and where there is none; setting one that is new puts it at the end.
  subscript(key: String) -> OrderedJSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self, let newValue else { return }
      if let index = members.firstIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append(Member(key: key, value: newValue))
      }
      self = .object(members)
    }
  }

  /// The elements of an array.
  var elements: [OrderedJSON]? { if case .array(let elements) = self { elements } else { nil } }

  /// The text of a string.
  var text: String? {
    guard case .scalar(let literal) = self, literal.hasPrefix("\"") else { return nil }
    return try? JSONDecoder().decode(String.self, from: Data(literal.utf8))
  }

  /// The value as text: what fits is on one line, the rest is indented by two spaces.
  func formatted(indent: Int = 0) -> String {
    let line = inline
    if indent + line.count <= 100 || line == "[]" || line == "{}" { return line }
    let margin = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .scalar(let literal): return literal
    case .array(let elements):
      return "[\n" + elements.map { margin + $0.formatted(indent: indent + 2) }.joined(separator: ",\n") + end + "]"
    case .object(let members):
      let lines = members.map { "\(margin)\(Self.quoted($0.key)): \($0.value.formatted(indent: indent + 2))" }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    }
  }

  private var inline: String {
    switch self {
    case .scalar(let literal): literal
    case .array(let elements): "[" + elements.map(\.inline).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.key)): \($0.value.inline)" }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("a text is always JSON: \(text)") }
    return String(decoding: data, as: UTF8.self)
  }

  private static func value(_ rest: inout ArraySlice<UInt8>) throws -> OrderedJSON {
    skip(&rest)
    switch rest.first {
    case UInt8(ascii: "["):
      var elements: [OrderedJSON] = []
      try list(&rest) { elements.append(try value(&$0)) }
      return .array(elements)
    case UInt8(ascii: "{"):
      var members: [Member] = []
      try list(&rest) { rest in
        let key = try value(&rest).text ?? ""
        skip(&rest)
        rest = rest.dropFirst()
        members.append(Member(key: key, value: try value(&rest)))
      }
      return .object(members)
    case UInt8(ascii: "\""):
      let begin = rest
      rest = rest.dropFirst()
      while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
        if byte == UInt8(ascii: "\\") { rest = rest.dropFirst() }
      }
      return .scalar(String(decoding: begin[..<rest.startIndex], as: UTF8.self))
    default:
      let word = rest.prefix { !" \n\r\t,]}:".utf8.contains($0) }
      guard !word.isEmpty else { throw CocoaError(.propertyListReadCorrupt) }
      rest = rest.dropFirst(word.count)
      return .scalar(String(decoding: word, as: UTF8.self))
    }
  }

  /// Reads what is between brackets and commas.
  private static func list(
    _ rest: inout ArraySlice<UInt8>, _ element: (inout ArraySlice<UInt8>) throws -> Void
  ) throws {
    rest = rest.dropFirst()
    while true {
      skip(&rest)
      guard let byte = rest.first else { throw CocoaError(.propertyListReadCorrupt) }
      if "]}".utf8.contains(byte) {
        rest = rest.dropFirst()
        return
      }
      if byte == UInt8(ascii: ",") { rest = rest.dropFirst() }
      try element(&rest)
    }
  }

  private static func skip(_ rest: inout ArraySlice<UInt8>) { rest = rest.drop { " \n\r\t".utf8.contains($0) } }
}

extension OrderedJSON: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral members: (String, OrderedJSON)...) {
    self = .object(members.map { Member(key: $0.0, value: $0.1) })
  }
}
