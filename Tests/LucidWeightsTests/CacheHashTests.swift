import Testing

@testable import LucidWeights

/// Known answers of FIPS 180-4's examples.
@Suite struct CacheHashTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownAnswer(text: String, digest: String) throws {
    #expect(try IncrementalSHA256.digest(of: text) == digest)
  }

  @Test func piecesMakeTheWhole() throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let hash = try IncrementalSHA256()
    try bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: 99_991) {
        try hash.update(UnsafeRawBufferPointer(rebasing: all[start..<min(start + 99_991, all.count)]))
      }
    }
    #expect(try hash.finish() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(try hash.finish() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    try hash.restart()
    #expect(try hash.finish() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
