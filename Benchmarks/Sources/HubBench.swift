import Foundation
import Lucid

/// Times what Benchmarks/download.py cannot see from outside: `lucid-bench hit ADDRESS SHA256 COUNT`.
enum HubBench {
  /// Prints the milliseconds that each of `count` times took to find a checkpoint that is in the cache and to open it. Each
  /// time begins with nothing in memory, as a new process does.
  static func hit(_ address: String, _ sha256: String, count: Int) async throws {
    guard let digest = Digest(hex: sha256) else { preconditionFailure("\(sha256) is no SHA-256") }
    let sources = [WeightSource(.url(address), digest: digest)]
    var times: [String] = []
    for _ in 0..<count {
      let start = ContinuousClock.now
      let file = try await WeightResolver().resolve(sources, name: "benchmark")
      let dict = try StateDict(contentsOf: file.path)
      let time = ContinuousClock.now - start
      precondition(dict.count > 0, "the checkpoint has lost its tensors")
      times.append(
        String(format: "%.4f", Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3))
    }
    print(times.joined(separator: " "))
  }
}
