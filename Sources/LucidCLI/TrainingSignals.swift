import Dispatch
import Foundation
import Lucid
import Synchronization

/// Lets Ctrl-C (SIGINT) and SIGTERM end a training after its present step; a second one ends the program at once, which
/// costs no more than the steps since the last checkpoint.
final class TrainingSignals {
  /// The wish that the signals express.
  let stop = StopRequest()
  private let first = Received()
  private var traps: [SignalTrap] = []

  /// The first signal that came.
  private final class Received: Sendable {
    let number = Mutex<Int32?>(nil)
  }

  init() {
    traps = [SIGINT, SIGTERM].compactMap { number in
      SignalTrap(number) { [stop, first] in
        let isFirst = first.number.withLock { first in
          defer { first = first ?? number }
          return first == nil
        }
        guard isFirst else { _exit(128 + number) }
        stop.stop()
        Console.printError("\nfinishing the step; once more ends at once")
      }
    }
  }

  /// The signal that came, if one did.
  var received: Int32? { first.number.withLock { $0 } }

  /// Lets signals do again what they did before.
  func end() {
    for trap in traps { trap.end() }
    traps = []
  }
}
