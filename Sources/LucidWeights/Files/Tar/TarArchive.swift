import LucidTensor

/// The files in a tar archive, which lie in it as they are.
///
/// Format: POSIX.1-1988 (ustar) and GNU's base-256 sizes; entries that are no regular files are passed over.
struct TarArchive {
  private static let blockSize = 512
  private var entries: [String: Range<Int>] = [:]

  /// Reads the headers. Throws ``LucidError`` with ``LucidError/Code/corruptFile``.
  init(_ file: MappedFile) throws(LucidError) {
    var reader = ByteReader(file, 0..<file.count, part: "the archive")
    while reader.remaining >= Self.blockSize {
      let start = reader.position
      let header = try file.bytes(try reader.skip(Self.blockSize, "a header"))
      // The archive ends with blocks of zeros.
      if header.allSatisfy({ $0 == 0 }) { return }
      guard Self.octal(header[148..<156]) == Self.checksum(header) else {
        throw file.corrupt("the header of the archive's entry at byte \(start) has a wrong checksum")
      }
      guard let size = Self.size(header[124..<136]) else {
        throw file.corrupt("the archive's entry at byte \(start) has no size")
      }
      let range = try reader.skip(size, "the archive's entry at byte \(start)")
      let padding = (Self.blockSize - size % Self.blockSize) % Self.blockSize
      _ = try reader.skip(min(padding, reader.remaining), "padding")
      guard header[156] == UInt8(ascii: "0") || header[156] == 0 else { continue }
      guard let name = String(validating: header[0..<100].prefix { $0 != 0 }, as: UTF8.self) else {
        throw file.corrupt("the name of the archive's entry at byte \(start) is not UTF-8")
      }
      guard entries.updateValue(range, forKey: name) == nil else {
        throw file.corrupt("the archive has two entries called \(name.quoted)")
      }
    }
  }

  /// Where a file is, nil where there is none of that name.
  func range(of name: String) -> Range<Int>? { entries[name] }

  /// The sum of the header's bytes with its own field as spaces.
  private static func checksum(_ header: UnsafeRawBufferPointer) -> Int {
    header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
  }

  private static func octal(_ field: Swift.Slice<UnsafeRawBufferPointer>) -> Int? {
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self), radix: 8)
  }

  private static func size(_ field: Swift.Slice<UnsafeRawBufferPointer>) -> Int? {
    guard field.first == 0x80 else { return octal(field) }
    let value = field.dropFirst(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return field.dropFirst().prefix(3).allSatisfy { $0 == 0 } ? Int(exactly: value) : nil
  }
}
