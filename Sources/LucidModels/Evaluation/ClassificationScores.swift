import Foundation
import LucidTensor

/// How well a classifier does on labelled inputs: top-1 and top-5 accuracy and the mean cross-entropy, summed up batch after
/// batch.
public struct ClassificationScores: Sendable, Hashable {
  /// How many inputs there were.
  public private(set) var count = 0
  private var hits1 = 0
  private var hits5 = 0
  private var lossSum = 0.0

  /// No inputs yet.
  public init() {}

  /// The share of inputs whose label is the best class, in percent; nil before there is one.
  public var acc1: Double? { percentage(hits1) }
  /// The share of inputs whose label is among the five best classes, in percent.
  public var acc5: Double? { percentage(hits5) }
  /// The mean of `-log softmax(logits)[label]`, in nats.
  public var loss: Double? { count > 0 ? lossSum / Double(count) : nil }

  /// Adds the logits `[N, classes]` of inputs with these labels. Of classes with equal logits those of lower place come first,
  /// and NaN is no hit. Traps where the numbers do not fit or a label is no class.
  public mutating func add(logits: Tensor, labels: [Int]) {
    precondition(
      logits.rank == 2 && logits.shape[0] == labels.count,
      "scores need logits [N, classes] and N labels, not \(logits.shape) and \(labels.count)")
    let classes = logits.shape[1]
    let values = logits.scalars(as: Float.self)
    for (row, label) in labels.enumerated() {
      precondition((0..<classes).contains(label), "the label \(label) is none of \(classes) classes")
      let line = values[row * classes..<(row + 1) * classes]
      let own = line[line.startIndex + label]
      let better = line.enumerated().count { !($1 < own || ($1 == own && $0 >= label)) }
      hits1 += better < 1 ? 1 : 0
      hits5 += better < 5 ? 1 : 0
      // In double precision and from the largest logit, so that nothing overflows.
      let largest = Double(line.max() ?? own)
      lossSum += log(line.reduce(0) { $0 + exp(Double($1) - largest) }) + largest - Double(own)
    }
    count += labels.count
  }

  private func percentage(_ hits: Int) -> Double? { count > 0 ? 100 * Double(hits) / Double(count) : nil }
}
