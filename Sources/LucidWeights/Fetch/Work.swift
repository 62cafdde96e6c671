import Glibc
import Synchronization

/// What a piece of blocking work needs from the task it is done for: whether to stop, and whom to tell how far it is.
struct Work: Sendable {
  let fileName: String
  let cancellation: Cancellation
  let progress: ProgressHandler

  func checkCancellation() throws {
    if cancellation.isCancelled { throw CancellationError() }
  }

  func report(_ phase: TransferProgress.Phase, _ byteCount: Int = 0, _ total: Int? = nil) {
    progress(TransferProgress(fileName: fileName, phase: phase, byteCount: byteCount, totalByteCount: total))
  }

  /// Does blocking work on a thread of its own, so that none of the few threads that run tasks waits for a disk or a
  /// network. Cancelling the task sets `cancellation`; this returns when the work has, with all it clears away done.
  static func run<Result: Sendable>(
    _ fileName: String, _ progress: @escaping ProgressHandler,
    _ body: @escaping @Sendable (Work) throws -> Result
  ) async throws -> Result {
    let work = Work(fileName: fileName, cancellation: Cancellation(), progress: progress)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        startThread { continuation.resume(with: Swift.Result { try body(work) }) }
      }
    } onCancel: {
      work.cancellation.cancel()
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func startThread(_ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        // Writing to a connection that the other side has closed must be an error here, not the end of the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      // No thread is to be had: the work is done all the same, on this one.
      return body.takeRetainedValue().run()
    }
    pthread_detach(thread)
  }
}

/// Whether work is to stop, with a way to wake it where it waits.
final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    var wake: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func cancel() {
    state.withLock {
      $0.isCancelled = true
      $0.wake?()
    }
  }

  /// Sets what `cancel` calls to wake the work; it is never called again once this was called with nil.
  func setWake(_ wake: (@Sendable () -> Void)?) {
    state.withLock { $0.wake = wake }
  }
}
