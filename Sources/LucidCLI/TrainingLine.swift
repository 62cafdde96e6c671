import Foundation
import Lucid

/// Shows how far a training is: a line on a terminal that is drawn over, and a line for each epoch that stays.
final class TrainingLine {
  private let epochs: Int
  private let columns: Int?
  private var lastDrawn = ContinuousClock.now - .seconds(1)
  private var began = ContinuousClock.now
  private var first: TrainingStep?
  private var isDrawn = false
  private var warned: Set<String> = []

  init(epochs: Int) {
    self.epochs = epochs
    let wish = ProcessInfo.processInfo.environment["LUCID_PROGRESS"] ?? ""
    columns = FetchEnvironment.switchValue(wish) == false ? nil : Console.columns
  }

  /// Says what happened.
  func show(_ event: TrainingEvent) throws {
    switch event {
    case .step(let step): draw(text(step), isLast: step.batch == step.batchCount)
    case .validating(let batch, let count): draw("validating \(batch) of \(count)", isLast: batch == count)
    case .unfrozen(let epoch):
      clear()
      Console.printError("from epoch \(epoch + 1) on, all layers are trained")
    case .epoch(let record, let isBest):
      clear()
      try Console.print(Self.text(record, of: epochs) + (isBest ? "  best" : ""))
      first = nil
    case .skipped(let samples):
      for sample in samples where warned.insert(sample.name).inserted {
        clear()
        Console.printError("warning: left out: \(sample.error)")
      }
    case .checkpoint: break
    }
  }

  /// Takes the line away.
  func clear() {
    if isDrawn { Console.draw("\r\u{1b}[K") }
    isDrawn = false
  }

  private func draw(_ text: @autoclosure () -> String, isLast: Bool) {
    guard let columns else { return }
    let now = ContinuousClock.now
    guard isLast || now - lastDrawn > .milliseconds(100) else { return }
    lastDrawn = now
    isDrawn = true
    // A line that is wrapped could not be drawn over.
    Console.draw("\r\u{1b}[K\(text().prefix(columns - 1))")
  }

  private func text(_ step: TrainingStep) -> String {
    let now = ContinuousClock.now
    guard let first, first.epoch == step.epoch else {
      (self.first, began) = (step, now)
      return facts(step, "")
    }
    let elapsed = now - began
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let done = step.batch - first.batch
    guard done > 0 else { return facts(step, "") }
    let left = seconds / Double(done) * Double(step.batchCount - step.batch)
    return facts(step, String(format: ", %.2f s a batch, %.0f s left", seconds / Double(done), left))
  }

  private func facts(_ step: TrainingStep, _ pace: String) -> String {
    let accuracy = step.accuracy.map { String(format: "  acc@1 %.2f %%", $0 * 100) } ?? ""
    return "epoch \(step.epoch + 1)/\(epochs)  batch \(step.batch)/\(step.batchCount)"
      + String(format: "  loss %.4f", step.meanLoss) + accuracy + pace
  }

  /// An epoch as a line.
  static func text(_ record: EpochRecord, of epochs: Int) -> String {
    var parts = ["epoch \(record.epoch + 1)/\(epochs)", String(format: "loss %.4f", record.trainingLoss)]
    if let accuracy = record.trainingAccuracy { parts.append(String(format: "acc@1 %.2f %%", accuracy * 100)) }
    if let loss = record.validationLoss { parts.append(String(format: "validation loss %.4f", loss)) }
    if let accuracy = record.validationAccuracy { parts.append(String(format: "acc@1 %.2f %%", accuracy * 100)) }
    return parts.joined(separator: "  ")
  }
}
