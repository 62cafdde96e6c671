import LucidTensor

/// A tensor in a file, which is read when it is asked for.
struct StoredTensor: Sendable {
  let name: String
  private let dtype: DType
  private let extent: StoredExtent
  /// Whether the elements stand most significant byte first.
  private let isBigEndian: Bool

  init(_ name: String, _ dtype: DType, _ extent: StoredExtent, isBigEndian: Bool = false) {
    (self.name, self.dtype, self.extent) = (name, dtype, extent)
    self.isBigEndian = isBigEndian && dtype.byteCount > 1
  }

  var type: TensorType { TensorType(extent.shape, dtype) }

  /// The tensor: a view of the mapped file, or a copy where the file is not mapped or its order leaves the elements
  /// misaligned in memory or turned round. Throws ``LucidError`` with ``LucidError/Code/corruptFile`` when a bool is
  /// neither 0 nor 1, and with ``LucidError/Code/fileUnreadable`` when the file has been cut since it was opened or cannot
  /// be read.
  func read(from file: MappedFile) throws(LucidError) -> Tensor {
    let storage = try file.elements(extent.span, size: dtype.byteCount, isBigEndian: isBigEndian)
    let bytes = UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount)
    if dtype == .bool, let wrong = bytes.first(where: { $0 > 1 }) {
      throw file.corrupt("tensor \(name.quoted): a bool is stored as \(wrong); only 0 and 1 are possible")
    }
    return Tensor(storage: storage, shape: extent.shape, dtype: dtype, layout: .strided(extent.strides, offset: 0))
  }
}

extension StateDict {
  /// Puts a tensor that is read from a file when asked for at the end.
  mutating func append(_ tensor: StoredTensor, of file: MappedFile) {
    set(tensor.name, tensor.type) { () throws(LucidError) in try tensor.read(from: file) }
  }
}

extension String {
  /// The text in quotes with control characters escaped, cut where it is long: fit for an error.
  var quoted: String {
    let shown = unicodeScalars.prefix(120)
    return "\""
      + shown.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }.joined()
      + (shown.endIndex < unicodeScalars.endIndex ? "…\"" : "\"")
  }
}
