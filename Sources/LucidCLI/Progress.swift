import Foundation
import Lucid
import Synchronization

/// Calls `body` with a handler that draws a line of progress on a terminal; where standard error is none, or
/// with `LUCID_PROGRESS=0`, only warnings are printed.
func withProgress<Result>(_ body: (@escaping ProgressHandler) async throws -> Result) async rethrows -> Result {
  let wish = ProcessInfo.processInfo.environment["LUCID_PROGRESS"] ?? ""
  let isWanted = FetchEnvironment.switchValue(wish) != false
  let line = ProgressLine(columns: isWanted ? Console.columns : nil)
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

  private let columns: Int?
  private let state = Mutex(State())

  /// A line of at most so many columns, or none.
  init(columns: Int?) { self.columns = columns }

  func show(_ progress: TransferProgress) {
    if case .warning(let message) = progress.phase {
      clear()
      Console.printError("warning: \(message)")
      return
    }
    guard let columns else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      let isLast = progress.byteCount == progress.totalByteCount
      guard isLast || now - state.lastDrawn > .milliseconds(100) else { return }
      state.lastDrawn = now
      let start = state.started[progress.fileName] ?? now
      state.started[progress.fileName] = start
      state.isDrawn = true
      // A line that is wrapped could not be drawn over.
      Console.draw("\r\u{1b}[K\(text(progress, now - start, columns).prefix(columns - 1))")
    }
  }

  func clear() {
    state.withLock { state in
      if state.isDrawn { Console.draw("\r\u{1b}[K") }
      state.isDrawn = false
    }
  }

  private func text(_ progress: TransferProgress, _ elapsed: Duration, _ columns: Int) -> String {
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
      let left = rate > 0 ? String(format: ", %.0f s left", Double(total - progress.byteCount) / rate) : ""
      let facts = "\(done) of \(String(format: "%.1f MB", Double(total) / 1e6))\(speed)\(left)"
      let room = min(24, columns - 3 - progress.fileName.count - facts.count)
      guard room >= 5 else { return "\(String(format: "%3.0f %%", share * 100)) \(progress.fileName) \(facts)" }
      let bar = String(repeating: "█", count: Int(share * Double(room))).padding(
        toLength: room, withPad: "░", startingAt: 0)
      return "\(progress.fileName) \(bar) \(facts)"
    }
  }
}
