import LucidTensor

/// The element types of safetensors that ``DType`` has, by their names there.
enum SafetensorsElement {
  static let dtypes: [String: DType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "I16": .int16,
    "I8": .int8, "U8": .uint8, "BOOL": .bool,
  ]

  private static let names = Dictionary(uniqueKeysWithValues: dtypes.map { ($1, $0) })

  /// The name of an element type: safetensors has all of them.
  static func name(_ dtype: DType) -> String { names[dtype]! }
}
