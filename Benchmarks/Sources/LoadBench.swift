import Foundation
import Lucid

/// Times loading for Benchmarks/load.py: `lucid-bench load MODEL FILE COUNT`, conversion: `lucid-bench convert`, and for
/// Benchmarks/pick.py one tensor of a large file: `lucid-bench pick FILE NAME`.
enum LoadBench {
  /// Prints the milliseconds that each of `count` runs took from a file to a model with its parameters, and the most
  /// anonymous memory that the process had beyond what it began with, in kB.
  static func load(_ name: String, _ path: String, count: Int) throws {
    let entry = try WeightCatalog.builtIn.model(named: name)
    var times: [Double] = []
    let before = anonymousKilobytes()
    for _ in 0..<count {
      let clock = ContinuousClock()
      var model: (any PretrainedModel)?
      let time = try clock.measure {
        let made = entry.makeModel()
        try made.load(StateDict(contentsOf: path))
        model = made
      }
      precondition(model?.parameters().isEmpty == false, "the model has lost its parameters")
      times.append(milliseconds(time))
    }
    print(times.map { String(format: "%.3f", $0) }.joined(separator: " "))
    print(anonymousKilobytes() - before)
  }

  /// Prints the milliseconds that opening a checkpoint took, those that reading one of its tensors to the last byte took,
  /// and the memory in kB, pages of the file included, that both have added.
  static func pick(_ name: String, from path: String) throws {
    let before = ProcessMemory.kilobytes("VmRSS")
    var dict = StateDict()
    let opening = try ContinuousClock().measure { dict = try StateDict(contentsOf: path) }
    var sum: UInt8 = 0
    let reading = try ContinuousClock().measure {
      try dict[name]?.withUnsafeBytes { sum = $0.reduce(0, &+) }
    }
    precondition(dict.contains(name) && sum == 0, "\(name) of the file is not made of zeros")
    print(
      String(
        format: "%.3f %.3f %d", milliseconds(opening), milliseconds(reading), ProcessMemory.kilobytes("VmRSS") - before)
    )
  }

  /// Prints the GB of source that a second converts to float32, for each type that checkpoints have.
  static func convert() {
    for (from, to) in [
      (DType.float16, DType.float32), (.bfloat16, .float32), (.float64, .float32), (.float32, .bfloat16),
      (.float32, .float16),
    ] {
      let source = Tensor.randn([16 << 20], generator: Generator(seed: 0)).to(from)
      let best = (0..<7).map { _ in
        milliseconds(ContinuousClock().measure { precondition(source.to(to).rank == 1, "a vector stays one") })
      }
      .min()!
      print("\(from) to \(to): \(String(format: "%.2f", Double(16 << 20) / best / 1e6)) G elements/s")
    }
  }

  private static func milliseconds(_ time: Duration) -> Double {
    Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
  }

  /// The memory that belongs to no file, which a mapped checkpoint's pages do.
  private static func anonymousKilobytes() -> Int { ProcessMemory.kilobytes("RssAnon") }
}
