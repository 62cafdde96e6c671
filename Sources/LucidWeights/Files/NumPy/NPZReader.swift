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
      case .stored(let range): result.append(try StoredTensor(name, numPyArray: range, of: file), of: file)
      case .deflated(let range, let byteCount):
        try append(name, range, byteCount, of: file, to: &result)
      }
    }
    return result
  }

  private static func append(
    _ name: String, _ range: Range<Int>, _ byteCount: Int, of file: MappedFile, to result: inout StateDict
  ) throws(LucidError) {
    func bytes(_ count: Int) throws(LucidError) -> Storage {
      try Inflation.inflate(range, of: file, byteCount: count, "array \(name.quoted)")
    }
    let head = try bytes(min(byteCount, NumPyHeader.maximumLength + 12))
    let header = try NumPyHeader(UnsafeRawBufferPointer(start: head.base, count: head.byteCount)) {
      file.corrupt("array \(name.quoted): \($0)")
    }
    let dtype = try header.requireDType(name, of: file)
    try header.requireByteCount(byteCount - header.byteCount, dtype, name, of: file)
    let type = TensorType(Shape(header.shape), dtype)
    result.set(name, type) { () throws(LucidError) in
      let all = try Inflation.inflate(range, of: file, byteCount: byteCount, "array \(name.quoted)")
      let data = UnsafeRawBufferPointer(start: all.base + header.byteCount, count: byteCount - header.byteCount)
      if dtype == .bool, data.contains(where: { $0 > 1 }) {
        throw file.corrupt("array \(name.quoted): a bool is neither 0 nor 1")
      }
      // NumPy pads its header to 64 bytes; others may not.
      guard header.byteCount.isMultiple(of: dtype.byteCount) else {
        let copy = Storage(byteCount: data.count)
        if let source = data.baseAddress { copy.base.copyMemory(from: source, byteCount: data.count) }
        return Tensor(
          storage: copy, shape: type.shape, dtype: dtype, layout: .strided(header.strides, offset: 0))
      }
      return Tensor(
        storage: all, shape: type.shape, dtype: dtype,
        layout: .strided(header.strides, offset: header.byteCount / dtype.byteCount))
    }
  }
}
