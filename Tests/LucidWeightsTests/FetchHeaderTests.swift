import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Headers of checkpoints on a web server, without the tensors.
@Suite struct FetchHeaderTests {
  private typealias Writer = SafetensorsWriter

  /// A file of two tensors, `a` and one of `count` bytes.
  private func file(_ count: Int, header extra: Int = 0) -> [UInt8] {
    let header = "{\(Writer.entry("a")),\(Writer.entry("b", "U8", "[\(count)]", "[8,\(8 + count)]"))}"
    return Writer.file(header + String(repeating: " ", count: extra), data: 8 + count)
  }

  private func refusal(
    _ scratch: FetchScratch, _ address: String, _ code: LucidError.Code, _ words: String...
  ) async throws {
    let error = try await #require(throws: LucidError.self) { try await scratch.resolver.checkpointHeader(at: address) }
    #expect(error.code == code, "\(error)")
    for word in words { #expect(error.description.contains(word), "\(error)") }
  }

  /// Waits until the server has counted what a client may have received a moment before.
  private func expectSent(_ count: Int, by server: LoopbackServer) async throws {
    for _ in 0..<1000 where server.sentBytes < count { try await Task.sleep(for: .milliseconds(1)) }
    #expect(server.sentBytes == count)
  }

  @Test func oneRequestBringsAShortHeader() async throws {
    let server = try LoopbackServer(["/m.safetensors": [.file(file(3_000_000), etag: "\"1\"")]])
    let scratch = try FetchScratch()
    let header = try await scratch.resolver.checkpointHeader(at: server.url("/m.safetensors"))
    #expect(header.format == .safetensors && header.stateDict.keys == ["a", "b"])
    #expect(header.stateDict.type(of: "b") == TensorType([3_000_000], .uint8))
    #expect(server.heads.map { LoopbackServer.field("Range", in: $0) } == ["bytes=0-65535"])
    #expect(header.fetchedByteCount == 65536)
    try await expectSent(65536, by: server)
    let error = #expect(throws: LucidError.self) { try header.stateDict["a"] }
    #expect(error?.problem == "only the file's header was fetched")
    #expect(try scratch.blobs().isEmpty && scratch.partials().isEmpty)
  }

  @Test func aLongHeaderTakesTwo() async throws {
    let bytes = file(100_000, header: 100_000)
    let server = try LoopbackServer(["/m": [.file(bytes, etag: "\"1\"")]])
    let header = try await FetchScratch().resolver.checkpointHeader(at: server.url("/m"))
    let count = bytes.count - 100_008
    #expect(header.stateDict.keys == ["a", "b"])
    #expect(header.fetchedByteCount == count)
    #expect(
      server.heads.map { LoopbackServer.field("Range", in: $0) } == ["bytes=0-65535", "bytes=65536-\(count - 1)"])
    #expect(LoopbackServer.field("If-Range", in: server.heads[1]) == "\"1\"")
    try await expectSent(count, by: server)
  }

  @Test func aServerWithoutRangesIsBrokenOff() async throws {
    let size = 64 << 20
    let bytes = file(size, header: 70_000)
    for response in [LoopbackServer.Response.ok(bytes), .unmeasured(bytes)] {
      let server = try LoopbackServer(["/m": [response]])
      let header = try await FetchScratch().resolver.checkpointHeader(at: server.url("/m"))
      #expect(header.stateDict.keys == ["a", "b"] && server.requests.count == 1)
      #expect(header.fetchedByteCount == bytes.count - size - 8)
      #expect(server.sentBytes < size)
    }
  }

  @Test func aFileSmallerThanTheRequestIsWhole() async throws {
    for response in [LoopbackServer.Response.file(file(4), etag: nil), .ok(file(4)), .unmeasured(file(4))] {
      let server = try LoopbackServer(["/m": [response]])
      let header = try await FetchScratch().resolver.checkpointHeader(at: server.url("/m"))
      #expect(header.stateDict.keys == ["a", "b"])
    }
  }

  @Test func theLimitOfTheFormatHolds() async throws {
    let huge = Writer.file("{\(Writer.entry("a"))}", data: 1 << 20, size: 4 << 30)
    for response in [LoopbackServer.Response.file(huge, etag: nil), .ok(huge)] {
      let server = try LoopbackServer(["/m": [response]])
      try await refusal(
        FetchScratch(), server.url("/m"), .corruptFile, "4294967296", "the format allows 100000000", "/m")
      #expect(server.requests.count == 1)
    }
  }

  @Test func theWholeSizeIsCheckedToo() async throws {
    let short = file(100_000).dropLast(1)
    for response in [LoopbackServer.Response.file(Array(short), etag: nil), .ok(Array(short))] {
      let server = try LoopbackServer(["/m": [response]])
      try await refusal(FetchScratch(), server.url("/m"), .corruptFile, "\"b\"", "100007 bytes follow the header")
    }
    let cut = try LoopbackServer(["/m": [.file(Writer.file("{}", size: 99_999), etag: nil)]])
    try await refusal(FetchScratch(), cut.url("/m"), .corruptFile, "the header", "99999")
    let empty = try LoopbackServer(["/m": [.file([], etag: nil)]])
    try await refusal(FetchScratch(), empty.url("/m"), .corruptFile, "empty")
  }

  @Test func otherFormatsAreNamed() async throws {
    let torch = try contents(FileFixtures.path("small.zip.pth"))
    let server = try LoopbackServer([
      "/m.pth": [.file(torch, etag: nil)], "/page": [.ok(Array("<!DOCTYPE html><html>".utf8))],
    ])
    try await refusal(FetchScratch(), server.url("/page"), .unsupportedFormat, "an HTML page")
    try await refusal(FetchScratch(), server.url("/m.pth"), .unsupportedFormat, "no header to fetch by itself")
  }

  @Test func anIndexLeadsToTheHeadersBesideIt() async throws {
    let index = #"{"metadata":{"total_size":1},"weight_map":{"a":"x 1.safetensors","b":"y.safetensors"}}"#
    let second = Writer.file("{\(Writer.entry("b", "F8_E4M3", "[8]", "[0,8]"))}", data: 8)
    let server = try LoopbackServer([
      "/d/model.safetensors.index.json?sig=1": [.file(Array(index.utf8), etag: nil)],
      "/d/x%201.safetensors?sig=1": [.file(file(200_000), etag: nil)],
      "/d/y.safetensors?sig=1": [.file(second, etag: nil)],
    ])
    let header = try await FetchScratch().resolver.checkpointHeader(
      at: server.url("/d/model.safetensors.index.json?sig=1"))
    #expect(header.format == .shardIndex && header.stateDict.keys == ["a"])
    #expect(header.stateDict.unreadable.map(\.name) == ["b"])
    #expect(server.requests.count == 3 && server.sentBytes < 70_000)
  }

  @Test(arguments: [("../x.safetensors", LucidError.Code.unsafeFile), ("index", .unsupportedFormat)])
  func anIndexLeadsNowhereElse(_ name: String, _ code: LucidError.Code) async throws {
    let index = #"{"weight_map":{"a":"\#(name)"}}"#
    let server = try LoopbackServer(["/d/index": [.file(Array(index.utf8), etag: nil)]])
    try await refusal(FetchScratch(), server.url("/d/index"), code, "the index names")
    #expect(server.requests.count <= 2)
  }

  @Test func aFileThatChangesBetweenTheRequestsIsReadAnew() async throws {
    let (old, new) = (file(100_000, header: 100_000), file(200_000, header: 100_000))
    let server = try LoopbackServer(["/m": [.file(old, etag: "\"1\""), .file(new, etag: "\"2\"")]])
    let header = try await FetchScratch().resolver.checkpointHeader(at: server.url("/m"))
    #expect(header.stateDict.type(of: "b")?.shape == [200_000])
    let untagged = try LoopbackServer(["/m": [.file(old, etag: nil), .file(new, etag: nil)]])
    let again = try await FetchScratch().resolver.checkpointHeader(at: untagged.url("/m"))
    #expect(again.stateDict.type(of: "b")?.shape == [200_000] && untagged.requests.count == 4)
  }

  @Test func faultsThatPassAreTriedAgain() async throws {
    let server = try LoopbackServer(["/m": [.status(503), .hangUp, .file(file(4), etag: nil)]])
    #expect(try await FetchScratch().resolver.checkpointHeader(at: server.url("/m")).stateDict.count == 2)
    let gone = try LoopbackServer([:])
    try await refusal(
      FetchScratch(), gone.url("/m?secret=1"), .unreachable, "404 Not Found", "/m?…", "Check the address")
    #expect(gone.requests.count == 1)
  }

  @Test func tokensStayWithTheirOrigin() async throws {
    let target = try LoopbackServer(["/m": [.file(file(4), etag: nil)]])
    let server = try LoopbackServer(["/m": [.redirect(target.url("/m"))]])
    let scratch = try FetchScratch(["LUCID_TOKENS": "http://127.0.0.1:\(server.port)=abc"])
    #expect(try await scratch.resolver.checkpointHeader(at: server.url("/m")).stateDict.count == 2)
    #expect(LoopbackServer.field("Authorization", in: server.heads[0]) == "Bearer abc")
    #expect(LoopbackServer.field("Authorization", in: target.heads[0]) == nil)
  }

  @Test func theHubAndItsMirrorAreAsked() async throws {
    let server = try LoopbackServer(["/o/r/resolve/main/m.safetensors": [.file(file(4), etag: nil)]])
    let gone = try LoopbackServer([:])
    let scratch = try FetchScratch([
      "HF_ENDPOINT": server.url(""), "LUCID_MIRRORS": "\(server.url("/"))=\(gone.url("/"))",
    ])
    let log = ProgressLog()
    let header = try await scratch.resolver.checkpointHeader(at: "hf://o/r/m.safetensors", progress: log.handler)
    #expect(header.stateDict.count == 2 && gone.requests.count == 1)
    #expect(log.warnings.count == 1)
  }

  @Test func plainHTTPAndOfflineAreRefused() async throws {
    try await refusal(FetchScratch(), "http://models.example.org/m", .unreachable, "only https is secure")
    try await refusal(FetchScratch(), "hf://nothing", .invalidInput, "hf://owner/repo@revision/path")
    let server = try LoopbackServer(["/m": [.file(file(4), etag: nil)]])
    try await refusal(FetchScratch(["LUCID_OFFLINE": "1"]), server.url("/m"), .unreachable, "LUCID_OFFLINE=1")
    #expect(server.requests.isEmpty)
  }

  @Test func cancellingEndsIt() async throws {
    let server = try LoopbackServer(["/m": [.stall([1, 2, 3], total: 100_000)]])
    let scratch = try FetchScratch()
    let task = Task { try await scratch.resolver.checkpointHeader(at: server.url("/m")) }
    try await server.waitForRequests(1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
