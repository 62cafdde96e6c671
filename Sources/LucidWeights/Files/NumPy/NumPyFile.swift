import LucidTensor

/// NumPy's `.npy` files: one array each. See ``NumPyHeader`` for the format.
extension Tensor {
  /// The array in a `.npy` file, in its own element type, read whole.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``, ``LucidError/Code/corruptFile``, or
  ///   ``LucidError/Code/unsupportedFormat`` for element types that ``DType`` lacks and for big-endian numbers.
  public init(contentsOfNumPyFile path: String) throws(LucidError) {
    try self.init(numPyFile: MappedFile(path: path))
  }

  init(numPyFile file: MappedFile) throws(LucidError) {
    let stored = try StoredTensor("", numPyArray: 0..<file.count, of: file)
    // A copy, so that the file may be changed after.
    let view = try stored.read(from: file)
    let storage = Storage(byteCount: stored.logicalByteCount)
    view.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { storage.base.copyMemory(from: source, byteCount: bytes.count) }
    }
    self.init(storage: storage, shape: view.shape, dtype: view.dtype)
  }

  /// Writes the array as a `.npy` file, to a temporary file beside it first, which is then renamed. Bfloat16, which NumPy
  /// lacks, is written as float32.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  public func write(toNumPyFile path: String) throws(LucidError) {
    let tensor = dtype == .bfloat16 ? to(.float32) : self
    let file = try OutputFile(path: path)
    try file.write(NumPyHeader.bytes(for: tensor.type))
    try file.write(tensor)
    try file.publish()
  }
}

extension StoredTensor {
  /// The array of a `.npy` file that lies in a range of a file. Throws ``LucidError``.
  init(_ name: String, numPyArray range: Range<Int>, of file: MappedFile) throws(LucidError) {
    let header = try NumPyHeader(file.bytes(range)) { file.corrupt(name.isEmpty ? $0 : "array \(name.quoted): \($0)") }
    let dtype = try header.requireDType(name, of: file)
    let data = range.lowerBound + header.byteCount..<range.upperBound
    try header.requireByteCount(data.count, dtype, name, of: file)
    try self.init(name, dtype, in: data, offset: 0, shape: header.shape, strides: header.strides, of: file)
  }
}

extension NumPyHeader {
  /// The element type. Throws ``LucidError`` with ``LucidError/Code/unsupportedFormat`` where ``DType`` lacks it.
  func requireDType(_ name: String, of file: MappedFile) throws(LucidError) -> DType {
    guard let dtype else {
      throw file.unsupported(
        "\(name.isEmpty ? "" : "array \(name.quoted): ")elements of type \(descr.quoted) are not supported",
        "Save little-endian numbers: array.astype('<f4').")
    }
    return dtype
  }

  /// Throws ``LucidError`` with ``LucidError/Code/corruptFile`` unless the array has that many bytes.
  func requireByteCount(_ found: Int, _ dtype: DType, _ name: String, of file: MappedFile) throws(LucidError) {
    // The product without the zeros was checked when the header was read.
    let byteCount = shape.contains(0) ? 0 : shape.reduce(dtype.byteCount, *)
    guard found == byteCount else {
      throw file.corrupt(
        "\(name.isEmpty ? "" : "array \(name.quoted): ")\(dtype)\(Shape(shape)) takes \(byteCount) bytes, the file has "
          + "\(found)")
    }
  }
}
