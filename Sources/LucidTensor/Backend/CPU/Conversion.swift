import CLucidKernels

/// Conversion between element types, as C converts: to an integer by dropping the fraction (saturating, NaN to 0),
/// between integers by keeping the low bits, to bool by comparing with 0.
enum Conversion {
  /// `count` elements of type `from` at `source`, converted to type `to` at `target`. The two do not overlap.
  static func convert(
    _ source: UnsafeRawPointer, _ from: DType, _ target: UnsafeMutableRawPointer, _ to: DType, count: Int
  ) {
    func visit<S: ConvertibleElement>(_: S.Type) {
      switch to {
      case .float32: run(S.self, Float.self) { $0.float }
      case .float64: run(S.self, Double.self) { $0.double }
      case .float16: run(S.self, Float16.self) { Float16($0.double) }
      case .bfloat16: run(S.self, BFloat16.self) { BFloat16($0.float) }
      case .int8: run(S.self, Int8.self) { Int8(truncatingIfNeeded: $0.integer) }
      case .int16: run(S.self, Int16.self) { Int16(truncatingIfNeeded: $0.integer) }
      case .int32: run(S.self, Int32.self) { Int32(truncatingIfNeeded: $0.integer) }
      case .int64: run(S.self, Int64.self) { $0.integer }
      case .uint8: run(S.self, UInt8.self) { UInt8(truncatingIfNeeded: $0.integer) }
      case .bool: run(S.self, Bool.self) { $0.double != 0 }
      }
    }
    @inline(__always)
    func run<S: ConvertibleElement, D>(_: S.Type, _: D.Type, _ convert: (S) -> D) {
      let s = source.assumingMemoryBound(to: S.self)
      let d = target.assumingMemoryBound(to: D.self)
      parallelFor(count, grain: 1 << 16) { range in
        for index in range { d[index] = convert(s[index]) }
      }
    }
    switch (from, to) {
    case (.float16, .float32):
      let s = source.assumingMemoryBound(to: UInt16.self)
      let d = target.assumingMemoryBound(to: Float.self)
      return parallelFor(count, grain: 1 << 16) { lucid_half_to_float(s + $0.lowerBound, d + $0.lowerBound, $0.count) }
    case (.float32, .float16):
      let s = source.assumingMemoryBound(to: Float.self)
      let d = target.assumingMemoryBound(to: UInt16.self)
      return parallelFor(count, grain: 1 << 16) { lucid_float_to_half(s + $0.lowerBound, d + $0.lowerBound, $0.count) }
    default: break
    }
    switch from {
    case .float32: visit(Float.self)
    case .float64: visit(Double.self)
    case .float16: visit(Float16.self)
    case .bfloat16: visit(BFloat16.self)
    case .int8: visit(Int8.self)
    case .int16: visit(Int16.self)
    case .int32: visit(Int32.self)
    case .int64: visit(Int64.self)
    case .uint8: visit(UInt8.self)
    case .bool: visit(StoredBool.self)
    }
  }
}

/// An element type that can say its value as each of the three types that all others are reached from.
protocol ConvertibleElement: TensorElement {
  var float: Float { get }
  var double: Double { get }
  var integer: Int64 { get }
}

extension ConvertibleElement where Self: BinaryFloatingPoint {
  var float: Float { Float(self) }
  var double: Double { Double(self) }
  var integer: Int64 { Int64(saturating: Double(self)) }
}
extension ConvertibleElement where Self: BinaryInteger {
  var float: Float { Float(self) }
  var double: Double { Double(self) }
  var integer: Int64 { Int64(truncatingIfNeeded: self) }
}
extension Float: ConvertibleElement {}
extension Double: ConvertibleElement {}
extension Float16: ConvertibleElement {}
extension Int8: ConvertibleElement {}
extension Int16: ConvertibleElement {}
extension Int32: ConvertibleElement {}
extension Int64: ConvertibleElement {}
extension UInt8: ConvertibleElement {}
extension BFloat16: ConvertibleElement {
  var float: Float { floatValue }
  var double: Double { Double(floatValue) }
  var integer: Int64 { Int64(saturating: double) }
}

/// The byte of a bool tensor. Not Swift's `Bool`, because a file may hold others than 0 and 1, which a `Bool` must not be.
struct StoredBool: ConvertibleElement {
  static var dtype: DType { .bool }
  let byte: UInt8
  var float: Float { byte == 0 ? 0 : 1 }
  var double: Double { byte == 0 ? 0 : 1 }
  var integer: Int64 { byte == 0 ? 0 : 1 }
}

extension Int64 {
  /// The number without its fraction; the nearest end of the range where it does not fit, 0 for NaN.
  init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else {
      self = Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
  }
}
