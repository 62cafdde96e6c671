import LucidTensor

/// Reads safetensors files: eight bytes with the header's size, a header in JSON, the tensors' bytes.
///
/// All rules of <https://github.com/huggingface/safetensors#format> are enforced: the header has at most 100 MB, begins
/// with `{`, is JSON in UTF-8 without duplicate keys; `__metadata__` maps text to text; every tensor's offsets agree with
/// its shape and element type; the tensors cover the bytes after the header without gap, overlap or remainder.
enum SafetensorsReader {
  /// The longest header the format allows, in bytes.
  static let maximumHeaderSize: UInt64 = 100_000_000

  static func read(_ file: MappedFile) throws(LucidError) -> StateDict {
    let (header, start) = try open(file, fileSize: file.count)
    return try dict(header, file) { (entry, type) throws(LucidError) in
      let extent = try StoredExtent(
        entry.name, elementSize: type.dtype.byteCount, in: start + entry.start..<start + entry.end, offset: 0,
        shape: entry.shape, strides: type.shape.rowMajorStrides, of: file)
      let tensor = StoredTensor(entry.name, type.dtype, extent)
      return { () throws(LucidError) in try tensor.read(from: file) }
    }
  }

  /// The names and types of a file of which only the beginning is there: reading a tensor throws.
  ///
  /// - Parameter fileSize: the bytes of the whole file; nil where they are not known, and what depends on them is not
  ///   checked.
  static func readBeginning(_ file: MappedFile, fileSize: Int?) throws(LucidError) -> StateDict {
    let (header, _) = try open(file, fileSize: fileSize)
    return try dict(header, file) { (entry, _) throws(LucidError) in
      let error = LucidError(
        .fileUnreadable, doing: "reading tensor \(entry.name.quoted) of \(file.path)",
        problem: "only the file's header was fetched", advice: "Fetch the file first.")
      return { () throws(LucidError) in throw error }
    }
  }

  /// The header, checked, and the offset of the first byte after it.
  private static func open(
    _ file: MappedFile, fileSize: Int?
  ) throws(LucidError) -> (header: SafetensorsHeader, start: Int) {
    var reader = ByteReader(file, 0..<file.count, part: "the file")
    let size = try reader.integer(UInt64.self, "the header's size")
    guard size <= maximumHeaderSize else {
      throw file.corrupt("the header claims \(size) bytes; the format allows \(maximumHeaderSize)")
    }
    let header = try SafetensorsHeader(in: file, try reader.skip(size, "the header"))
    try checkCoverage(header.tensors, byteCount: fileSize.map { $0 - reader.position }, of: file)
    return (header, reader.position)
  }

  private static func dict(
    _ header: SafetensorsHeader, _ file: MappedFile,
    reading: (SafetensorsHeader.Entry, TensorType) throws(LucidError) -> @Sendable () throws -> Tensor
  ) throws(LucidError) -> StateDict {
    var result = StateDict()
    result.metadata = header.metadata
    for entry in header.tensors {
      try checkSize(entry, in: file)
      if let dtype = SafetensorsElement.dtypes[entry.dtype] {
        let type = TensorType(Shape(entry.shape), dtype)
        result.set(entry.name, type, read: try reading(entry, type))
      } else {
        let error = file.unsupported(
          "tensor \(entry.name.quoted) has elements of type \(entry.dtype), which is not supported",
          "Convert it to one of \(SafetensorsElement.dtypes.keys.sorted().joined(separator: ", ")).")
        result.setUnreadable(
          UnreadableTensor(
            name: entry.name, dtype: entry.dtype, shape: Shape(entry.shape), byteCount: entry.end - entry.start,
            error: error))
      }
    }
    return result
  }

  /// Throws unless the element type is one of the format's and the tensor's place is as large as it says.
  private static func checkSize(_ entry: SafetensorsHeader.Entry, in file: MappedFile) throws(LucidError) {
    guard let bits = SafetensorsElement.bitCount(entry.dtype) else {
      throw file.unsupported(
        "tensor \(entry.name.quoted) has elements of type \(entry.dtype.quoted), which safetensors does not have",
        "The types are \(SafetensorsElement.names.joined(separator: ", ")).")
    }
    let product = StoredExtent.product(entry.shape.map { max($0, 1) }, bits)
    guard let product, (entry.shape.contains(0) ? 0 : product / 8) == entry.end - entry.start,
      entry.shape.contains(0) || product % 8 == 0
    else {
      throw file.corrupt(
        "tensor \(entry.name.quoted) of type \(entry.dtype) and shape \(entry.shape) cannot have "
          + "\(entry.end - entry.start) bytes, as its data_offsets say")
    }
  }

  /// Throws unless the tensors' bytes, sorted, follow one another from the first byte after the header to the last of
  /// `byteCount`, where that is known.
  private static func checkCoverage(
    _ tensors: [SafetensorsHeader.Entry], byteCount: Int?, of file: MappedFile
  ) throws(LucidError) {
    var end = 0
    for entry in tensors.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      guard entry.start <= entry.end, entry.end <= byteCount ?? .max else {
        let place = "tensor \(entry.name.quoted) has data_offsets [\(entry.start), \(entry.end)]"
        throw file.corrupt(
          byteCount.map { "\(place), but \($0) bytes follow the header" } ?? "\(place), which run backwards")
      }
      guard entry.start == end else {
        throw file.corrupt(
          entry.start < end
            ? "tensor \(entry.name.quoted) begins at byte \(entry.start) of the data and overlaps one that ends at \(end)"
            : "bytes \(end) to \(entry.start) of the data, before tensor \(entry.name.quoted), belong to no tensor")
      }
      end = entry.end
    }
    guard let byteCount else { return }
    guard end == byteCount else {
      throw file.corrupt("the tensors end at byte \(end) of the data, but \(byteCount) bytes follow the header")
    }
  }
}
