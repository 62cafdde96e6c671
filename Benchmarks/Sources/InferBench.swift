import Foundation
import Lucid

/// Times inference for Benchmarks/compare.py.
enum InferBench {
  /// What is timed.
  enum Mode: String {
    case plan, eager
    /// Two tasks that call one plan.
    case pair
  }

  /// `lucid-bench infer MODEL PARAMETERS PICTURES.npy LOGITS.npy plan|eager|pair`: loads the parameters, runs the model
  /// once, writes its logits, and says `ready` with the most memory that the process had so far, in kB. Then, for each
  /// line on standard input, runs the model as often as the line says and prints how long each run took, in milliseconds;
  /// of a pair, how long both took together.
  static func infer(_ name: String, _ parameters: String, _ pictures: String, _ logits: String, _ mode: Mode)
    async throws
  {
    let model = try WeightCatalog.builtIn.model(named: name).makeModel()
    try model.load(StateDict(contentsOf: parameters))
    model.eval()
    let x = try Tensor(contentsOfNumPyFile: pictures)
    let plan = mode == .eager ? nil : Plan(model, inputShape: x.shape)
    try (plan?(x) ?? model.forward(x)).write(toNumPyFile: logits)
    print("ready \(ProcessMemory.peakKilobytes)")
    fflush(nil)
    while let line = readLine(), let count = Int(line) {
      if mode == .pair, let plan {
        let time = await ContinuousClock().measure {
          await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<2 { tasks.addTask { for _ in 0..<count { use(plan(x)) } } }
          }
        }
        print(milliseconds(time))
      } else {
        let times = (0..<count).map { _ in
          milliseconds(ContinuousClock().measure { use(plan?(x) ?? model.forward(x)) })
        }
        print(times.joined(separator: " "))
      }
      fflush(nil)
    }
  }

  /// `lucid-bench names MODEL`: prints the names and shapes of a model's parameters and buffers, in order.
  static func names(_ name: String) throws {
    let dict = try WeightCatalog.builtIn.model(named: name).makeModel().stateDict()
    for key in dict.keys {
      let shape = dict.type(of: key)?.shape.map { "\($0)" } ?? []
      print(([key] + shape).joined(separator: " "))
    }
  }

  /// `lucid-bench build MODEL BATCH SIZE`: prints how long it takes to make a plan, in milliseconds. What earlier
  /// processes have measured and remembered counts as such.
  static func build(_ name: String, batch: Int, size: Int) throws {
    let model = try WeightCatalog.builtIn.model(named: name).makeModel().eval()
    // Random parameters are drawn when they are first asked for.
    for parameter in model.parameters() { use(parameter.value) }
    print(
      milliseconds(
        ContinuousClock().measure {
          precondition(Plan(model, inputShape: [batch, 3, size, size]).operationCount > 0, "the plan is empty")
        }))
  }

  private static func milliseconds(_ time: Duration) -> String {
    String(format: "%.3f", Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
  }

  /// Keeps a result from being optimized away.
  private static func use(_ y: Tensor) { precondition(!y.shape.isEmpty, "the model lost its output") }
}
