import Dispatch
import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Several processes that want one file. Resolvers that share no memory stand for processes: `flock` tells descriptors
/// apart, not processes.
@Suite struct ProcessFlightTests {
  let bytes = scrambled(300_000)

  @Test func twentyProcessesMakeOneTransfer() async throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try LoopbackServer(["/m": [.held(gate, .ok(bytes)), .ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let logs = (0..<20).map { _ in ProgressLog() }
    let tasks = logs.map { log in
      let resolver = scratch.another()
      return Task { try await resolver.resolve([source], name: "m", progress: log.handler) }
    }
    try await server.waitForRequests(1)
    let owner = "process \(getpid()) on"
    while logs.filter({ $0.all.contains { "\($0)".contains(owner) } }).count < 19 {
      try await Task.sleep(for: .milliseconds(5))
    }
    gate.signal()
    for task in tasks {
      let file = try await task.value
      #expect(try contents(file.path) == bytes)
    }
    #expect(server.requests.count == 1)
    #expect(scratch.partials() == [])
  }

  @Test func lockThatLiesCostsBandwidthOnly() async throws {
    let server = try LoopbackServer(["/m": [.late(0.05, .file(bytes, etag: "\"a\""))]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        let resolver = scratch.another { $0.lockCall = { _ in 0 } }
        group.addTask {
          let file = try await resolver.resolve([source], name: "m")
          #expect(try contents(file.path) == bytes)
        }
      }
      try await group.waitForAll()
    }
    #expect(try scratch.blobs().count == 1)
    #expect(scratch.partials() == [])
  }

  @Test func fileSystemWithoutLocksServesToo() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch {
      $0.lockCall = { _ in
        errno = ENOLCK
        return -1
      }
    }
    #expect(try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m").byteCount == bytes.count)
  }

  @Test func ownerThatBringsNothingIsNamedAndBypassed() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch { $0.limits.ownerTimeout = 0.3 }
    let source = try source(server.url("/m"), bytes)
    let path = try scratch.write(Array("process 7 on elsewhere\n".utf8), to: "cache/locks/\(source.digest.hex)")
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    #expect(ProcessFlight.systemLock(descriptor) == 0)
    let log = ProgressLog()
    let file = try await scratch.resolver.resolve([source], name: "m", progress: log.handler)
    #expect(try contents(file.path) == bytes)
    #expect(log.warnings.contains { $0.contains("process 7 on elsewhere") && $0.contains("0.3 seconds") })
  }

  @Test func deadOwnersPartialIsTakenOver() async throws {
    let server = try LoopbackServer(["/m": [.file(bytes, etag: "\"a\"")]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    // A process number that none has any more, on this machine.
    let name = "cache/partial/\(source.digest.hex).\(Int32.max)-1-\(PartialOwner.place)-x"
    try leave(scratch, name, server.url("/m"), count: 200_000)
    let file = try await scratch.resolver.resolve([source], name: "m")
    #expect(try contents(file.path) == bytes)
    #expect(server.sentBytes == 100_000)
    #expect(scratch.partials() == [])
  }

  @Test func partialOfAnotherMachineIsCopied() async throws {
    let server = try LoopbackServer(["/m": [.file(bytes, etag: "\"a\"")]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let name = "cache/partial/\(source.digest.hex).12-1-0123456789abcdef-x"
    let path = try leave(scratch, name, server.url("/m"), count: 200_000)
    for file in ["bytes", "origin", ""] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: "\(path)/\(file)")
    }
    _ = try await scratch.resolver.resolve([source], name: "m")
    #expect(server.sentBytes == 100_000)
    #expect(try contents("\(path)/bytes").count == 200_000, "it may still be written to")
  }

  @Test func livingOwnersPartialIsLeftAlone() async throws {
    let server = try LoopbackServer(["/m": [.file(bytes, etag: "\"a\"")]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    try leave(scratch, "cache/partial/\(source.digest.hex).\(PartialOwner.tag())", server.url("/m"), count: 200_000)
    _ = try await scratch.resolver.resolve([source], name: "m")
    #expect(server.sentBytes == 300_000)
    #expect(scratch.partials().count == 1)
  }

  @discardableResult
  private func leave(_ scratch: FetchScratch, _ name: String, _ url: String, count: Int) throws -> String {
    let origin = PartialOrigin(
      addressDigest: try IncrementalSHA256.digest(of: url), place: url, etag: "\"a\"", byteCount: bytes.count)
    _ = try scratch.write(Array(origin.text.utf8), to: "\(name)/origin")
    return FileSystem.parent(of: try scratch.write(Array(bytes.prefix(count)), to: "\(name)/bytes"))
  }
}
