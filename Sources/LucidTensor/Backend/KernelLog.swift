import Foundation
import Synchronization

/// Which kernels computations run, for who wants to know: a plan's profile.
package enum KernelLog {
  private final class Names {
    var values: [String] = []
  }

  private static let listeners = Atomic<Int>(0)
  private static let key = "lucid.kernels"

  /// The names of the kernels that `body` has called on this thread, in order, each once.
  package static func names(during body: () -> Void) -> [String] {
    let names = Names()
    let local = Thread.current.threadDictionary
    let outer = local[key]
    local[key] = names
    listeners.add(1, ordering: .relaxed)
    body()
    listeners.subtract(1, ordering: .relaxed)
    local[key] = outer
    return names.values
  }

  /// Says that a kernel runs. Costs next to nothing while nobody wants to know.
  static func note(_ name: @autoclosure () -> String) {
    guard listeners.load(ordering: .relaxed) > 0, let names = Thread.current.threadDictionary[key] as? Names else {
      return
    }
    let name = name()
    if !names.values.contains(name) { names.values.append(name) }
  }
}
