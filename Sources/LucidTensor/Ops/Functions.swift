/// Functions of one number.
package enum UnaryFunction: Sendable, Hashable {
  case negate, absolute, sign, square
  case exp, log, log2, log1p, sqrt, rsqrt, reciprocal
  case sin, cos, tanh, erf
  case floor, ceil, round
  case relu, relu6, gelu, geluTanh, silu, sigmoid, hardSwish, hardSigmoid
  case leakyRelu(slope: Double)
  case clamp(lower: Double, upper: Double)
  case logicalNot, isNaN

  /// Whether integers stay integers; the other functions give float32 of them.
  var keepsIntegers: Bool {
    switch self {
    case .negate, .absolute, .sign, .square, .relu, .relu6, .clamp, .floor, .ceil, .round: true
    default: false
    }
  }

  /// Whether the result is true or false.
  var isPredicate: Bool { self == .logicalNot || self == .isNaN }

  /// Whether it can be part of the operation that makes its input.
  package var isFusible: Bool {
    switch self {
    case .relu, .relu6, .leakyRelu, .clamp, .gelu, .geluTanh, .silu, .sigmoid, .tanh, .hardSwish: true
    default: false
    }
  }

  /// Whether 0 stays 0, so that the zeros with which oneDNN fills its blocks up may be computed with.
  var keepsZero: Bool {
    switch self {
    case .negate, .absolute, .sign, .square, .sqrt, .sin, .tanh, .erf, .log1p, .floor, .ceil, .round: true
    case .relu, .relu6, .leakyRelu, .gelu, .geluTanh, .silu, .hardSwish: true
    case .clamp(let lower, let upper): lower <= 0 && upper >= 0
    case .exp, .log, .log2, .rsqrt, .reciprocal, .cos, .sigmoid, .hardSigmoid, .logicalNot, .isNaN: false
    }
  }
}

extension UnaryFunction {
  /// What a function's derivative is computed from.
  enum SlopeSource { case input, output, nothing }

  /// What the derivative is computed from: the output where it says enough, because the next operation keeps it too.
  /// Nothing where it is 0 almost everywhere.
  var slopeSource: SlopeSource {
    switch self {
    case .sign, .floor, .ceil, .round, .logicalNot, .isNaN: .nothing
    case .exp, .sqrt, .rsqrt, .reciprocal, .tanh, .relu, .relu6, .sigmoid: .output
    case .negate, .absolute, .square, .log, .log2, .log1p, .sin, .cos, .erf: .input
    case .gelu, .geluTanh, .silu, .hardSwish, .hardSigmoid, .leakyRelu, .clamp: .input
    }
  }

  /// Whether the derivative at 0 is a number, so that the zeros with which oneDNN fills its blocks up stay zeros.
  var hasSlopeAtZero: Bool {
    switch self {
    case .sqrt, .rsqrt, .reciprocal, .log, .log2: false
    default: true
    }
  }
}

/// Functions of two numbers.
package enum BinaryFunction: Sendable, Hashable {
  case add, subtract, multiply, divide, power, maximum, minimum
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case and, or, xor

  /// Whether 0 and 0 give 0, so that the zeros with which oneDNN fills its blocks up may be computed with.
  var keepsZero: Bool {
    switch self {
    case .add, .subtract, .multiply, .maximum, .minimum: true
    default: false
    }
  }

  /// Whether the result is true or false.
  var isPredicate: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .power, .maximum, .minimum: false
    default: true
    }
  }
}

/// Functions of many numbers.
package enum ReductionFunction: Sendable, Hashable {
  case sum, mean, product, maximum, minimum, any, all
}

extension DType {
  /// The type that holds the result of a computation with both, as PyTorch promotes: floating point over integers,
  /// wider over narrower; float16 with bfloat16 gives float32, uint8 with int8 gives int16.
  package static func promote(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    if a.isFloatingPoint || b.isFloatingPoint {
      guard a.isFloatingPoint else { return b }
      guard b.isFloatingPoint else { return a }
      if a == .float64 || b == .float64 { return .float64 }
      return .float32
    }
    if a == .bool { return b }
    if b == .bool { return a }
    if a.byteCount == b.byteCount { return .int16 }
    return a.byteCount > b.byteCount ? a : b
  }

  /// The type that arithmetic on this type is done in.
  package var computeType: DType {
    switch self {
    case .float32, .float16, .bfloat16: .float32
    case .float64: .float64
    default: .int64
    }
  }
}
