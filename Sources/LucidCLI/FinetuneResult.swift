import Foundation
import Lucid

/// What a fine-tuning leaves: the parameters with what it takes to use them, and the report.
struct FinetuneResult {
  let folder: String
  let classes: [String]
  let plan: FinetuneModel
  let validation: Validation
  let pictures: any ImageDataset
  let facts: [(name: String, value: String)]

  /// Writes both, and says what came out.
  func write(_ trainer: Trainer) throws {
    guard var stateDict = trainer.best else { preconditionFailure("a finished training has a best epoch") }
    ModelCard(
      model: plan.entry.name, categories: classes, preprocessing: plan.recipe, metrics: metrics
    ).write(to: &stateDict.metadata)
    try stateDict.write(to: "\(folder)/model.safetensors")
    try TrainingReport(
      title: "\(plan.entry.typeName) on \(classes.count) classes", history: trainer.history, validation: validation,
      pictures: pictures, classes: classes, facts: facts
    ).write(to: "\(folder)/report.html")
    for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
      try Console.print("\(name) \(decimal(value, places: 2)) % of \(validation.accuracy.count) validation pictures")
    }
    try Console.print("\(folder)/model.safetensors")
    try Console.print("\(folder)/report.html")
  }

  private var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for count in [1, 5] where count == 1 || classes.count > count {
      metrics["acc@\(count)"] = validation.accuracy.top(count).map { ($0 * 1e5).rounded() / 1e3 }
    }
    return metrics
  }
}

extension FinetuneOptions {
  /// The settings for a person, in order.
  var facts: [(name: String, value: String)] {
    let settings = settings
    return [
      ("epochs", "\(epochs)"), ("batch size", "\(batch)" + (accumulate > 1 ? ", \(accumulate) a step" : "")),
      ("optimizer", optimizer.rawValue), ("learning rate", "\(settings.learningRate), \(schedule.rawValue)"),
      ("warm-up", "\(warmup) epochs"), ("weight decay", "\(settings.weightDecay)"), ("layer decay", "\(layerDecay)"),
      ("label smoothing", "\(labelSmoothing)"), ("clipped to norm", clip == 0 ? "no" : "\(clip)"),
      ("averaged weights", average.map { "\($0)" } ?? "no"),
      (
        "frozen",
        freeze == .none ? "nothing" : "backbone" + (unfreezeAfter.map { ", for \($0) epochs" } ?? "")
      ),
      ("patience", patience.map { "\($0)" } ?? "none"), ("seed", "\(seed)"),
      ("threads", "\(Threads.count)"),
    ]
  }
}
