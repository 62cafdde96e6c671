import Foundation
import Lucid

/// Times inference for Benchmarks/compare.py: `lucid-bench MODEL BATCH plan|eager`.
///
/// Says `ready` when the model has run a few times; then, for each line on standard input, runs the model as often as
/// the line says and prints how long each run took, in milliseconds.
@main
enum Bench {
  static func main() async throws {
    let arguments = CommandLine.arguments
    if arguments.count == 5, arguments[1] == "load", let count = Int(arguments[4]) {
      return try LoadBench.load(arguments[2], arguments[3], count: count)
    }
    if arguments.count == 5, arguments[1] == "hit", let count = Int(arguments[4]) {
      return try await HubBench.hit(arguments[2], arguments[3], count: count)
    }
    if arguments.count == 4, arguments[1] == "pick" { return try LoadBench.pick(arguments[3], from: arguments[2]) }
    if arguments.dropFirst() == ["convert"] { return LoadBench.convert() }
    guard arguments.count == 4, let batch = Int(arguments[2]) else {
      FileHandle.standardError.write(Data("usage: lucid-bench MODEL BATCH plan|eager\n".utf8))
      exit(64)
    }
    let entry = try WeightCatalog.builtIn.model(named: arguments[1])
    let model = entry.makeModel()
    model.eval()
    let crop = entry.defaultWeights?.entry.preprocessing?.crop ?? 224
    let x = Tensor.randn([batch, 3, crop, crop], generator: Generator(seed: 0))
    let plan = arguments[3] == "plan" ? Plan(model, inputShape: x.shape) : nil
    func run() -> Double {
      let clock = ContinuousClock()
      let time = clock.measure {
        let y = plan?(x) ?? model.forward(x)
        precondition(y.shape[0] == batch, "the model lost a part of the batch")
      }
      return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
    }
    for _ in 0..<3 { _ = run() }
    print("ready", terminator: "\n")
    fflush(nil)
    while let line = readLine(), let count = Int(line) {
      print((0..<count).map { _ in String(format: "%.3f", run()) }.joined(separator: " "))
      fflush(nil)
    }
  }
}
