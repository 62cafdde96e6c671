import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

@Suite struct WeightLockTests {
  let bytes = scrambled(2000)

  private func weak(_ url: String) throws -> WeightSource {
    WeightSource(.url(url), digest: .sha256Prefix(String(try sha256(bytes).prefix(8))))
  }

  @Test func weakPinIsUpgradedAtItsFirstUse() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch(["LUCID_LOCK": "~/lucid.lock"])
    let source = try weak(server.url("/m"))
    _ = try await scratch.resolver.resolve([source], name: "T.V1")
    let lock = try WeightLock(contentsOf: scratch.folder + "/lucid.lock")
    let file = try #require(lock.weights["T.V1"]?.first)
    #expect(try file.sha256 == sha256(bytes) && file.bytes == 2000 && file.source == server.url("/m"))
    #expect(try lock.apply("T.V1", [source], isFrozen: true)[0].digest == .sha256(sha256(bytes)))
  }

  @Test func otherBytesThanLockedAreAnErrorThatShowsBoth() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch(["LUCID_FROZEN": "1", "LUCID_LOCK": "~/lucid.lock"])
    let prefix = try sha256(bytes).prefix(8)
    let locked = String(prefix) + String(repeating: "0", count: 56)
    var lock = WeightLock()
    lock.set("T.V1", [WeightSource(.url(server.url("/m")), digest: .sha256(locked))], file: nil)
    try lock.write(to: scratch.folder + "/lucid.lock")
    let error = try await #require(throws: LucidError.self) {
      try await scratch.resolver.resolve([weak(server.url("/m"))], name: "T.V1")
    }
    #expect(error.code == .digestMismatch)
    #expect(try error.description.contains(locked) && error.description.contains(sha256(bytes)))
    #expect(try scratch.blobs() == [])
  }

  @Test func entryThatContradictsTheLockIsAnErrorThatShowsBoth() throws {
    var lock = WeightLock()
    let (old, new) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
    lock.set("T.V1", [WeightSource(.url("https://x/m"), digest: .sha256(old))], file: nil)
    let error = #expect(throws: LucidError.self) {
      try lock.apply("T.V1", [WeightSource(.url("https://x/m"), digest: .sha256(new))], isFrozen: false)
    }
    #expect(error?.code == .digestMismatch)
    #expect(error?.description.contains(old) == true && error?.description.contains(new) == true)
  }

  @Test func frozenKnowsOnlyWhatIsLocked() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch(["LUCID_FROZEN": "1", "LUCID_LOCK": "~/lucid.lock"])
    let missing = try await failure(scratch, source(server.url("/m"), bytes))
    #expect(missing.code == .fileUnreadable && missing.description.contains("lucid weights lock"))
    try WeightLock().write(to: scratch.folder + "/lucid.lock")
    let error = try await failure(scratch, source(server.url("/m"), bytes))
    #expect(error.code == .unknownName && error.description.contains("lucid.lock does not name it"))
    #expect(server.requests == [])
  }

  @Test func damagedLockFileIsNamed() async throws {
    let scratch = try FetchScratch(["LUCID_LOCK": "~/lucid.lock"])
    let path = try scratch.write(Array("{".utf8), to: "lucid.lock")
    let error = try await failure(scratch, source("https://x.invalid/m", bytes))
    #expect(error.code == .corruptFile && error.description.contains(path))
  }
}
