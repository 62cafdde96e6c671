import CZlib
import LucidTensor

/// Decompresses deflate data (RFC 1951) through zlib, into no more bytes than the caller asks for.
enum Inflation {
  /// One byte of deflate data stands for at most 1032 bytes: four codes of two bits, each a match of 258.
  static let largestRatio = 1032

  /// The compressed bytes that are looked at together: no more of a file that is not mapped are read for a header.
  private static let inputStep = 1 << 17
  /// zlib counts in 32 bits.
  private static let outputStep = 1 << 30

  /// The first `byteCount` bytes of what a range of a file holds. Throws ``LucidError`` with
  /// ``LucidError/Code/corruptFile`` when there are fewer, before anything is allocated where that is certain.
  static func inflate(
    _ range: Range<Int>, of file: MappedFile, byteCount: Int, _ what: @autoclosure () -> String
  ) throws(LucidError) -> Storage {
    guard byteCount / largestRatio <= range.count else {
      throw file.corrupt("\(what()) is said to be \(byteCount) bytes, which \(range.count) compressed ones cannot hold")
    }
    let storage = Storage(byteCount: byteCount)
    var stream = z_stream()
    guard lucid_inflate_init_raw(&stream) == Z_OK else {
      throw LucidError(.fileUnreadable, doing: "reading \(file.path)", problem: "zlib has no memory left")
    }
    defer { inflateEnd(&stream) }
    var (taken, made) = (0, 0)
    while made < byteCount {
      let (input, output) = (min(inputStep, range.count - taken), min(outputStep, byteCount - made))
      let start = range.lowerBound + taken
      let source = try file.elements(start..<start + input, size: 1, isBigEndian: false)
      defer { withExtendedLifetime(source) {} }
      stream.next_in = source.base.assumingMemoryBound(to: UInt8.self)
      stream.avail_in = UInt32(input)
      stream.next_out = (storage.base + made).assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(output)
      let status = CZlib.inflate(&stream, Z_NO_FLUSH)
      let (inputLeft, outputLeft) = (Int(stream.avail_in), Int(stream.avail_out))
      taken += input - inputLeft
      made += output - outputLeft
      let isStuck = inputLeft == input && outputLeft == output
      guard status == Z_OK && !isStuck || status == Z_STREAM_END && made == byteCount else {
        throw file.corrupt("\(what()) cannot be decompressed after \(made) of \(byteCount) bytes")
      }
    }
    return storage
  }
}
