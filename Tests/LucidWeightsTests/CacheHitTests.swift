import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

@Suite struct CacheHitTests {
  let bytes = scrambled(100_000)

  @Test func secondUseAsksNoNetworkAndWritesNothing() async throws {
    let server = try LoopbackServer(["/model.pth": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/model.pth"), bytes)
    let first = try await scratch.resolver.resolve([source], name: "m")
    #expect(try contents(first.path) == bytes)
    #expect(first.sha256 == source.digest.hex && first.byteCount == bytes.count)
    #expect(first.path == "\(scratch.root)/files/model-\(source.digest.hex.prefix(8)).pth")

    let before = try scratch.snapshot()
    for resolver in [scratch.resolver, scratch.another(), scratch.another { $0.offlineReason = "LUCID_OFFLINE=1" }] {
      #expect(try resolver.cachedFile(for: [source]) == first)
      #expect(try await resolver.resolve([source], name: "m") == first)
    }
    #expect(server.requests == ["/model.pth"])
    #expect(try scratch.snapshot() == before, "a hit wrote to the cache")
    #expect(scratch.partials() == [])
  }

  @Test func hitsOnALaterSourceGoBeforeFetchingAnEarlierOne() async throws {
    let server = try LoopbackServer(["/b": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let (other, cached) = (try source(server.url("/a"), [1]), try source(server.url("/b"), bytes))
    let file = try await scratch.resolver.resolve([cached], name: "m")
    #expect(try await scratch.another().resolve([other, cached], name: "m") == file)
    #expect(server.requests == ["/b"])
  }

  @Test func damageIsNoticedReportedAndRepaired() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m")
    let blob = scratch.resolver.environment.cacheRoot! + "/blobs/sha256/\(file.sha256.prefix(2))/\(file.sha256)"
    chmod(blob, 0o644)
    try damage(blob)
    let log = ProgressLog()
    let again = try await scratch.resolver.resolve([source], name: "m", progress: log.handler)
    #expect(try contents(again.path) == bytes)
    #expect(log.warnings.count == 1 && log.warnings[0].contains("damaged") && log.warnings[0].contains("thrown out"))
    #expect(server.requests.count == 2)
  }

  @Test func damageWithoutANetworkIsAnErrorThatSaysSo() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m")
    try damage(file.path)
    let error = await #expect(throws: LucidError.self) {
      try await scratch.another { $0.offlineReason = "LUCID_OFFLINE=1" }.resolve([source], name: "m")
    }
    #expect(error?.code == .unreachable)
    #expect(error?.description.contains("was damaged") == true)
    #expect(try scratch.blobs() == [])
  }

  @Test func lostStampsCostAHashAndNoNetwork() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m")
    for note in FileSystem.names(in: scratch.root + "/stamps") {
      try FileSystem.replace("\(scratch.root)/stamps/\(note)", with: "lucid-stamp 1 2 3")
    }
    let resolver = scratch.another()
    #expect(try resolver.cachedFile(for: [source]) == nil)
    #expect(try await resolver.resolve([source], name: "m") == file)
    #expect(try resolver.cachedFile(for: [source]) == file)
    #expect(server.requests.count == 1)
  }

  @Test func lostReadableNameLeavesTheBlob() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let file = try await scratch.resolver.resolve([source], name: "m")
    unlink(file.path)
    let again = try await scratch.another().resolve([source], name: "m")
    #expect(again.path.hasSuffix("/\(file.sha256)"))
    #expect(try contents(again.path) == bytes)
  }

  @Test func weakPinIsKeptAsAFullDigest() async throws {
    let digest = try sha256(bytes)
    let name = "/resnet18-\(digest.prefix(8)).pth"
    let server = try LoopbackServer([name: [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = WeightSource(.url(server.url(name)), digest: .sha256Prefix(String(digest.prefix(8)).uppercased()))
    let file = try await scratch.resolver.resolve([source], name: "m")
    #expect(file.sha256 == digest)
    #expect(try scratch.another().cachedFile(for: [source]) == file)
    try damage(file.path)
    #expect(try scratch.another().cachedFile(for: [source]) == nil)
    #expect(try contents(try await scratch.another().resolve([source], name: "m").path) == bytes)
    #expect(server.requests.count == 2)
  }

  @Test func weakPinRefusesOtherBytes() async throws {
    let server = try LoopbackServer(["/resnet18-00000000.pth": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = WeightSource(.url(server.url("/resnet18-00000000.pth")), digest: .sha256Prefix("00000000"))
    let error = try await failure(scratch, source)
    #expect(error.code == .digestMismatch)
    #expect(try error.description.contains("00000000") && error.description.contains(sha256(bytes)))
    #expect(try scratch.blobs() == [])
  }

  private func damage(_ path: String) throws {
    chmod(path, 0o644)
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seek(toOffset: 5000)
    try handle.write(contentsOf: Data([bytes[5000] ^ 1]))
    try handle.close()
    // Any later time will do: the clock of a file system ticks a few hundred times a second.
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 5)], ofItemAtPath: path)
  }
}
