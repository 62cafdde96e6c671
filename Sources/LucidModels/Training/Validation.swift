import LucidNN
import LucidTensor
import LucidVision

/// What a classifier makes of pictures whose classes are known.
public struct Validation: Sendable {
  /// The mean cross entropy.
  public private(set) var loss = RunningMean()
  /// How often the class is the best, and among the best five.
  public private(set) var accuracy = Accuracy(topK: [1, 5])
  /// How often each class was taken for each.
  public private(set) var confusion: ConfusionMatrix
  /// The mistakes with the greatest losses, the greatest first.
  public private(set) var mistakes: [Mistake] = []
  /// The pictures that could not be read.
  public private(set) var skipped: [SkippedSample] = []

  /// A picture that was taken for something else.
  public struct Mistake: Sendable, Hashable {
    /// Its place in the data set.
    public let index: Int
    /// Its class.
    public let label: Int
    /// The class that it was taken for.
    public let prediction: Int
    /// The probability that the model gave to that class.
    public let probability: Float
    /// The probability that it gave to the right one.
    public let rightProbability: Float
  }

  /// Looks at all pictures of a loader, which should not augment. The module should be in `eval()` mode.
  ///
  /// - Parameters:
  ///   - mistakeLimit: how many mistakes are kept.
  ///   - report: is told how many batches are done, of how many.
  public init(
    of model: Module, on loader: DataLoader, mistakeLimit: Int = 24, isolation: isolated (any Actor)? = #isolation,
    _ report: (Int, Int) throws -> Void = { _, _ in }
  ) async throws {
    confusion = ConfusionMatrix(classCount: loader.dataset.classes.count)
    for try await batch in loader.epoch(0) {
      skipped += batch.skipped
      if batch.count > 0 { add(noGrad { model(batch.images) }, batch, mistakeLimit) }
      try report(batch.number + 1, loader.batchCount)
    }
  }

  private mutating func add(_ logits: Tensor, _ batch: Batch, _ mistakeLimit: Int) {
    let labels = Tensor(batch.labels)
    loss.add(Double(logits.crossEntropy(labels).item(as: Float.self)), weight: Double(batch.count))
    accuracy.add(logits, labels: labels)
    confusion.add(logits, labels: labels)
    guard mistakeLimit > 0 else { return }
    let probabilities = logits.softmax(dim: 1).scalars(as: Float.self)
    let classes = logits.shape[1]
    for (row, prediction) in logits.argmax(dim: 1).scalars(as: Int.self).enumerated() {
      let label = batch.labels[row]
      guard prediction != label else { continue }
      mistakes.append(
        Mistake(
          index: batch.indices[row], label: label, prediction: prediction,
          probability: probabilities[row * classes + prediction],
          rightProbability: probabilities[row * classes + label]))
    }
    mistakes = Array(
      mistakes.sorted { ($0.rightProbability, $0.index) < ($1.rightProbability, $1.index) }.prefix(mistakeLimit))
  }
}
