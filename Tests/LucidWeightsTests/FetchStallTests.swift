import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidWeights

/// One of several connections that brings nothing more while the others run.
@Suite struct FetchStallTests {
  let bytes = scrambled(1_000_000)

  /// A server of parts, one of which begins with a thousand bytes and then is silent, as often as `times` says.
  private func server(stalling times: Int) throws -> LoopbackServer {
    let left = Mutex(times)
    let bytes = bytes
    return try LoopbackServer([
      "/m": [
        .script { head in
          let range = LoopbackServer.field("Range", in: head)?.dropFirst(6).split(separator: "-").compactMap { Int($0) }
          guard let range, range.count == 2, (192_000..<256_000).contains(range[0]),
            left.withLock({ left in
              left -= 1
              return left >= 0
            })
          else { return .late(0.05, .file(bytes, etag: "\"a\"")) }
          let fields = ["ETag": "\"a\"", "Content-Range": "bytes \(range[0])-\(range[1])/\(bytes.count)"]
          let start = Array(bytes[range[0]..<min(range[0] + 1000, range[1])])
          return .partial(start, status: 206, headers: fields, total: range[1] + 1 - range[0])
        }
      ]
    ])
  }

  @Test func itsPartAloneIsAskedForAgainFromWhereItStopped() async throws {
    let server = try server(stalling: 1)
    let log = ProgressLog()
    let scratch = try FetchScratch {
      $0.limits.pieceSize = 64_000
      $0.limits.parallelThreshold = 100_000
      // Long for a machine that is busy with other tests, too.
      $0.limits.stallTimeout = 2
    }
    let file = try await scratch.resolver.resolve(
      [source(server.url("/m"), bytes)], name: "m", progress: log.handler)
    #expect(try contents(file.path) == bytes)
    let ranges = server.heads.compactMap { LoopbackServer.field("Range", in: $0) }
    #expect(ranges.contains { $0.hasPrefix("bytes=193000-") }, "\(ranges)")
    #expect(server.sentBytes == bytes.count, "nothing came twice")
    #expect(log.warnings.count == 1 && log.warnings[0].contains("one of several connections"), "\(log.warnings)")
  }

  @Test func onePartThatNeverComesIsAnErrorAfterSomeAttempts() async throws {
    let server = try server(stalling: .max)
    let scratch = try FetchScratch {
      $0.limits.pieceSize = 64_000
      $0.limits.parallelThreshold = 100_000
      $0.limits.stallTimeout = 1
      $0.limits.attempts = 2
      $0.limits.progressThatCounts = .max / 2
    }
    let error = try await failure(scratch, source(server.url("/m"), bytes))
    #expect(error.code == .unreachable)
    #expect(error.description.contains("stalled") || error.description.contains("nothing arrived"), "\(error)")
    #expect(try scratch.blobs() == [])
    #expect(scratch.partials().count == 1, "what came is kept for the next attempt")
  }
}
