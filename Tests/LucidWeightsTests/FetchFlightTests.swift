import Dispatch
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Several who want one file, and those who stop wanting it.
@Suite struct FetchFlightTests {
  let bytes = scrambled(200_000)

  /// A cache whose fetches bear with a server that is silent until a test has come to its point: on a busy machine that may
  /// be longer than a connection is waited for, and the second attempt would be another request.
  private func patient() throws -> FetchScratch { try FetchScratch { $0.limits.stallTimeout = 3600 } }

  @Test func manyTasksShareOneRequest() async throws {
    let server = try LoopbackServer(["/m": [.late(0.2, .ok(bytes))]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let files = try await withThrowingTaskGroup(of: VerifiedFile.self) { group in
      for _ in 0..<20 { group.addTask { try await scratch.resolver.resolve([source], name: "m") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(files).count == 1 && files.count == 20)
    #expect(server.requests.count == 1)
  }

  @Test func processesThatDoNotKnowOfEachOtherBothSucceed() async throws {
    let server = try LoopbackServer(["/m": [.late(0.1, .ok(bytes))]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        let resolver = scratch.another()
        group.addTask {
          let file = try await resolver.resolve([source], name: "m")
          #expect(try contents(file.path) == bytes)
        }
      }
      try await group.waitForAll()
    }
    #expect(try scratch.blobs().count == 1)
    #expect(scratch.partials() == [])
    let count = server.requests.count
    let resolver = scratch.another()
    let file = try await resolver.resolve([source], name: "m")
    #expect(try resolver.cachedFile(for: [source]) == file)
    #expect(server.requests.count == count)
  }

  @Test func failedFlightOfAnotherSourceIsNoFailureOfThis() async throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try LoopbackServer(["/bad": [.held(gate, .status(404))], "/good": [.ok(bytes)]])
    let scratch = try patient()
    let (bad, good) = (try source(server.url("/bad"), bytes), try source(server.url("/good"), bytes))
    let first = Task { try await scratch.resolver.resolve([bad], name: "m") }
    try await server.waitForRequests(1)
    let second = Task { try await scratch.resolver.resolve([good], name: "m") }
    while await scratch.resolver.flights.waiterCount("fetch \(good.digest)") < 2 {
      try await Task.sleep(for: .milliseconds(2))
    }
    gate.signal()
    #expect(try contents(try await second.value.path) == bytes)
    await #expect(throws: LucidError.self) { _ = try await first.value }
  }

  @Test func cancelledHalfWayLeavesNothing() async throws {
    let server = try LoopbackServer(["/m": [.stall(Array(bytes.prefix(50_000)), total: bytes.count)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let log = ProgressLog()
    let task = Task { try await scratch.resolver.resolve([source], name: "m", progress: log.handler) }
    while !log.all.contains(where: { $0.byteCount > 0 }) { try await Task.sleep(for: .milliseconds(2)) }
    #expect(scratch.partials().count == 1)
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(scratch.partials() == [])
    #expect(try scratch.blobs() == [])
  }

  @Test func cancelledWhileWaitingToTryAgain() async throws {
    let server = try LoopbackServer(["/m": [.status(503)]])
    let scratch = try FetchScratch { $0.limits.retryDelay = 3600 }
    let source = try source(server.url("/m"), bytes)
    let log = ProgressLog()
    let task = Task { try await scratch.resolver.resolve([source], name: "m", progress: log.handler) }
    while log.warnings.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(scratch.partials() == [])
  }

  @Test func cancelledBeforeItBegan() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await scratch.resolver.resolve([source], name: "m")
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(server.requests == [])
  }

  @Test func oneOfTwoMayLeave() async throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try LoopbackServer(["/m": [.held(gate, .ok(bytes))]])
    let scratch = try patient()
    let source = try source(server.url("/m"), bytes)
    let leaver = Task { try await scratch.resolver.resolve([source], name: "m") }
    try await server.waitForRequests(1)
    let stayer = Task { try await scratch.resolver.resolve([source], name: "m") }
    while await scratch.resolver.flights.waiterCount("fetch \(source.digest)") < 2 {
      try await Task.sleep(for: .milliseconds(2))
    }
    leaver.cancel()
    await #expect(throws: CancellationError.self) { _ = try await leaver.value }
    gate.signal()
    #expect(try contents(try await stayer.value.path) == bytes)
    #expect(server.requests.count == 1)
  }

  @Test func whoComesAsTheLastLeavesIsServed() async throws {
    let server = try LoopbackServer(["/m": [.stall([], total: 9), .ok(bytes)]])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let leaver = Task { try await scratch.resolver.resolve([source], name: "m") }
    try await server.waitForRequests(1)
    leaver.cancel()
    #expect(try contents(try await scratch.resolver.resolve([source], name: "m").path) == bytes)
    await #expect(throws: CancellationError.self) { _ = try await leaver.value }
  }
}
