import Foundation
import Lucid

/// Times training for Benchmarks/train.py: `lucid-bench train MODEL BATCH`.
enum TrainBench {
  /// Says `ready` after a few steps; then, for each line on standard input, trains as many steps as the line says and
  /// prints how long each took, in milliseconds: forward, backward and SGD with momentum. At the end, prints the most
  /// memory that the process had, in kB.
  static func train(_ name: String, batch: Int) throws {
    let model = try WeightCatalog.builtIn.model(named: name).makeModel()
    model.train()
    let optimizer = SGD(model, learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4)
    let x = Tensor.randn([batch, 3, 224, 224], generator: Generator(seed: 0))
    let labels = Tensor.randint(0..<1000, [batch], generator: Generator(seed: 1))
    func step() -> Double {
      let time = ContinuousClock().measure {
        optimizer.zeroGrad()
        let loss = model.forward(x).crossEntropy(labels)
        loss.backward()
        optimizer.step()
      }
      return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
    }
    for _ in 0..<2 { _ = step() }
    print("ready")
    fflush(nil)
    while let line = readLine(), let count = Int(line) {
      print((0..<count).map { _ in String(format: "%.3f", step()) }.joined(separator: " "))
      fflush(nil)
    }
    print(ProcessMemory.peakKilobytes)
  }
}
