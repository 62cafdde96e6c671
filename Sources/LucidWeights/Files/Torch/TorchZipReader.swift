import LucidTensor

/// Reads what `torch.save` writes since PyTorch 1.6: a zip archive with `<root>/data.pkl`, one entry
/// `<root>/data/<key>` a storage, and `<root>/version` and `<root>/byteorder`.
///
/// Source: `torch/serialization.py` and `caffe2/serialize/inline_container.cc` of PyTorch.
enum TorchZipReader {
  private static let versions = 1...10

  /// The tensors of a checkpoint.
  static func read(_ file: MappedFile, key: String?) throws(LucidError) -> StateDict {
    try open(file, .checkpoint).stateDict(key: key)
  }

  /// The parameters of a TorchScript program.
  static func readScript(_ file: MappedFile) throws(LucidError) -> StateDict {
    try open(file, .script).attributes()
  }

  private static func open(_ file: MappedFile, _ dialect: PickleDialect) throws(LucidError) -> TorchCheckpoint {
    let archive = try ZipArchive(file)
    let pickles = archive.names.filter { name in
      name.hasSuffix("/data.pkl") && name.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1
    }
    guard let pickle = pickles.first else {
      let shown = archive.names.prefix(5).map(\.quoted).joined(separator: ", ")
      throw file.unsupported(
        "it is a zip archive without data.pkl, so not a checkpoint of torch.save; it has \(shown.isEmpty ? "nothing" : shown)",
        "Readable are safetensors files and what torch.save writes.")
    }
    guard pickles.count == 1 else {
      throw file.corrupt(
        "the archive has \(pickles.count) pickles, \(pickles[0].quoted) and \(pickles[1].quoted) among them")
    }
    let root = String(pickle.dropLast("data.pkl".count))
    try checkVersion(try archive.range(of: root + "version"), of: file)
    try checkVersion(try archive.range(of: root + ".data/version"), of: file)
    let isBigEndian = try isBigEndian(try archive.range(of: root + "byteorder"), of: file)

    let range = try archive.range(of: pickle)!
    let document = try PickleMachine.read(file, range, dialect)
    guard document.end == range.upperBound else {
      throw file.corrupt("\(pickle.quoted) has bytes after the end of its pickle, at \(document.end)")
    }
    var storages: [String: Range<Int>] = [:]
    for storage in document.heap.storages where storages[storage.key] == nil {
      storages[storage.key] = try archive.range(of: root + "data/" + storage.key)
    }
    return TorchCheckpoint(file: file, document: document, storages: storages, isBigEndian: isBigEndian)
  }

  /// The version is a decimal number in text; PyTorch reads 1 to 10.
  private static func checkVersion(_ range: Range<Int>?, of file: MappedFile) throws(LucidError) {
    guard let range else { return }
    guard range.count <= 20, let text = try file.text(range), let line = text.split(separator: "\n").first,
      let version = Int(line)
    else { throw file.corrupt("the entry with the archive's version is not a number") }
    guard versions.contains(version) else {
      throw file.unsupported(
        "the archive is of version \(version); known are \(versions.lowerBound) to \(versions.upperBound)")
    }
  }

  /// Whether the elements of the storages stand most significant byte first, as a big-endian machine writes them. Files of
  /// PyTorch before 2.1 do not say and are little-endian.
  private static func isBigEndian(_ range: Range<Int>?, of file: MappedFile) throws(LucidError) -> Bool {
    guard let range, try !file.bytes(range).elementsEqual("little".utf8) else { return false }
    guard try file.bytes(range).elementsEqual("big".utf8) else {
      throw file.corrupt("the entry with the byte order says neither little nor big")
    }
    return true
  }
}
