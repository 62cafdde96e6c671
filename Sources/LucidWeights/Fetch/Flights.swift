import Synchronization

/// Fetches under way in this process: who asks for a file that is on its way joins the wait for it.
///
/// A flight is stopped when the last who waits for it has been cancelled, and that one returns only when the flight has
/// cleared its traces away.
actor Flights {
  /// What a flight does; it is given where to tell how far it is.
  typealias Operation = @Sendable (_ progress: @escaping ProgressHandler) async throws -> VerifiedFile?

  private struct Waiter {
    let source: WeightSource
    let continuation: CheckedContinuation<VerifiedFile?, any Error>
    var isCancelled = false
  }

  private struct Flight {
    let source: WeightSource
    let listeners: Listeners
    let task: Task<Void, Never>
    var waiters: [Int: Waiter] = [:]
    var isCancelled = false
  }

  /// Thrown to one who has joined a flight that could not serve it.
  private struct TryAgain: Error {}

  private var flights: [String: Flight] = [:]
  private var lastWaiter = 0

  /// The result of `operation`, or of an equal one under way; `key` says which are equal. Where a flight for another
  /// source of the same bytes fails, the own source is tried.
  func join(
    _ key: String, _ source: WeightSource, _ progress: @escaping ProgressHandler, _ operation: @escaping Operation
  ) async throws -> VerifiedFile? {
    while true {
      try Task.checkCancellation()
      lastWaiter += 1
      let waiter = lastWaiter
      do {
        return try await withTaskCancellationHandler {
          try await withCheckedThrowingContinuation { continuation in
            if flights[key] == nil { flights[key] = launch(key, source, operation) }
            flights[key]!.listeners.add(waiter, progress)
            flights[key]!.waiters[waiter] = Waiter(source: source, continuation: continuation)
          }
        } onCancel: {
          Task { await self.leave(key, waiter) }
        }
      } catch is TryAgain {
        continue
      }
    }
  }

  /// How many wait for a flight.
  func waiterCount(_ key: String) -> Int { flights[key]?.waiters.count ?? 0 }

  private func launch(_ key: String, _ source: WeightSource, _ operation: @escaping Operation) -> Flight {
    let listeners = Listeners()
    let task = Task {
      let result: Result<VerifiedFile?, any Error>
      do {
        result = .success(try await operation { listeners.tell($0) })
      } catch {
        result = .failure(error)
      }
      land(key, result)
    }
    return Flight(source: source, listeners: listeners, task: task)
  }

  private func land(_ key: String, _ result: Result<VerifiedFile?, any Error>) {
    guard let flight = flights.removeValue(forKey: key) else { return }
    for waiter in flight.waiters.values {
      let isForAnother = flight.isCancelled || waiter.source != flight.source
      switch result {
      case .failure where waiter.isCancelled: waiter.continuation.resume(throwing: CancellationError())
      case .failure where isForAnother: waiter.continuation.resume(throwing: TryAgain())
      default: waiter.continuation.resume(with: result)
      }
    }
  }

  private func leave(_ key: String, _ waiter: Int) {
    guard let place = flights[key]?.waiters[waiter] else { return }
    flights[key]!.listeners.remove(waiter)
    flights[key]!.waiters[waiter]!.isCancelled = true
    if flights[key]!.waiters.values.allSatisfy(\.isCancelled) {
      flights[key]!.isCancelled = true
      flights[key]!.task.cancel()
    } else {
      flights[key]!.waiters[waiter] = nil
      place.continuation.resume(throwing: CancellationError())
    }
  }
}

/// Who is told how far a flight is.
private final class Listeners: Sendable {
  private let handlers = Mutex<[Int: ProgressHandler]>([:])

  func add(_ id: Int, _ handler: @escaping ProgressHandler) { handlers.withLock { $0[id] = handler } }
  func remove(_ id: Int) { handlers.withLock { $0[id] = nil } }
  func tell(_ progress: TransferProgress) {
    for handler in handlers.withLock({ Array($0.values) }) { handler(progress) }
  }
}
