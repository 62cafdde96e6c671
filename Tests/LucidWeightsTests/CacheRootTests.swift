import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

@Suite struct CacheRootTests {
  let bytes = scrambled(3000)

  @Test func newRootIsTaggedAsACache() async throws {
    let (scratch, _) = try await fetched()
    let tag = String(decoding: try contents(scratch.root + "/CACHEDIR.TAG"), as: UTF8.self)
    #expect(tag.hasPrefix("Signature: 8a477f597d28d172789f06886806bc55\n"))
  }

  @Test func folderWithOtherThingsIsNotTagged() async throws {
    let scratch = try FetchScratch()
    _ = try scratch.write([1], to: "cache/diary.txt")
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    _ = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m")
    #expect(!FileSystem.names(in: scratch.root).contains("CACHEDIR.TAG"))
  }

  @Test func blobsCannotBeWritten() async throws {
    let (scratch, file) = try await fetched()
    let info = try #require(try FileSystem.status(of: file.path))
    #expect(info.st_mode & 0o333 == 0)
    #expect(try scratch.blobs().count == 1)
  }

  @Test func rootThatIsAFileIsNamed() async throws {
    let scratch = try FetchScratch()
    let path = try scratch.write([1], to: "cache")
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let error = try await failure(scratch, source(server.url("/m"), bytes))
    #expect(error.code == .fileUnreadable)
    #expect(error.description.contains(path) && error.description.contains("LUCID_HOME"))
    #expect(server.requests == [])
  }

  @Test func rootBelowAFileIsNamed() async throws {
    let scratch = try FetchScratch { $0.cacheRoot! += "/below/it" }
    _ = try scratch.write([1], to: "cache")
    let error = try await failure(scratch, source("http://127.0.0.1:9/m", bytes))
    #expect(error.code == .fileUnreadable)
    #expect(error.description.contains("Not a directory"))
  }

  @Test func noRootIsAnError() async throws {
    let scratch = try FetchScratch { $0.cacheRoot = nil }
    let error = try await failure(scratch, source("http://127.0.0.1:9/m", bytes))
    #expect(error.description.contains("Set LUCID_HOME"))
  }

  @Test func leftoversOfKilledProcessesGoAfterADay() async throws {
    let scratch = try FetchScratch()
    let old = try scratch.write([1], to: "cache/partial/old.1-x")
    let oldTree = try scratch.write([1], to: "cache/partial/tree.1-x/tmp/wheel")
    let recent = try scratch.write([1], to: "cache/partial/recent.1-x")
    let yesterday = Date(timeIntervalSinceNow: -25 * 60 * 60)
    for path in [old, oldTree, FileSystem.parent(of: oldTree), scratch.root + "/partial/tree.1-x"] {
      try FileManager.default.setAttributes([.modificationDate: yesterday], ofItemAtPath: path)
    }
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    _ = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m")
    #expect(scratch.partials() == ["recent.1-x"])
    _ = recent
  }

  @Test(arguments: [
    (ENOSPC, "Free some space"), (EACCES, "LUCID_HOME"), (EROFS, "LUCID_HOME"), (ENOTDIR, "A file is where a folder"),
  ])
  func systemErrorsComeWithAdvice(code: Int32, advice: String) {
    let error = FileSystem.failure("writing /c/partial/m", code)
    #expect(error.code == .fileUnreadable)
    #expect(error.description.contains(advice) && error.description.contains("/c/partial/m"))
  }

  @Test func fileThatNoDiskHasRoomForIsNotEvenAskedFor() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let huge = WeightSource(.url(server.url("/m")), digest: .sha256(try sha256(bytes)), byteCount: 1 << 60)
    let error = try await failure(scratch, huge)
    #expect(error.code == .insufficientSpace && error.byteCounts["needed"] == 1 << 60)
    #expect((1..<(1 << 60)).contains(error.byteCounts["available"] ?? 0))
    #expect(error.description.contains("lucid cache prune") && error.description.contains("LUCID_HOME"))
    #expect(server.requests == [] && scratch.partials() == [])
  }

  @Test(.enabled(if: FetchScratch.hasSmallDisks, "needs the right to mount a file system"))
  func fullDiskIsSaidAndLeavesNothing() async throws {
    let big = scrambled(400_000)
    let scratch = try FetchScratch()
    try scratch.mountSmallDisk()
    let server = try LoopbackServer(["/big": [.ok(big)], "/m": [.ok(bytes)]])
    let error = try await failure(scratch, source(server.url("/big"), big))
    #expect(error.description.contains("No space left") && error.description.contains("Free some space"))
    #expect(error.code == .insufficientSpace && error.byteCounts["needed"] == 400_000)
    #expect((1...204_800).contains(error.byteCounts["available"] ?? 0))
    #expect(scratch.partials() == [])
    #expect(try scratch.blobs() == [])
    #expect(server.requests.count == 1, "a full disk is no reason to ask again")
    #expect(try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m").byteCount == 3000)
  }

  @Test(.enabled(if: FetchScratch.hasSmallDisks, "needs the right to mount a file system"))
  func readOnlyRootGivesHitsAndNamesItselfOnAMiss() async throws {
    let scratch = try FetchScratch()
    try scratch.mountSmallDisk()
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let source = try source(server.url("/m"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m")
    try scratch.protectDisk(removing: "stamps")
    let resolver = scratch.another()
    #expect(try await resolver.resolve([source], name: "m") == file)
    #expect(try resolver.cachedFile(for: [source]) == file, "hashed once a process where no stamp can be kept")
    let error = try await failure(scratch, LucidWeightsTests.source(server.url("/other"), [1, 2]))
    #expect(error.code == .fileUnreadable)
    #expect(error.description.contains("Read-only file system") && error.description.contains("LUCID_HOME"))
    #expect(server.requests == ["/m"])
  }

  private func fetched() async throws -> (FetchScratch, VerifiedFile) {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    return (scratch, try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m"))
  }
}
