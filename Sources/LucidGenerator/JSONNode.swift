import Foundation

/// A JSON value that knows its place, so that whatever is wrong with it can be said with file and path.
struct JSONNode {
  enum Value: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([Value])
    case object([String: Value])
  }

  let value: Value
  let file: String
  let path: String

  /// The root of a file's text.
  init(parsing data: Data, file: String) throws(ManifestError) {
    do {
      value = try JSONDecoder().decode(Value.self, from: data)
    } catch let error as DecodingError {
      throw ManifestError(file: file, path: "", problem: "is no JSON: \(Self.reason(error))")
    } catch {
      throw ManifestError(file: file, path: "", problem: "is no JSON: \(error)")
    }
    (self.file, path) = (file, "$")
    // Decoding keeps one of two equal keys and says nothing. Each member has one colon outside of strings.
    if Self.colonsOutsideStrings(data) != value.memberCount {
      throw ManifestError(file: file, path: "", problem: "names a key twice in one object; JSON keeps only one of them")
    }
  }

  private init(_ value: Value, file: String, path: String) {
    (self.value, self.file, self.path) = (value, file, path)
  }

  /// A fault of this value.
  func fault(_ problem: String) -> ManifestError { ManifestError(file: file, path: path, problem: problem) }

  private func fault(expected: String) -> ManifestError { fault("expected \(expected), found \(value.kind)") }

  /// The members of an object that has every required key and no key beside those and the optional ones.
  func members(required: [String], optional: [String] = []) throws(ManifestError) -> [String: JSONNode] {
    guard case .object(let members) = value else { throw fault(expected: "an object") }
    let known = required + optional
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw fault("unknown key \"\(unknown)\"; known are \(known.joined(separator: ", "))")
    }
    if let missing = required.first(where: { members[$0] == nil }) {
      throw fault("the key \"\(missing)\" is missing; where nothing is known, write null if it may be")
    }
    return freeMembers ?? [:]
  }

  /// The members of an object whose keys are free; `nil` for any other value.
  var freeMembers: [String: JSONNode]? {
    guard case .object(let members) = value else { return nil }
    return Dictionary(
      uniqueKeysWithValues: members.map { key, value in
        let step = key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? ".\(key)" : "[\"\(key)\"]"
        return (key, JSONNode(value, file: file, path: path + step))
      })
  }

  /// The elements of an array.
  func elements() throws(ManifestError) -> [JSONNode] {
    guard case .array(let values) = value else { throw fault(expected: "an array") }
    return values.enumerated().map { JSONNode($1, file: file, path: "\(path)[\($0)]") }
  }

  /// The text of a string that is not empty.
  func string() throws(ManifestError) -> String {
    guard case .string(let text) = value else { throw fault(expected: "a string") }
    if text.isEmpty || text != text.trimmingCharacters(in: .whitespacesAndNewlines) {
      throw fault("the text is empty or has blanks at an end: \"\(text)\"")
    }
    return text
  }

  /// The text, which must be one of these.
  func string(among choices: [String]) throws(ManifestError) -> String {
    let text = try string()
    if !choices.contains(text) { throw fault("\"\(text)\" is none of \(choices.joined(separator: ", "))") }
    return text
  }

  /// A whole number above zero.
  func positiveInteger() throws(ManifestError) -> Int {
    guard case .integer(let number) = value, number > 0 else { throw fault(expected: "a whole number above zero") }
    return number
  }

  /// A number.
  func number() throws(ManifestError) -> Double {
    switch value {
    case .integer(let number): return Double(number)
    case .number(let number): return number
    default: throw fault(expected: "a number")
    }
  }

  /// A number above zero.
  func positiveNumber() throws(ManifestError) -> Double {
    let number = try number()
    if number <= 0 { throw fault(expected: "a number above zero") }
    return number
  }

  /// What `read` makes of the value, or `nil` for null.
  func optional<T>(_ read: (JSONNode) throws(ManifestError) -> T) throws(ManifestError) -> T? {
    value == .null ? nil : try read(self)
  }

  private static func reason(_ error: DecodingError) -> String {
    guard case .dataCorrupted(let context) = error else { return "\(error)" }
    let underlying = context.underlyingError as? NSError
    return underlying?.userInfo["NSDebugDescription"] as? String ?? context.debugDescription
  }

  private static func colonsOutsideStrings(_ data: Data) -> Int {
    var colons = 0
    var inString = false
    var escaped = false
    for byte in data {
      if escaped {
        escaped = false
      } else if inString, byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString.toggle()
      } else if !inString, byte == UInt8(ascii: ":") {
        colons += 1
      }
    }
    return colons
  }
}

extension JSONNode.Value: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([Self].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: Self].self))
    }
  }

  /// The number of members of all objects in it.
  var memberCount: Int {
    switch self {
    case .array(let values): values.reduce(0) { $0 + $1.memberCount }
    case .object(let members): members.values.reduce(members.count) { $0 + $1.memberCount }
    default: 0
    }
  }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "the string \"\(value)\""
    case .array: "an array"
    case .object: "an object"
    }
  }
}
