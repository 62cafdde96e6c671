import ArgumentParser
import Dispatch
import Foundation

/// Runs `body` in a task that Ctrl-C (SIGINT) and SIGTERM cancel, so that what it has half done is cleared away; the
/// program then ends with status 130.
func cancellingOnInterrupt(_ body: @escaping @Sendable () async throws -> Void) async throws {
  let task = Task { try await body() }
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  do {
    try await task.value
  } catch is CancellationError {
    printError("interrupted")
    throw ExitCode(130)
  }
}
