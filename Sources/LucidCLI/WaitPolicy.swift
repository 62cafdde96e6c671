import Foundation

/// How the threads that compute wait for each other.
enum WaitPolicy {
  /// Makes them sleep rather than spin, unless the environment says how they shall wait.
  ///
  /// libgomp's threads spin for milliseconds at the end of each operation. On a machine that has other work as well, the
  /// spinning thread keeps the one it waits for from running, and a picture takes several times as long: see
  /// Benchmarks/classify.py. libgomp reads its settings before `main`, so the program starts itself again with them.
  static func becomePassive() {
    let environment = ProcessInfo.processInfo.environment
    guard ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].allSatisfy({ environment[$0] == nil }) else { return }
    setenv("OMP_WAIT_POLICY", "passive", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    // Still here: the system does not allow it, and the program runs as it would have.
    unsetenv("OMP_WAIT_POLICY")
  }
}
