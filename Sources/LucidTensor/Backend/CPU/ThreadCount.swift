import CLucidKernels
import Foundation

/// How many threads a computation uses: what the program asks for, else `LUCID_THREADS`, else `OMP_NUM_THREADS`, else one
/// for each core.
package enum ThreadCount {
  /// The numbers that can be meant.
  package static let range = 1...1024

  /// What `LUCID_THREADS` says; nil where it is missing or empty.
  package static let variable: Swift.Result<Int?, LucidError> = {
    do throws(LucidError) {
      return .success(try read(ProcessInfo.processInfo.environment["LUCID_THREADS"]))
    } catch {
      return .failure(error)
    }
  }()

  /// Throws ``LucidError`` with ``LucidError/Code/invalidInput`` where a text is no number of threads.
  package static func read(_ text: String?) throws(LucidError) -> Int? {
    guard let text, !text.isEmpty else { return nil }
    guard let count = Int(text), range.contains(count) else {
      throw LucidError(
        .invalidInput, doing: "reading LUCID_THREADS",
        problem: "it is \"\(text)\", but must be a number from \(range.lowerBound) to \(range.upperBound)",
        advice: "Set it to how many threads shall compute, or unset it for one on each core.")
    }
    return count
  }

  /// Makes computations that begin from now on use so many threads.
  package static func use(_ count: Int) {
    precondition(range.contains(count), "computations use \(range) threads, not \(count)")
    honorVariable()
    lucid_set_thread_count(count)
  }

  /// How many threads a computation uses that begins here.
  package static var current: Int {
    honorVariable()
    return lucid_thread_count()
  }

  /// Takes `LUCID_THREADS` into account, once. Traps when it is no number of threads.
  static func honorVariable() { precondition(isHonored, "LUCID_THREADS is honored when it was read") }

  private static let isHonored: Bool = {
    switch variable {
    case .success(let count):
      if let count { lucid_set_thread_count(count) }
      return true
    case .failure(let error): preconditionFailure("\(error)")
    }
  }()
}
