import LucidTensor
import Testing

@testable import LucidWeights

@Suite struct CacheLayoutTests {
  let layout = CacheLayout(root: "/c")
  let digest = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

  @Test(arguments: [
    ("lite0-57934424.pth", "lite0-57934424.pth"), ("model.safetensors", "model-57934424.safetensors"),
    ("weights", "weights-57934424"), (".hidden", "_-57934424.hidden"), ("..", "_.-57934424."),
    ("a b\u{0}/é", "a_b___-57934424"), ("", "_-57934424"),
  ])
  func readableName(name: String, expected: String) {
    #expect(layout.readable(name, sha256: digest) == "/c/files/" + expected)
  }

  @Test func longNamesStayWithinTheLimitOfFileSystems() {
    let path = layout.pin(String(repeating: "x", count: 400) + ".pth", prefix: "57934424")
    #expect(path.split(separator: "/").allSatisfy { $0.utf8.count < 200 })
    #expect(path.hasSuffix(".pth"))
  }

  @Test(arguments: [
    "", "abc", String(repeating: "g", count: 64), "../../../../etc/passwd", String(repeating: "a", count: 65),
  ])
  func badDigestIsRefused(hex: String) {
    #expect(throws: LucidError.self) { try Digest.sha256(hex).validate(for: "f") }
    if hex.count != 65 { #expect(throws: LucidError.self) { try Digest.sha256Prefix(hex).validate(for: "f") } }
  }

  @Test func stampReadsWhatItWrote() {
    let identity = FileIdentity(device: 1, inode: .max, byteCount: 3, modified: -4, changed: 5)
    let stamp = Stamp(identity: identity, sha256: digest)
    #expect(Stamp(text: stamp.text) == stamp)
    for count in 0..<stamp.text.count { #expect(Stamp(text: String(stamp.text.prefix(count))) == nil) }
    #expect(Stamp(text: stamp.text.replacing("stamp 1", with: "stamp 2")) == nil)
  }
}
