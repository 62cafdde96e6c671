import LucidTensor

/// Reads `.npz` files: zip archives of `.npy` files, as `numpy.savez` writes them. An array's name is its entry's without
/// the ending.
///
/// Arrays of `numpy.savez_compressed` are decompressed when they are asked for, into as many bytes as the archive says:
/// it is refused if that is more than deflate can have made of what is there.
enum NPZReader {
  static func read(_ file: MappedFile, _ archive: ZipArchive) throws(LucidError) -> StateDict {
    var result = StateDict()
    for entry in archive.names {
      guard entry.hasSuffix(".npy") else {
        throw file.unsupported(
          "entry \(entry.quoted) of the archive is no NumPy array",
          "Readable are archives of numpy.savez and of torch.save.")
      }
      let name = String(entry.dropLast(".npy".count))
      guard !result.contains(name) else { throw file.corrupt("two arrays are called \(name.quoted)") }
      switch try archive.content(of: entry)! {
      case .stored(let range): try append(name, range, of: file, to: &result)
      case .deflated(let range, let byteCount): try append(name, range, inflatedTo: byteCount, of: file, to: &result)
      }
    }
    return result
  }

  private static func append(
    _ name: String, _ range: Range<Int>, of file: MappedFile, to result: inout StateDict
  ) throws(LucidError) {
    let (header, start) = try NumPyHeader.read(file, range)
    let (dtype, isBigEndian) = try header.element(file)
    _ = try header.byteCount(dtype, available: range.upperBound - start, file)
    let extent = try StoredExtent(
      name, elementSize: dtype.byteCount, in: start..<range.upperBound, offset: 0, shape: header.shape,
      strides: header.strides, of: file)
    result.append(StoredTensor(name, dtype, extent, isBigEndian: isBigEndian), of: file)
  }

  private static func append(
    _ name: String, _ range: Range<Int>, inflatedTo byteCount: Int, of file: MappedFile, to result: inout StateDict
  ) throws(LucidError) {
    let what = "array \(name.quoted)"
    // Enough for every header that is read.
    let head = try Inflation.inflate(range, of: file, byteCount: min(byteCount, 1 << 17), what)
    let beginning = MappedFile(
      bytes: UnsafeRawBufferPointer(start: head.base, count: head.byteCount), named: "\(file.path), \(what)")
    let (header, start) = try NumPyHeader.read(beginning, 0..<beginning.count)
    let (dtype, isBigEndian) = try header.element(beginning)
    _ = try header.byteCount(dtype, available: byteCount - start, beginning)
    result.set(name, TensorType(Shape(header.shape), dtype)) { () throws(LucidError) in
      let all = try Inflation.inflate(range, of: file, byteCount: byteCount, what)
      let elements = Storage(byteCount: byteCount - start)
      withExtendedLifetime(all) {
        elements.base.copyMemory(from: all.base + start, byteCount: elements.byteCount)
      }
      return Tensor(numPy: elements, header, dtype, isBigEndian: isBigEndian)
    }
  }
}
