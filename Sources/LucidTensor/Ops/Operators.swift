infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence

/// Arithmetic with NumPy broadcasting and PyTorch's type promotion. A plain number takes the tensor's element type, but
/// what an integer tensor's type cannot hold is int64 if it is a whole number, float32 if not; with a bool tensor, a
/// plain number is float32.
extension Tensor {
  private static func apply(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    apply(Binary(function: function), a, b)
  }

  /// A number as a tensor that goes with this one.
  private func scalar(_ value: Double) -> Tensor {
    if dtype.isFloatingPoint { return Tensor(value).to(dtype) }
    guard dtype != .bool, let whole = Int64(exactly: value) else { return Tensor(value).to(.float32) }
    let number = Tensor(whole)
    let narrow = number.to(dtype)
    return narrow.item(as: Int64.self) == whole ? narrow : number
  }

  /// The sum.
  public static func + (a: Tensor, b: Tensor) -> Tensor { apply(.add, a, b) }
  /// The difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor { apply(.subtract, a, b) }
  /// The product of each pair of elements.
  public static func * (a: Tensor, b: Tensor) -> Tensor { apply(.multiply, a, b) }
  /// The quotient; of integers, in float32.
  public static func / (a: Tensor, b: Tensor) -> Tensor { apply(.divide, a, b) }
  /// Each element with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { apply(Unary(function: .negate), a) }

  /// The sum.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.scalar(b) }
  /// The difference.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.scalar(b) }
  /// The product of each pair of elements.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.scalar(b) }
  /// The quotient; of integers, in float32.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.scalar(b) }
  /// The sum.
  public static func + (a: Double, b: Tensor) -> Tensor { b.scalar(a) + b }
  /// The difference.
  public static func - (a: Double, b: Tensor) -> Tensor { b.scalar(a) - b }
  /// The product of each pair of elements.
  public static func * (a: Double, b: Tensor) -> Tensor { b.scalar(a) * b }
  /// The quotient; of integers, in float32.
  public static func / (a: Double, b: Tensor) -> Tensor { b.scalar(a) / b }

  /// Adds.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Divides; integers become float32.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

  /// Each element to the power of the other's.
  public func pow(_ exponent: Tensor) -> Tensor { Tensor.apply(.power, self, exponent) }
  /// Each element to a power.
  public func pow(_ exponent: Double) -> Tensor { Tensor.apply(.power, self, scalar(exponent)) }
  /// The greater of each pair; NaN if either is.
  public func maximum(_ other: Tensor) -> Tensor { Tensor.apply(.maximum, self, other) }
  /// The smaller of each pair; NaN if either is.
  public func minimum(_ other: Tensor) -> Tensor { Tensor.apply(.minimum, self, other) }

  /// Whether the elements of each pair are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { apply(.equal, a, b) }
  /// Whether the elements of each pair differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { apply(.notEqual, a, b) }
  /// Whether the left element of each pair is smaller.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { apply(.less, a, b) }
  /// Whether the left element of each pair is smaller or equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { apply(.lessOrEqual, a, b) }
  /// Whether the left element of each pair is greater.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { apply(.greater, a, b) }
  /// Whether the left element of each pair is greater or equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { apply(.greaterOrEqual, a, b) }
  /// Whether the elements of each pair are equal.
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== a.scalar(b) }
  /// Whether the elements of each pair differ.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= a.scalar(b) }
  /// Whether the left element of each pair is smaller.
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< a.scalar(b) }
  /// Whether the left element of each pair is smaller or equal.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= a.scalar(b) }
  /// Whether the left element of each pair is greater.
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> a.scalar(b) }
  /// Whether the left element of each pair is greater or equal.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= a.scalar(b) }

  /// Whether both are not 0.
  public func logicalAnd(_ other: Tensor) -> Tensor { Tensor.apply(.and, self, other) }
  /// Whether either is not 0.
  public func logicalOr(_ other: Tensor) -> Tensor { Tensor.apply(.or, self, other) }
  /// Whether exactly one is not 0.
  public func logicalXor(_ other: Tensor) -> Tensor { Tensor.apply(.xor, self, other) }
  /// Whether each element is 0.
  public func logicalNot() -> Tensor { Tensor.apply(Unary(function: .logicalNot), self) }
}
