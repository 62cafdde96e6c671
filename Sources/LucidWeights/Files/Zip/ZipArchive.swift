import LucidTensor

/// The entries of a zip archive, of which those can be read that are stored as they are: PyTorch stores all of a
/// checkpoint's.
///
/// Two readers of one archive can see different files when its parts disagree, so nothing is taken on trust: the central
/// directory, the local headers and the data descriptors must say the same, entries lie inside the file and apart from
/// each other, and no name occurs twice. CRCs are not compared: PyTorch itself can write archives without them, and
/// whole files are verified by SHA-256.
///
/// Format: PKWARE's APPNOTE 6.3.10, <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
struct ZipArchive {
  private let file: MappedFile
  private var entries: [String: (entry: ZipEntry, data: Range<Int>)] = [:]
  /// The names in the order of the central directory.
  private(set) var names: [String] = []

  /// Reads the central directory. Throws ``LucidError`` with ``LucidError/Code/corruptFile`` or
  /// ``LucidError/Code/unsupportedFormat``.
  init(_ file: MappedFile) throws(LucidError) {
    self.file = file
    let directory = try ZipDirectory(file)
    var reader = ByteReader(file, directory.range, part: "the central directory")
    var extents: [(range: Range<Int>, name: String)] = []
    for _ in 0..<directory.entryCount {
      let entry = try ZipEntry(&reader)
      let (data, end) = try entry.locate(before: directory.range.lowerBound, in: file)
      guard entries.updateValue((entry, data), forKey: entry.name) == nil else {
        throw file.corrupt("the archive has two entries called \(entry.name.quoted)")
      }
      names.append(entry.name)
      extents.append((entry.offset..<end, entry.name))
    }
    guard reader.remaining == 0 else {
      throw file.corrupt(
        "the central directory has \(reader.remaining) bytes more than its \(directory.entryCount) entries")
    }
    extents.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (before, after) in zip(extents, extents.dropFirst()) where before.range.upperBound > after.range.lowerBound {
      throw file.corrupt("entries \(before.name.quoted) and \(after.name.quoted) of the archive overlap")
    }
  }

  /// Whether there is an entry of this name.
  func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The range of an entry's bytes in the file, nil where there is no such entry. Throws ``LucidError`` with
  /// ``LucidError/Code/unsupportedFormat`` when it is compressed or encrypted.
  func range(of name: String) throws(LucidError) -> Range<Int>? {
    guard let (entry, data) = entries[name] else { return nil }
    try entry.requirePlain(in: file)
    return data
  }

  /// Where an entry's bytes are.
  enum Content {
    /// As they are.
    case stored(Range<Int>)
    /// Compressed by deflate, to be so many.
    case deflated(Range<Int>, byteCount: Int)
  }

  /// An entry's bytes, stored or compressed by deflate, nil where there is no such entry. Throws ``LucidError`` with
  /// ``LucidError/Code/unsupportedFormat`` when they are compressed otherwise or encrypted.
  func content(of name: String) throws(LucidError) -> Content? {
    guard let (entry, data) = entries[name] else { return nil }
    if let byteCount = try entry.deflatedByteCount(in: file) { return .deflated(data, byteCount: byteCount) }
    try entry.requirePlain(in: file)
    return .stored(data)
  }
}

/// Where the central directory is, from the records at the end of the file.
struct ZipDirectory {
  let range: Range<Int>
  let entryCount: Int

  private static let endSignature: UInt32 = 0x0605_4b50
  private static let end64Signature: UInt32 = 0x0606_4b50
  private static let locatorSignature: UInt32 = 0x0706_4b50

  /// Reads the end record, which must be the file's last 22 bytes, and the zip64 records before it, if there are any.
  init(_ file: MappedFile) throws(LucidError) {
    let end = file.count - 22
    guard end >= 0 else { throw file.corrupt("the file has \(file.count) bytes, too few for a zip archive") }
    var reader = ByteReader(file, end..<file.count, part: "the end record")
    guard try reader.integer(UInt32.self, "a signature") == Self.endSignature else {
      throw file.corrupt("a zip archive ends with an end record, but this file does not; it may be cut short")
    }
    let disk = try reader.integer(UInt16.self, "the disk")
    let directoryDisk = try reader.integer(UInt16.self, "the disk")
    var entriesHere = UInt64(try reader.integer(UInt16.self, "the count"))
    var entries = UInt64(try reader.integer(UInt16.self, "the count"))
    var size = UInt64(try reader.integer(UInt32.self, "the size"))
    var offset = UInt64(try reader.integer(UInt32.self, "the offset"))
    guard try reader.integer(UInt16.self, "the comment") == 0, disk == 0, directoryDisk == 0 else {
      throw file.corrupt("the zip archive's end record has a comment that is not there, or names other disks")
    }

    // The directory must reach to these records exactly.
    var directoryEnd = end
    let locator = end - 20
    if locator >= 0, try file.has([0x50, 0x4b, 0x06, 0x07], at: locator) {
      var reader = ByteReader(file, locator + 4..<end, part: "the zip64 locator")
      let disk = try reader.integer(UInt32.self, "the disk")
      let position = try reader.integer(UInt64.self, "the offset")
      let disks = try reader.integer(UInt32.self, "the disk count")
      guard disk == 0, disks <= 1, position <= UInt64(locator), locator - Int(position) == 56 else {
        throw file.corrupt("the zip64 locator does not point at the zip64 end record before it")
      }
      directoryEnd = Int(position)
      reader = ByteReader(file, directoryEnd..<locator, part: "the zip64 end record")
      let signature = try reader.integer(UInt32.self, "a signature")
      let recordSize = try reader.integer(UInt64.self, "the size")
      _ = try reader.skip(4, "the versions")
      let disk64 = try reader.integer(UInt32.self, "the disk")
      let directoryDisk64 = try reader.integer(UInt32.self, "the disk")
      let entriesHere64 = try reader.integer(UInt64.self, "the count")
      let entries64 = try reader.integer(UInt64.self, "the count")
      let size64 = try reader.integer(UInt64.self, "the size")
      let offset64 = try reader.integer(UInt64.self, "the offset")
      guard signature == Self.end64Signature, recordSize == 44, disk64 == 0, directoryDisk64 == 0 else {
        throw file.corrupt("the zip64 end record is malformed")
      }
      func agree(_ short: UInt64, _ long: UInt64, _ all: UInt64) -> Bool { short == long || short == all }
      guard agree(entriesHere, entriesHere64, 0xffff), agree(entries, entries64, 0xffff),
        agree(size, size64, 0xffff_ffff), agree(offset, offset64, 0xffff_ffff)
      else { throw file.corrupt("the zip archive's two end records disagree") }
      (entriesHere, entries, size, offset) = (entriesHere64, entries64, size64, offset64)
    }
    guard offset <= UInt64(directoryEnd), size == UInt64(directoryEnd) - offset else {
      throw file.corrupt(
        "the central directory should have \(size) bytes from byte \(offset), but the end record begins at \(directoryEnd)"
      )
    }
    guard entriesHere == entries, entries <= size / 46 else {
      throw file.corrupt(
        "the end record claims \(entries) entries, which \(size) bytes of central directory cannot hold")
    }
    range = Int(offset)..<directoryEnd
    entryCount = Int(entries)
  }
}
