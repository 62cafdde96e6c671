import LucidTensor

/// A place in a file that moves forward and never past its limit.
struct ByteReader {
  let file: MappedFile
  /// The offset, in the file, of the next byte.
  private(set) var position: Int
  /// The offset that nothing is read beyond.
  let limit: Int
  /// What errors call the bytes up to the limit, as in "the pickle".
  let part: String

  /// A reader of a range of a file. Traps when the range is not inside the file.
  init(_ file: MappedFile, _ range: Range<Int>, part: String) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count, "\(range) is not inside \(file.path)")
    self.file = file
    self.position = range.lowerBound
    self.limit = range.upperBound
    self.part = part
  }

  /// The number of bytes left.
  var remaining: Int { limit - position }

  /// Moves past a number of bytes and returns where they are. Throws when there are fewer; nothing is allocated.
  mutating func skip(_ count: some BinaryInteger, _ what: @autoclosure () -> String) throws(LucidError) -> Range<Int> {
    guard count >= 0, count <= remaining, let count = Int(exactly: count) else {
      throw file.corrupt(
        "\(what()) at byte \(position) needs \(count) bytes, but \(part) has \(max(remaining, 0)) left")
    }
    let start = position
    position += count
    return start..<position
  }

  /// The next byte.
  mutating func byte(_ what: @autoclosure () -> String) throws(LucidError) -> UInt8 {
    let range = try skip(1, what())
    return try file.bytes(range)[0]
  }

  /// The next little-endian integer.
  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, _ what: @autoclosure () -> String
  ) throws(LucidError) -> Value {
    let range = try skip(MemoryLayout<Value>.size, what())
    return Value(littleEndian: try file.bytes(range).loadUnaligned(as: Value.self))
  }
}
