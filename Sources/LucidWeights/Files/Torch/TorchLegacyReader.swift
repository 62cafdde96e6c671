import LucidTensor

/// Reads what `torch.save` wrote before PyTorch 1.6: pickles of a magic number, a protocol version, facts about the
/// writer's system, the object itself and the list of its storages' keys; then each storage as a 64-bit count of elements
/// and the elements. Numbers are little-endian whatever the writer's machine was.
///
/// Source: `_legacy_save` and `_legacy_load` in `torch/serialization.py`.
enum TorchLegacyReader {
  /// 0x1950a86a20f9469cfc6c.
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
  private static let version = 1001

  static func read(_ file: MappedFile, key: String?) throws(LucidError) -> StateDict {
    var position = 0
    func next() throws(LucidError) -> PickleDocument {
      let document = try PickleMachine.read(file, position..<file.count)
      position = document.end
      return document
    }
    guard case .bigInt(let number) = try next().root, try file.bytes(number).elementsEqual(magic) else {
      throw file.unsupported(
        "it is a pickle, but not one that torch.save wrote",
        "Readable are safetensors files and what torch.save writes.")
    }
    guard case .int(let found) = try next().root else {
      throw file.corrupt("the version of the format is not a number")
    }
    guard found == version else {
      throw file.unsupported("its format is of version \(found); known is \(version)")
    }
    guard case .dictionary = try next().root else { throw file.corrupt("the facts about its writer are no dictionary") }
    let document = try next()
    let keys = try next()
    guard case .list(let list) = keys.root else { throw file.corrupt("the storages' keys are no list") }

    let storages = try self.storages(keys.heap.sequences[list], of: document, from: position, in: file)
    return try TorchCheckpoint(file: file, document: document, storages: storages, isBigEndian: false).stateDict(
      key: key)
  }

  /// The bytes of each storage: they follow one another in the order of `keys`, up to the end of the file.
  private static func storages(
    _ keys: [PickleValue], of document: PickleDocument, from start: Int, in file: MappedFile
  ) throws(LucidError) -> [String: Range<Int>] {
    var named: [String: TorchStorage] = [:]
    for storage in document.heap.storages {
      let other = named.updateValue(storage, forKey: storage.key)
      guard other == nil || (other!.count, other!.element) == (storage.count, storage.element) else {
        throw file.corrupt("storage \(storage.key.quoted) is named with two different sizes or element types")
      }
    }
    var reader = ByteReader(file, start..<file.count, part: "the file")
    var result: [String: Range<Int>] = [:]
    for key in keys {
      guard case .text(let text) = key, text.count <= PickleMachine.Limits.nameLength, let name = try file.text(text),
        let storage = named[name]
      else { throw file.corrupt("the list of storages has a key that no tensor uses") }
      let what = "storage \(name.quoted)"
      let count = try reader.integer(Int64.self, "the size of \(what)")
      guard count == storage.count else {
        throw file.corrupt("\(what) has \(count) elements, but the pickle says \(storage.count)")
      }
      let bytes = try reader.skip(storage.count * storage.element.byteCount, what)
      guard result.updateValue(bytes, forKey: name) == nil else {
        throw file.corrupt("the list of storages has \(name.quoted) twice")
      }
    }
    guard reader.remaining == 0 else {
      throw file.corrupt("\(reader.remaining) bytes follow the last storage")
    }
    return result
  }
}
