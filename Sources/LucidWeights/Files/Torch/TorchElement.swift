import LucidTensor

/// The element types of PyTorch, by their names there; ``DType`` has those that tensors here can have.
enum TorchElement: String, CaseIterable {
  case float32, float64, float16, bfloat16, int8, int16, int32, int64, uint8, bool
  case complex32, complex64, complex128, uint16, uint32, uint64
  case float8_e4m3fn, float8_e5m2, float8_e4m3fnuz, float8_e5m2fnuz, float8_e8m0fnu, float4_e2m1fn_x2
  case bcomplex32, bits8, bits16, bits1x8, bits2x4, bits4x2
  case qint8, quint8, qint32, quint4x2, quint2x4

  /// The type of the same elements here, nil where there is none.
  var dtype: DType? { DType(rawValue: rawValue) }

  /// The bytes one element takes.
  var byteCount: Int {
    switch self {
    case .complex128: 16
    case .complex64, .uint64: 8
    case .complex32, .bcomplex32, .uint32, .qint32: 4
    case .uint16, .bits16: 2
    default: dtype?.byteCount ?? 1
    }
  }

  /// The element type of a storage class of module `torch`, such as `FloatStorage`.
  init?(storageClass name: String) {
    switch name {
    case "FloatStorage": self = .float32
    case "DoubleStorage": self = .float64
    case "HalfStorage": self = .float16
    case "BFloat16Storage": self = .bfloat16
    case "CharStorage": self = .int8
    case "ShortStorage": self = .int16
    case "IntStorage": self = .int32
    case "LongStorage": self = .int64
    case "ByteStorage": self = .uint8
    case "BoolStorage": self = .bool
    case "ComplexFloatStorage": self = .complex64
    case "ComplexDoubleStorage": self = .complex128
    case "QInt8Storage": self = .qint8
    case "QUInt8Storage": self = .quint8
    case "QInt32Storage": self = .qint32
    case "QUInt4x2Storage": self = .quint4x2
    case "QUInt2x4Storage": self = .quint2x4
    default: return nil
    }
  }
}
