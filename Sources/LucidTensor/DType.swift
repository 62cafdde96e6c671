/// The type of a tensor's elements.
///
/// `float32` is what networks compute in. The other types store: checkpoints keep half-precision parameters, counters
/// and masks in them. ``Tensor/to(_:)-(DType)`` converts between any two.
public enum DType: String, Sendable, CaseIterable, Codable, CustomStringConvertible {
  case float32, float64, float16, bfloat16
  case int8, int16, int32, int64, uint8
  case bool

  /// The bytes one element takes.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// Whether the type stores fractions.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }

  /// The name, such as `float32`.
  public var description: String { rawValue }
}

/// A Swift type whose values a tensor can hold.
///
/// Conforming types are bitwise copyable and laid out as ``dtype`` says.
public protocol TensorElement: Sendable, BitwiseCopyable {
  /// The tensor type that stores this Swift type.
  static var dtype: DType { get }
}

extension Float: TensorElement {
  /// ``DType/float32``.
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  /// ``DType/float64``.
  public static var dtype: DType { .float64 }
}
extension Int8: TensorElement {
  /// ``DType/int8``.
  public static var dtype: DType { .int8 }
}
extension Int16: TensorElement {
  /// ``DType/int16``.
  public static var dtype: DType { .int16 }
}
extension Int32: TensorElement {
  /// ``DType/int32``.
  public static var dtype: DType { .int32 }
}
extension Int64: TensorElement {
  /// ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension Int: TensorElement {
  /// ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension UInt8: TensorElement {
  /// ``DType/uint8``.
  public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
  /// ``DType/bool``.
  public static var dtype: DType { .bool }
}
#if !(os(macOS) && arch(x86_64))
  extension Float16: TensorElement {
    /// ``DType/float16``.
    public static var dtype: DType { .float16 }
  }
#endif

/// The upper sixteen bits of a `Float`: eight bits of exponent, seven of fraction.
public struct BFloat16: TensorElement, Hashable {
  /// ``DType/bfloat16``.
  public static var dtype: DType { .bfloat16 }

  /// The stored bits.
  public var bitPattern: UInt16

  /// The value with these bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest value, ties to even; a NaN stays a NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16)
    }
  }

  /// The same number as a `Float`, exactly.
  public var floatValue: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}
