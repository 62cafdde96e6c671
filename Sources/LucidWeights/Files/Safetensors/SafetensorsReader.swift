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
    var reader = ByteReader(file, 0..<file.count, part: "the file")
    let size = try reader.integer(UInt64.self, "the header's size")
    guard size <= maximumHeaderSize else {
      throw file.corrupt("the header claims \(size) bytes; the format allows \(maximumHeaderSize)")
    }
    let header = try SafetensorsHeader(in: file, try reader.skip(size, "the header"))
    let data = reader.position..<file.count
    try checkCoverage(header.tensors, byteCount: data.count, of: file)

    var result = StateDict()
    result.metadata = header.metadata
    for entry in header.tensors {
      let type = try type(of: entry, in: file)
      result.append(
        try StoredTensor(
          entry.name, type.dtype, in: data.lowerBound + entry.start..<data.lowerBound + entry.end, offset: 0,
          shape: entry.shape, strides: type.shape.rowMajorStrides, of: file),
        of: file)
    }
    return result
  }

  /// The type of a tensor. Throws unless it is one that ``DType`` has and the tensor's place is as large as it says.
  private static func type(
    of entry: SafetensorsHeader.Entry, in file: MappedFile
  ) throws(LucidError) -> TensorType {
    guard let dtype = SafetensorsElement.dtypes[entry.dtype] else {
      throw file.unsupported(
        "tensor \(entry.name.quoted) has elements of type \(entry.dtype.quoted), which is not supported",
        "Convert it to one of \(SafetensorsElement.dtypes.keys.sorted().joined(separator: ", ")).")
    }
    let bytes = StoredTensor.product(entry.shape.map { max($0, 1) }, dtype.byteCount)
    guard let bytes, (entry.shape.contains(0) ? 0 : bytes) == entry.end - entry.start else {
      throw file.corrupt(
        "tensor \(entry.name.quoted) of type \(entry.dtype) and shape \(entry.shape) cannot have "
          + "\(entry.end - entry.start) bytes, as its data_offsets say")
    }
    return TensorType(Shape(entry.shape), dtype)
  }

  /// Throws unless the tensors' bytes, sorted, follow one another from the first byte of `data` to the last.
  private static func checkCoverage(
    _ tensors: [SafetensorsHeader.Entry], byteCount: Int, of file: MappedFile
  ) throws(LucidError) {
    var end = 0
    for entry in tensors.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      guard entry.start <= entry.end, entry.end <= byteCount else {
        throw file.corrupt(
          "tensor \(entry.name.quoted) has data_offsets [\(entry.start), \(entry.end)], but \(byteCount) bytes follow the "
            + "header")
      }
      guard entry.start == end else {
        throw file.corrupt(
          entry.start < end
            ? "tensor \(entry.name.quoted) begins at byte \(entry.start) of the data and overlaps one that ends at \(end)"
            : "bytes \(end) to \(entry.start) of the data, before tensor \(entry.name.quoted), belong to no tensor")
      }
      end = entry.end
    }
    guard end == byteCount else {
      throw file.corrupt("the tensors end at byte \(end) of the data, but \(byteCount) bytes follow the header")
    }
  }
}
