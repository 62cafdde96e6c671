import LucidTensor
import Testing

@testable import LucidWeights

/// Archives of arrays that lie.
@Suite struct NPZTests {
  private func array(_ header: String, bytes: Int) -> [UInt8] { [UInt8](NumPyHostileTests.file(header, bytes: bytes)) }

  private func archive(_ entries: [(String, [UInt8])]) -> [UInt8] {
    ZipWriter(entries: entries.map { .init($0, $1) }).bytes
  }

  private let good = NumPyHostileTests.header("(2,)")

  @Test func entriesAreNamedWithoutTheirEnding() throws {
    let dict = try readAll(archive([("a.npy", array(good, bytes: 8)), ("b/c.npy", array(good, bytes: 8))]))
    #expect(dict.keys == ["a", "b/c"])
  }

  @Test func whatIsNoArrayIsRefused() throws {
    expectRefusal(.corruptFile, of: archive([("a.npy", array(good, bytes: 7))]), saying: "takes 8 bytes")
    expectRefusal(
      .unsupportedFormat, of: archive([("a.npy", array(good, bytes: 8)), ("b.txt", [1])]), saying: "\"b.txt\"")
    expectRefusal(.unsupportedFormat, of: archive([("a.npy", [1, 2, 3])]), saying: "not a NumPy file")
    expectRefusal(.unsafeFile, of: try FileFixtures.bytes("objects.npz"), saying: "Python objects")
    let bool = NumPyHostileTests.header("(2,)", descr: "'|b1'")
    var bytes = array(bool, bytes: 2)
    bytes[bytes.count - 1] = 2
    expectRefusal(.corruptFile, of: archive([("a.npy", bytes)]), saying: "bool")
  }

  /// An entry that says it is compressed, with data that is no deflate stream or a short one.
  private func compressed(_ data: [UInt8], claims size: UInt32) -> [UInt8] {
    // The first record of sizes in the local header, then that of the central directory.
    var entry = ZipWriter.Entry("a.npy", data)
    entry.method = 8
    var bytes = ZipWriter(entries: [entry]).bytes
    let little = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    bytes.replaceSubrange(22..<26, with: little)
    let directory = 30 + 5 + data.count
    bytes.replaceSubrange(directory + 24..<directory + 28, with: little)
    return bytes
  }

  @Test("Zip bomb: an entry that claims more than deflate can make of it") func moreThanDeflateCanHold() {
    expectRefusal(.corruptFile, of: compressed([3, 0], claims: 4_000_000_000), saying: "cannot hold")
  }

  @Test func streamsThatEndOrAreNone() {
    expectRefusal(.corruptFile, of: compressed([3, 0], claims: 200), saying: "decompressed after 0 of 200 bytes")
    expectRefusal(.corruptFile, of: compressed([0xff, 0xff, 0xff], claims: 200), saying: "decompressed")
    expectRefusal(.corruptFile, of: compressed([], claims: 1), saying: "decompressed")
  }

  @Test func damageToACompressedArchiveIsAnError() throws {
    let whole = try FileFixtures.bytes("compressed.npz")
    var refused = 0
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= 0x55
      do { try readAll(bytes) } catch is LucidError { refused += 1 }
    }
    #expect(refused > whole.count / 12)
  }
}
