import Foundation
import Lucid
import Synchronization

/// Calls `body` with a handler that draws a line of progress on a terminal; where standard error is none, or
/// `LUCID_PROGRESS=0`, only warnings are printed.
func withProgress<Result>(_ body: (@escaping ProgressHandler) async throws -> Result) async rethrows -> Result {
  let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["LUCID_PROGRESS"] != "0"
  let line = ProgressLine(isTerminal: isTerminal)
  defer { line.clear() }
  return try await body { line.show($0) }
}

/// The last line of a terminal, drawn over at most ten times a second.
private final class ProgressLine: Sendable {
  private struct State {
    var lastDrawn = ContinuousClock.now - .seconds(1)
    var started: [String: ContinuousClock.Instant] = [:]
    var isDrawn = false
  }

  private let isTerminal: Bool
  private let state = Mutex(State())

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  func show(_ progress: TransferProgress) {
    if case .warning(let message) = progress.phase {
      clear()
      printError("warning: \(message)")
      return
    }
    guard isTerminal else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      let isLast = progress.byteCount == progress.totalByteCount
      guard isLast || now - state.lastDrawn > .milliseconds(100) else { return }
      state.lastDrawn = now
      let start = state.started[progress.fileName] ?? now
      state.started[progress.fileName] = start
      state.isDrawn = true
      FileHandle.standardError.write(Data("\r\u{1b}[K\(text(progress, now - start))".utf8))
    }
  }

  func clear() {
    state.withLock { state in
      if state.isDrawn { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
      state.isDrawn = false
    }
  }

  private func text(_ progress: TransferProgress, _ elapsed: Duration) -> String {
    let done = String(format: "%.1f MB", Double(progress.byteCount) / 1e6)
    switch progress.phase {
    case .connecting(let source): return "asking \(source)"
    case .verifying: return "verifying \(progress.fileName) \(done)"
    case .warning(let message): return message
    case .downloading:
      let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
      let rate = seconds > 0.2 ? Double(progress.byteCount) / seconds : 0
      let speed = rate > 0 ? String(format: " %.1f MB/s", rate / 1e6) : ""
      guard let total = progress.totalByteCount, total > 0 else { return "\(progress.fileName) \(done)\(speed)" }
      let share = min(1, Double(progress.byteCount) / Double(total))
      let bar = String(repeating: "█", count: Int(share * 24)).padding(toLength: 24, withPad: "░", startingAt: 0)
      let left = rate > 0 ? String(format: ", %.0f s left", Double(total - progress.byteCount) / rate) : ""
      return "\(progress.fileName) \(bar) \(done) of \(String(format: "%.1f MB", Double(total) / 1e6))\(speed)\(left)"
    }
  }
}
