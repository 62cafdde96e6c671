import LucidTensor

/// Writes what `numpy.savez` does: a zip archive of a `.npy` file a tensor.
enum NPZWriter {
  static func write(_ dict: StateDict, to path: String, zip64From limit: Int = 0xffff_ffff) throws {
    let file = try OutputFile(path: path)
    var archive = StoredZipWriter(file, zip64From: limit)
    for name in dict.keys {
      var tensor = try dict.tensor(name)
      if tensor.dtype == .bfloat16 { tensor = tensor.to(.float32) }
      try archive.add("\(name).npy", NumPyHeader.bytes(before: tensor.type), tensor)
    }
    try archive.finish()
    try file.publish()
  }
}
