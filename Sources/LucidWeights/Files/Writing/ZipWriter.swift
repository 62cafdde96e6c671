import CZlib
import LucidTensor

/// Writes zip archives whose entries are stored as they are, each aligned to 64 bytes in the file, as PyTorch's are.
///
/// Sizes and offsets from 4 GiB on, and more than 65 534 entries, are written in zip64's fields (APPNOTE 6.3.10, 4.5.3).
struct StoredZipWriter {
  private struct Entry {
    let name: [UInt8]
    let flags: UInt16
    let checksum: UInt32
    let size: Int
    let offset: Int
  }

  private let file: OutputFile
  private var entries: [Entry] = []
  /// The size from which on zip64's fields are used.
  private let limit: Int
  private static let alignment = 64
  /// The first day that zip can say, in its form: 1 January 1980.
  private static let date: UInt16 = 0x21

  /// An archive in a file. Tests lower `limit` to see zip64 in a small one.
  init(_ file: OutputFile, zip64From limit: Int = 0xffff_ffff) {
    self.file = file
    self.limit = limit
  }

  /// Adds an entry of some bytes after others.
  mutating func add(_ name: String, _ head: [UInt8], _ tensor: Tensor? = nil) throws {
    var checksum = Self.checksum(0, head)
    var size = head.count
    if let tensor {
      tensor.withUnsafeBytes { checksum = Self.checksum(checksum, $0) }
      size += tensor.elementCount * tensor.dtype.byteCount
    }
    let name = Array(name.utf8)
    guard name.count <= 0xffff else {
      throw LucidError(
        .unsupportedFormat, doing: "writing \(file.path)", problem: "a tensor's name has \(name.count) bytes",
        advice: "Zip archives allow 65535: shorten it, or write safetensors.")
    }
    // Names beyond ASCII are said to be UTF-8.
    let flags: UInt16 = name.contains { $0 >= 0x80 } ? 1 << 11 : 0
    let entry = Entry(name: name, flags: flags, checksum: checksum, size: size, offset: file.byteCount)
    let isLong = size >= limit
    var header = ByteBuffer()
    header.put(0x0403_4b50 as UInt32)
    putCommon(entry, isLong, &header)
    header.put(UInt16(name.count))
    var extra = ByteBuffer()
    if isLong {
      for field in [1, 16] as [UInt16] { extra.put(field) }
      for field in [UInt64(size), UInt64(size)] { extra.put(field) }
    }
    // The padding that brings the data to the alignment is an extra field with PyTorch's tag for it.
    let start = entry.offset + header.bytes.count + 2 + name.count + extra.bytes.count + 4
    let padding = (Self.alignment - start % Self.alignment) % Self.alignment
    extra.put(0x4246 as UInt16)
    extra.put(UInt16(padding))
    extra.put([UInt8](repeating: UInt8(ascii: "Z"), count: padding))
    header.put(UInt16(extra.bytes.count))
    header.put(name)
    header.put(extra.bytes)
    try file.write(header.bytes)
    try file.write(head)
    if let tensor { try file.write(tensor) }
    entries.append(entry)
  }

  /// Writes the central directory.
  func finish() throws {
    let start = file.byteCount
    var directory = ByteBuffer()
    for entry in entries {
      var extra = ByteBuffer()
      if entry.size >= limit {
        extra.put(UInt64(entry.size))
        extra.put(UInt64(entry.size))
      }
      if entry.offset >= limit { extra.put(UInt64(entry.offset)) }
      directory.put(0x0201_4b50 as UInt32)
      directory.put(45 as UInt16)
      putCommon(entry, entry.size >= limit, &directory)
      directory.put(UInt16(entry.name.count))
      directory.put(UInt16(extra.bytes.isEmpty ? 0 : extra.bytes.count + 4))
      // No comment, disk 0, no attributes.
      for _ in 0..<3 { directory.put(0 as UInt16) }
      directory.put(0 as UInt32)
      directory.put(entry.offset >= limit ? UInt32.max : UInt32(entry.offset))
      directory.put(entry.name)
      if !extra.bytes.isEmpty {
        directory.put(1 as UInt16)
        directory.put(UInt16(extra.bytes.count))
        directory.put(extra.bytes)
      }
    }
    let size = directory.bytes.count
    if start >= limit || size >= limit || entries.count >= 0xffff { putLongEnd(start, size, &directory) }
    directory.put(0x0605_4b50 as UInt32)
    directory.put(0 as UInt32)
    let count = UInt16(clamping: entries.count)
    directory.put(count)
    directory.put(count)
    directory.put(size >= limit ? UInt32.max : UInt32(size))
    directory.put(start >= limit ? UInt32.max : UInt32(start))
    directory.put(0 as UInt16)
    try file.write(directory.bytes)
  }

  /// What the local header and the central directory have alike.
  private func putCommon(_ entry: Entry, _ isLong: Bool, _ buffer: inout ByteBuffer) {
    buffer.put(isLong ? 45 : 20 as UInt16)
    buffer.put(entry.flags)
    buffer.put(0 as UInt16)
    buffer.put(0 as UInt16)
    buffer.put(Self.date)
    buffer.put(entry.checksum)
    for _ in 0..<2 { buffer.put(isLong ? UInt32.max : UInt32(entry.size)) }
  }

  private func putLongEnd(_ start: Int, _ size: Int, _ directory: inout ByteBuffer) {
    directory.put(0x0606_4b50 as UInt32)
    directory.put(44 as UInt64)
    for version in [45, 45] as [UInt16] { directory.put(version) }
    for _ in 0..<2 { directory.put(0 as UInt32) }
    for field in [entries.count, entries.count, size, start] { directory.put(UInt64(field)) }
    directory.put(0x0706_4b50 as UInt32)
    directory.put(0 as UInt32)
    directory.put(UInt64(start + size))
    directory.put(1 as UInt32)
  }

  private static func checksum(_ start: UInt32, _ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum(start, $0) }
  }

  /// CRC-32, continued from that of the bytes before.
  private static func checksum(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(crc32_z(uLong(start), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
