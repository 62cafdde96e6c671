import LucidTensor

/// The format of a checkpoint file, found from its bytes and never from its name.
public enum CheckpointFormat: String, Sendable, Hashable, CaseIterable {
  /// A JSON header and plain bytes. <https://github.com/huggingface/safetensors#format>
  case safetensors
  /// What `torch.save` writes since PyTorch 1.6: a zip archive of a pickle and one entry a storage.
  case torchZip = "torch-zip"
  /// What `torch.save` wrote before: pickles, then the storages one after another.
  case torchLegacy = "torch-legacy"
  /// What `torch.save` wrote before PyTorch 0.1.10: a tar archive of pickles and storages.
  case torchTar = "torch-tar"
  /// What `torch.jit.save` writes: a zip archive of a program, its parameters and its constants.
  case torchScript = "torchscript"
  /// What `numpy.savez` writes: a zip archive of arrays.
  case npz
  /// The `model.safetensors.index.json` that says which of several files has which tensor.
  case shardIndex = "shard-index"

  /// The format of the file at a path. Throws ``LucidError`` with ``LucidError/Code/fileUnreadable``,
  /// ``LucidError/Code/corruptFile`` when there are too few bytes to tell, and ``LucidError/Code/unsupportedFormat``
  /// with the format's name, where it is recognised, for all others.
  public init(contentsOf path: String) throws(LucidError) {
    self = try CheckpointFormat(of: MappedFile(path: path))
  }

  init(of file: MappedFile) throws(LucidError) {
    guard file.count > 0 else { throw file.corrupt("the file is empty") }
    // First, because the size that safetensors begin with can look like anything; the others never have a { there, except
    // for JSON, whose first eight characters are too large a size.
    let start = try file.bytes(0..<min(8, file.count))
    if try file.has([UInt8(ascii: "{")], at: 8), start[0] != UInt8(ascii: "{") || start.contains(0) {
      self = .safetensors
    } else if try file.has([0x50, 0x4b, 0x03, 0x04], at: 0) {
      self = Self.format(of: try ZipArchive(file))
    } else if try file.has([0x80], at: 0) {
      self = .torchLegacy
    } else if try file.has(Array("ustar".utf8), at: 257) {
      self = .torchTar
    } else if try file.has([UInt8(ascii: "{")], at: 0) {
      self = .shardIndex
    } else if let other = try Self.other(file) {
      throw file.unsupported("it is \(other.name), not a checkpoint that can be read", other.advice ?? Self.readable)
    } else if file.count < 9 {
      throw file.corrupt("the file has \(file.count) bytes, too few for any checkpoint")
    } else {
      let digits = start.map { String($0, radix: 16).leftPadded(to: 2) }
      throw file.unsupported("its first bytes, \(digits.joined(separator: " ")), are of no known format", Self.readable)
    }
  }

  private static func format(of archive: ZipArchive) -> CheckpointFormat {
    if archive.names.contains(where: { $0.hasSuffix("/data.pkl") }) {
      return archive.names.contains { $0.hasSuffix("/constants.pkl") } ? .torchScript : .torchZip
    }
    return archive.names.contains { $0.hasSuffix(".npy") } ? .npz : .torchZip
  }

  private static func other(_ file: MappedFile) throws(LucidError) -> (name: String, advice: String?)? {
    for other in others {
      if try file.has(Array(other.magic.utf8), at: other.offset) { return (other.name, other.advice) }
    }
    return nil
  }

  private static let readable =
    "Readable are safetensors files and their index, what torch.save and torch.jit.save write, and NumPy archives."

  /// What people open by mistake, and the page that a server sends in place of a file.
  private static let others: [(magic: String, offset: Int, name: String, advice: String?)] = [
    ("version https://git-lfs", 0, "a Git LFS pointer", "Fetch the file itself with `git lfs pull`."),
    ("<!DOCTYPE", 0, "an HTML page", "The address led to a web page; fetch the file itself."),
    ("<!doctype", 0, "an HTML page", "The address led to a web page; fetch the file itself."),
    ("<html", 0, "an HTML page", "The address led to a web page; fetch the file itself."),
    ("HDF\r\n", 1, "an HDF5 file", nil),
    ("NUMPY", 1, "a NumPy array", "Tensor(contentsOfNumPyFile:) reads it; a checkpoint of several is an .npz file."),
    ("GGUF", 0, "a GGUF file", nil),
    ("\u{1f}", 0, "a gzip stream", "Decompress it first."),
  ]
}

extension String {
  /// The text with zeros in front, so that it has at least `count` characters.
  fileprivate func leftPadded(to count: Int) -> String {
    String(repeating: "0", count: max(0, count - self.count)) + self
  }
}
