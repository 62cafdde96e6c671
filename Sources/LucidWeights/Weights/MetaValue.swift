/// A value of a checkpoint's metadata, as ``WeightMeta/subscript(_:)`` gives it.
///
/// Literals stand for it, so `weights.meta["acc@1"] == 69.758` and `weights.meta["num_classes"] == 1000` read as in
/// Python. A number and an integer of the same value are equal.
public enum MetaValue: Sendable, Hashable {
  /// A number, such as an accuracy in percent.
  case number(Double)
  /// A whole number, such as a count of parameters.
  case integer(Int)
  /// A text, such as a license.
  case text(String)
  /// Several values in order, such as the class names.
  case list([MetaValue])

  /// The number, of a number or an integer.
  public var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .text, .list: nil
    }
  }

  /// The whole number, of an integer.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The text, of a text.
  public var text: String? { if case .text(let value) = self { value } else { nil } }

  /// The values, of a list.
  public var list: [MetaValue]? { if case .list(let values) = self { values } else { nil } }

  /// Whether both are the same text, the same list or numbers of the same value.
  public static func == (left: MetaValue, right: MetaValue) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left == right
    case (.text(let left), .text(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.number, .number), (.number, .integer), (.integer, .number): left.number == right.number
    default: false
    }
  }

  /// Hashes what ``==(_:_:)`` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .number, .integer: hasher.combine(number)
    case .text(let value): hasher.combine(value)
    case .list(let values): hasher.combine(values)
    }
  }
}

extension MetaValue: CustomStringConvertible {
  /// The value as people read it; a list's values are separated by commas.
  public var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .text(let value): value
    case .list(let values): values.map(\.description).joined(separator: ", ")
    }
  }
}

extension MetaValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral
{
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A list.
  public init(arrayLiteral elements: MetaValue...) { self = .list(elements) }
}
