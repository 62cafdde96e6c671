import ArgumentParser
import Dispatch
import Foundation
import Lucid
import Synchronization

/// Fetches with a line of progress; as ``interruptible(_:)``.
func fetching<Result: Sendable>(
  _ body: @escaping @Sendable (@escaping ProgressHandler) async throws -> Result
) async throws -> Result {
  try await interruptible { try await withProgress { try await body($0) } }
}

/// Works in a task that Ctrl-C (SIGINT), SIGTERM and a terminal that closes (SIGHUP) cancel, so that what it has half done
/// is cleared away; the program then ends with the status that the signal alone would have given. A signal that the caller
/// had ignored stays so.
func interruptible<Result: Sendable>(
  _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let received = Mutex<Int32?>(nil)
  let running = Mutex<Task<Result, any Error>?>(nil)
  // Before the task, which may have made something by the time that it would take.
  let traps = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
    SignalTrap(number) {
      received.withLock { $0 = $0 ?? number }
      running.withLock { $0?.cancel() }
    }
  }
  let task = Task { try await body() }
  running.withLock { $0 = task }
  if received.withLock({ $0 != nil }) { task.cancel() }
  defer { for trap in traps { trap.end() } }
  do {
    return try await task.value
  } catch is CancellationError {
    Console.printError("interrupted: run the command again to finish")
    throw ExitCode(128 + (received.withLock { $0 } ?? SIGINT))
  }
}

/// Calls a function in place of what a signal does, until ended.
struct SignalTrap {
  private let number: Int32
  private let source: any DispatchSourceSignal
  private let previous: sigaction

  /// Returns when the trap is set. Nothing where the signal is ignored.
  init?(_ number: Int32, _ handler: @escaping @Sendable () -> Void) {
    var previous = sigaction()
    sigaction(number, nil, &previous)
    let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
    guard !isIgnored else { return nil }
    source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler(handler: handler)
    // Dispatch sets it on a thread of its own. A signal that comes before does what it would have done without a trap.
    let isSet = DispatchSemaphore(value: 0)
    source.setRegistrationHandler { isSet.signal() }
    source.resume()
    isSet.wait()
    (self.number, self.previous) = (number, previous)
  }

  func end() {
    source.cancel()
    var previous = previous
    sigaction(number, &previous, nil)
  }
}
