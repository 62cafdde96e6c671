import LucidTensor

/// The element types of safetensors, by their names there.
enum SafetensorsElement {
  /// Those that ``DType`` has.
  static let dtypes: [String: DType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "I16": .int16,
    "I8": .int8, "U8": .uint8, "BOOL": .bool,
  ]

  /// The bits of an element of the others, which can be listed and not be read. No integer among them is widened to one
  /// that there is: a file that is read and written again has the types that it had.
  static let others: [String: Int] = [
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "U16": 16, "U32": 32, "U64": 64, "C64": 64,
  ]

  /// All names of the format.
  static let names = (Array(dtypes.keys) + Array(others.keys)).sorted()

  private static let namesByDType = Dictionary(uniqueKeysWithValues: dtypes.map { ($1, $0) })

  /// The name of an element type: safetensors has all of them.
  static func name(_ dtype: DType) -> String { namesByDType[dtype]! }

  /// The bits of an element, nil for a name that the format does not have.
  static func bitCount(_ name: String) -> Int? { dtypes[name].map { $0.byteCount * 8 } ?? others[name] }
}
