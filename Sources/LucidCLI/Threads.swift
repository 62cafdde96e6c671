import ArgumentParser
import Foundation

/// How many threads compute.
enum Threads {
  /// Makes so many threads compute. libgomp reads its settings before `main`, so the program starts itself again with them.
  static func use(_ count: Int) throws {
    let text = "\(count)"
    guard ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] != text else { return }
    setenv("OMP_NUM_THREADS", text, 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    throw ValidationError("--threads cannot be honoured here; set OMP_NUM_THREADS=\(count) before the command.")
  }
}
