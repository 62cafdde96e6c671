import ArgumentParser
import Lucid

/// How many threads compute: `--threads`, else `LUCID_THREADS`, else `OMP_NUM_THREADS`, else one for each core.
enum Threads {
  /// Throws for a number that cannot be meant.
  static func validate(_ count: Int?) throws {
    guard let count, !ThreadCount.range.contains(count) else { return }
    throw ValidationError(
      "--threads must be from \(ThreadCount.range.lowerBound) to \(ThreadCount.range.upperBound), not \(count).")
  }

  /// Makes so many threads compute.
  static func use(_ count: Int) { ThreadCount.use(count) }

  /// How many there are.
  static var count: Int { ThreadCount.current }

  /// Throws ``LucidError`` where `LUCID_THREADS` is no number of threads.
  static func checkVariable() throws { _ = try ThreadCount.variable.get() }
}
