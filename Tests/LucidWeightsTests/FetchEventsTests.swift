import Foundation
import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidWeights

/// A fetch as a sequence of events.
@Suite struct FetchEventsTests {
  let bytes = scrambled(300_000)
  private let file = VerifiedFile(path: "/m", sha256: String(repeating: "0", count: 64), byteCount: 9)

  private func progress(_ phase: TransferProgress.Phase, _ count: Int) -> TransferProgress {
    TransferProgress(fileName: "m", phase: phase, byteCount: count, totalByteCount: 1000)
  }

  @Test func eventsEndWithTheFile() async throws {
    let server = try LoopbackServer(["/m": [.status(503), .ok(bytes)]])
    let scratch = try FetchScratch()
    var events: [FetchEvents.Event] = []
    for try await event in scratch.resolver.events(for: [try source(server.url("/m"), bytes)], name: "m") {
      events.append(event)
    }
    guard case .finished(let file) = events.last else {
      Issue.record("the last event is \(String(describing: events.last))")
      return
    }
    #expect(try contents(file.path) == bytes)
    let told = events.dropLast().compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
    #expect(told.count == events.count - 1, "the file comes once, at the end")
    #expect(told.contains { if case .warning(let text) = $0.phase { text.contains("503") } else { false } })
    #expect(told.last { $0.phase == .downloading }?.byteCount == bytes.count)
  }

  @Test func anEnumsCheckpointIsFetchedAndAHitIsOneEvent() async throws {
    enum Toy: String, WeightsEnum {
      case v1
      typealias Model = Int
      static let place = Mutex<WeightEntry?>(nil)
      var entry: WeightEntry { Self.place.withLock { $0! } }
    }
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let source = try source(server.url("/m"), bytes)
    Toy.place.withLock { $0 = WeightEntry(sources: [source]) }
    let scratch = try FetchScratch()
    for try await _ in Toy.v1.downloadEvents(with: scratch.resolver) {}
    var iterator = Toy.v1.downloadEvents(with: scratch.resolver).makeAsyncIterator()
    guard case .finished = try await iterator.next() else {
      Issue.record("a hit told of progress")
      return
    }
    #expect(try await iterator.next() == nil)
    #expect(server.requests.count == 1)
  }

  @Test func theErrorComesOnceAndThenNothing() async throws {
    let scratch = try FetchScratch()
    var iterator = scratch.resolver.events(for: [try source("http://127.0.0.1:1/m", bytes)], name: "Test.V1")
      .makeAsyncIterator()
    let error = await #expect(throws: LucidError.self) { while try await iterator.next() != nil {} }
    #expect(error?.description.contains("Test.V1") == true)
    #expect(try await iterator.next() == nil)
  }

  /// Who reads late gets no pile of counts, and still every warning and the last count.
  @Test func aSlowReaderMissesOnlyWhatIsOutOfDate() async throws {
    let isDone = Mutex(false)
    let file = file
    let events = FetchEvents { report in
      for round in 0..<3 {
        for count in 1...1000 { report(progress(.downloading, count)) }
        report(progress(.warning("w\(round)"), 0))
      }
      isDone.withLock { $0 = true }
      return file
    }
    var iterator = events.makeAsyncIterator()
    while !isDone.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
    var told: [FetchEvents.Event] = []
    while let event = try await iterator.next() { told.append(event) }
    let expected = (0..<3).flatMap { [progress(.downloading, 1000), progress(.warning("w\($0)"), 0)] }
    #expect(told == expected.map(FetchEvents.Event.progress) + [.finished(file)])
  }

  @Test func cancellingTheReaderCancelsTheFetchAndKeepsWhatCame() async throws {
    let server = try LoopbackServer([
      "/m": [.stall(Array(bytes.prefix(200_000)), total: bytes.count), .file(bytes, etag: nil)]
    ])
    let scratch = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let task = Task {
      for try await event in scratch.resolver.events(for: [source], name: "m") {
        if case .progress(let progress) = event, progress.byteCount == 200_000 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    _ = try await scratch.another().resolve([source], name: "m")
    #expect(LoopbackServer.field("Range", in: server.heads[1]) == "bytes=200000-")
  }

  @Test func leavingTheLoopCancelsTheFetch() async throws {
    let isCancelled = Mutex(false)
    let events = FetchEvents { report in
      report(progress(.downloading, 1))
      do {
        try await Task.sleep(for: .seconds(3600))
      } catch {
        isCancelled.withLock { $0 = true }
      }
      throw CancellationError()
    }
    for try await _ in events { break }
    while !isCancelled.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
  }
}
