import LucidTensor

/// Reads what `torch.save` wrote before PyTorch 0.1.10: a tar archive of `storages` (a count, then for each a pickle of its
/// number, location and class, a 64-bit count of elements and the elements; then a pickle of views of them), `tensors` (a
/// count, then for each a pickle of its number, its storage's and its class, and its sizes, strides and offset) and
/// `pickle`, the object, which names tensors and storages by their numbers.
///
/// Source: `legacy_load` in `_legacy_load` of `torch/serialization.py`.
enum TorchTarReader {
  static func read(_ file: MappedFile, key: String?) throws(LucidError) -> StateDict {
    let archive = try TarArchive(file)
    func entry(_ name: String) throws(LucidError) -> Range<Int> {
      guard let range = archive.range(of: name) else {
        throw file.unsupported(
          "it is a tar archive without an entry \(name.quoted), so not a checkpoint of torch.save",
          "Unpack it and open the checkpoint in it.")
      }
      return range
    }
    var objects = PickleDialect.TarObjects()
    let bytes = try storages(file, try entry("storages"), &objects)
    try tensors(file, try entry("tensors"), &objects)
    let document = try PickleMachine.read(file, try entry("pickle"), .tar(objects))
    return try TorchCheckpoint(file: file, document: document, storages: bytes, isBigEndian: false).stateDict(key: key)
  }

  /// The bytes of each storage by its key.
  private static func storages(
    _ file: MappedFile, _ range: Range<Int>, _ objects: inout PickleDialect.TarObjects
  ) throws(LucidError) -> [String: Range<Int>] {
    var result: [String: Range<Int>] = [:]
    var position = range.lowerBound
    for _ in 0..<(try count(file, range, &position, "storages")) {
      let what = "the storage at byte \(position)"
      let facts = try tuple(file, range, &position, 3, what)
      guard case .int(let number) = facts[0], case .global(.storageClass(let element)) = facts[2] else {
        throw file.corrupt("\(what) is not described by its number, location and class")
      }
      var reader = ByteReader(file, position..<range.upperBound, part: "the entry \"storages\"")
      let count = try reader.integer(Int64.self, "the size of \(what)")
      let (byteCount, overflows) = Int(count).multipliedReportingOverflow(by: element.byteCount)
      guard count >= 0, !overflows else { throw file.corrupt("\(what) is said to have \(count) elements") }
      result[String(number)] = try reader.skip(byteCount, what)
      position = reader.position
      try add(
        TorchStorage(
          key: String(number), element: element, count: Int(count), isUntyped: false, view: 0..<Int(count)),
        number, file, &objects)
    }
    try views(file, range, &position, &objects)
    guard position == range.upperBound else { throw file.corrupt("bytes follow the last storage, at \(position)") }
    return result
  }

  /// The list of `(number, storage's number, offset, count)`.
  private static func views(
    _ file: MappedFile, _ range: Range<Int>, _ position: inout Int, _ objects: inout PickleDialect.TarObjects
  ) throws(LucidError) {
    let document = try PickleMachine.read(file, position..<range.upperBound)
    position = document.end
    guard case .list(let list) = document.root else { throw file.corrupt("the views of storages are no list") }
    for item in document.heap.sequences[list] {
      guard case .tuple(let index) = item, case let parts = document.heap.sequences[index], parts.count == 4,
        case .int(let number) = parts[0], case .int(let rootNumber) = parts[1], case .int(let offset) = parts[2],
        case .int(let count) = parts[3], case .storage(let place)? = objects.values[rootNumber],
        case let root = objects.storages[place], offset >= 0, count >= 0, offset <= root.count,
        count <= root.count - offset
      else { throw file.corrupt("a view of a storage is not inside one that is there") }
      try add(
        TorchStorage(
          key: root.key, element: root.element, count: root.count, isUntyped: false, view: offset..<offset + count),
        number, file, &objects)
    }
  }

  private static func tensors(
    _ file: MappedFile, _ range: Range<Int>, _ objects: inout PickleDialect.TarObjects
  ) throws(LucidError) {
    var position = range.lowerBound
    for _ in 0..<(try count(file, range, &position, "tensors")) {
      let what = "the tensor at byte \(position)"
      let facts = try tuple(file, range, &position, 3, what)
      guard case .int(let number) = facts[0], case .int(let storageNumber) = facts[1],
        case .storage(let storage)? = objects.values[storageNumber]
      else { throw file.corrupt("\(what) is not described by its number and that of a storage") }
      var reader = ByteReader(file, position..<range.upperBound, part: "the entry \"tensors\"")
      let rank = try reader.integer(Int32.self, "the rank of \(what)")
      _ = try reader.skip(4, "the rank of \(what)")
      guard (0...Int32(StoredExtent.maximumRank)).contains(rank) else {
        throw file.corrupt("\(what) is said to have \(rank) dimensions")
      }
      func numbers(_ part: String) throws(LucidError) -> [Int] {
        var result: [Int] = []
        for _ in 0..<rank { result.append(Int(try reader.integer(Int64.self, "\(part) of \(what)"))) }
        return result
      }
      let (shape, strides) = (try numbers("the sizes"), try numbers("the strides"))
      let offset = Int(try reader.integer(Int64.self, "the offset of \(what)"))
      position = reader.position
      guard objects.values[number] == nil else { throw file.corrupt("\(what) has the number of another") }
      objects.values[number] = .tensor(objects.tensors.count)
      objects.tensors.append(
        TorchTensor(
          storage: storage, element: objects.storages[storage].element, offset: offset, shape: shape,
          strides: strides, isLazilyChanged: false))
    }
    guard position == range.upperBound else { throw file.corrupt("bytes follow the last tensor, at \(position)") }
  }

  private static func add(
    _ storage: TorchStorage, _ number: Int, _ file: MappedFile, _ objects: inout PickleDialect.TarObjects
  ) throws(LucidError) {
    guard objects.values[number] == nil else { throw file.corrupt("two storages have the number \(number)") }
    objects.values[number] = .storage(objects.storages.count)
    objects.storages.append(storage)
  }

  /// The next pickle, which is an integer. Every object that it counts takes at least a byte.
  private static func count(
    _ file: MappedFile, _ range: Range<Int>, _ position: inout Int, _ what: String
  ) throws(LucidError) -> Int {
    let document = try PickleMachine.read(file, position..<range.upperBound)
    position = document.end
    guard case .int(let count) = document.root, count >= 0, count <= range.upperBound - position else {
      throw file.corrupt("the number of \(what) is not one that the archive can hold")
    }
    return count
  }

  /// The items of the next pickle, which is a tuple.
  private static func tuple(
    _ file: MappedFile, _ range: Range<Int>, _ position: inout Int, _ count: Int, _ what: String
  ) throws(LucidError) -> [PickleValue] {
    let document = try PickleMachine.read(file, position..<range.upperBound)
    position = document.end
    guard case .tuple(let index) = document.root, document.heap.sequences[index].count == count else {
      throw file.corrupt("\(what) is not described by a tuple of \(count)")
    }
    return document.heap.sequences[index]
  }
}
