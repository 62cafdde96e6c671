import LucidTensor

/// One entry of a zip archive as the central directory describes it.
struct ZipEntry {
  let name: String
  /// The offset of the local header.
  let offset: Int
  private let size: UInt64
  private let compressedSize: UInt64
  private let method: UInt16
  private let checksum: UInt32
  private let flags: UInt16

  private static let isEncrypted: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
  private static let hasDescriptor: UInt16 = 1 << 3

  /// Reads the next record of the central directory.
  init(_ reader: inout ByteReader) throws(LucidError) {
    let file = reader.file
    guard try reader.integer(UInt32.self, "an entry's signature") == 0x0201_4b50 else {
      throw file.corrupt("the central directory has no entry at byte \(reader.position - 4), though its count says so")
    }
    _ = try reader.skip(4, "an entry's versions")
    flags = try reader.integer(UInt16.self, "an entry's flags")
    method = try reader.integer(UInt16.self, "an entry's method")
    _ = try reader.skip(4, "an entry's time")
    checksum = try reader.integer(UInt32.self, "an entry's checksum")
    let compressed32 = try reader.integer(UInt32.self, "an entry's size")
    let size32 = try reader.integer(UInt32.self, "an entry's size")
    let nameLength = try reader.integer(UInt16.self, "an entry's name")
    let extraLength = try reader.integer(UInt16.self, "an entry's extra field")
    let commentLength = try reader.integer(UInt16.self, "an entry's comment")
    let disk = try reader.integer(UInt16.self, "an entry's disk")
    _ = try reader.skip(6, "an entry's attributes")
    let offset32 = try reader.integer(UInt32.self, "an entry's offset")
    guard let name = try file.text(try reader.skip(nameLength, "an entry's name")) else {
      throw file.corrupt("the name of an entry of the archive is not UTF-8")
    }
    let extra = try reader.skip(extraLength, "the extra field of entry \(name.quoted)")
    _ = try reader.skip(commentLength, "the comment of entry \(name.quoted)")

    let sizes = try Zip64Field.apply(
      [size32, compressed32, offset32], in: extra, of: file, "entry \(name.quoted) of the central directory")
    guard method != 0 || sizes[0] == sizes[1] else {
      throw file.corrupt("entry \(name.quoted) is stored, but its sizes differ: \(sizes[1]) and \(sizes[0]) bytes")
    }
    guard disk == 0, let offset = Int(exactly: sizes[2]) else {
      throw file.corrupt("entry \(name.quoted) is on another disk or at offset \(sizes[2])")
    }
    self.name = name
    self.offset = offset
    size = sizes[0]
    compressedSize = sizes[1]
  }

  /// Throws ``LucidError`` with ``LucidError/Code/unsupportedFormat`` unless the entry's bytes can be used as they are.
  func requirePlain(in file: MappedFile) throws(LucidError) {
    guard flags & Self.isEncrypted == 0 else {
      throw file.unsupported("entry \(name.quoted) of the archive is encrypted", "Decrypt the archive first.")
    }
    guard method == 0 else {
      throw file.unsupported(
        "entry \(name.quoted) of the archive is compressed (method \(method)); torch.save stores entries as they are",
        "Save the checkpoint again with torch.save, or unpack the archive and pack it without compression.")
    }
  }

  /// The number of bytes that an entry compressed by deflate stands for, nil for all others. Throws ``LucidError`` with
  /// ``LucidError/Code/corruptFile`` where there are more than can be counted.
  func deflatedByteCount(in file: MappedFile) throws(LucidError) -> Int? {
    guard method == 8, flags & Self.isEncrypted == 0 else { return nil }
    guard let byteCount = Int(exactly: size), byteCount < Int.max / 2 else {
      throw file.corrupt("entry \(name.quoted) is said to have \(size) bytes")
    }
    return byteCount
  }

  /// The range of the entry's bytes and the offset at which the entry, with its descriptor, ends. Throws unless the local
  /// header says what the central directory says and all lies before `limit`.
  func locate(before limit: Int, in file: MappedFile) throws(LucidError) -> (data: Range<Int>, end: Int) {
    guard offset <= limit else {
      throw file.corrupt("entry \(name.quoted) begins at byte \(offset), after the central directory at \(limit)")
    }
    var reader = ByteReader(file, offset..<limit, part: "what precedes the central directory")
    guard try reader.integer(UInt32.self, "the header of entry \(name.quoted)") == 0x0403_4b50 else {
      throw file.corrupt("entry \(name.quoted) has no local header at byte \(offset)")
    }
    _ = try reader.skip(2, "a version")
    let localFlags = try reader.integer(UInt16.self, "the flags")
    let localMethod = try reader.integer(UInt16.self, "the method")
    _ = try reader.skip(4, "the time")
    let localChecksum = try reader.integer(UInt32.self, "the checksum")
    let compressed32 = try reader.integer(UInt32.self, "the size")
    let size32 = try reader.integer(UInt32.self, "the size")
    let nameLength = try reader.integer(UInt16.self, "the name")
    let extraLength = try reader.integer(UInt16.self, "the extra field")
    let localName = try file.text(try reader.skip(nameLength, "the name of entry \(name.quoted)"))
    let extra = try reader.skip(extraLength, "the extra field of entry \(name.quoted)")
    let sizes = try Zip64Field.apply([size32, compressed32], in: extra, of: file, "the local header of \(name.quoted)")

    guard localName == name, localMethod == method, localFlags == flags else {
      throw file.corrupt("the local header of entry \(name.quoted) disagrees with the central directory on what it is")
    }
    // With a descriptor the header's own sizes may be left at 0, to be told after the data.
    let isDeferred = flags & Self.hasDescriptor != 0 && sizes == [0, 0] && localChecksum == 0
    guard isDeferred || sizes == [size, compressedSize] && localChecksum == checksum else {
      throw file.corrupt(
        "entry \(name.quoted) lies about its size: \(size) bytes in the central directory, \(sizes[0]) in its local header"
      )
    }
    let data = try reader.skip(compressedSize, "entry \(name.quoted)")
    if flags & Self.hasDescriptor != 0 { try skipDescriptor(&reader) }
    return (data, reader.position)
  }

  /// Moves past the record that repeats checksum and sizes after the data, in 32 or 64 bits.
  private func skipDescriptor(_ reader: inout ByteReader) throws(LucidError) {
    let file = reader.file
    var what: String { "the descriptor of entry \(name.quoted)" }
    guard try reader.integer(UInt32.self, what) == 0x0807_4b50, try reader.integer(UInt32.self, what) == checksum else {
      throw file.corrupt("\(what) is missing or disagrees with the central directory")
    }
    var short = reader
    let low = try short.integer(UInt32.self, what)
    if UInt64(low) == compressedSize, UInt64(try short.integer(UInt32.self, what)) == size {
      reader = short
      return
    }
    guard try reader.integer(UInt64.self, what) == compressedSize, try reader.integer(UInt64.self, what) == size else {
      throw file.corrupt("\(what) says another size than the central directory, which says \(size) bytes")
    }
  }
}

/// The extra field with the sizes and offsets that do not fit 32 bits.
enum Zip64Field {
  /// The values with those that are 0xffffffff replaced from the field, in order, as the format prescribes.
  static func apply(
    _ values: [UInt32], in extra: Range<Int>, of file: MappedFile, _ what: @autoclosure () -> String
  ) throws(LucidError) -> [UInt64] {
    var reader = ByteReader(file, extra, part: "an extra field")
    var field: ByteReader?
    while reader.remaining > 0 {
      let tag = try reader.integer(UInt16.self, "a tag")
      let range = try reader.skip(try reader.integer(UInt16.self, "a size"), "a field")
      guard tag == 1 else { continue }
      guard field == nil else { throw file.corrupt("\(what()) has two zip64 fields") }
      field = ByteReader(file, range, part: "a zip64 field")
    }
    var result: [UInt64] = []
    for value in values {
      if value == .max, field != nil {
        result.append(try field!.integer(UInt64.self, "a size"))
      } else {
        result.append(UInt64(value))
      }
    }
    return result
  }
}
