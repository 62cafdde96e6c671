import LucidTensor

/// How often the right class is among the best ones: top-1 and top-5 accuracy.
public struct Accuracy: Sendable, Hashable, Codable {
  /// How many of the best classes are looked at, in ascending order.
  public let topK: [Int]
  /// How many elements there were.
  public private(set) var count = 0
  private var hits: [Int]

  /// An accuracy of nothing yet. Traps where a number of classes is not above 0.
  public init(topK: [Int] = [1, 5]) {
    precondition(!topK.isEmpty && topK.allSatisfy { $0 > 0 }, "an accuracy is that of the best 1 or more: \(topK)")
    self.topK = Set(topK).sorted()
    hits = [Int](repeating: 0, count: self.topK.count)
  }

  /// Adds the elements of a batch: logits or probabilities `[N, C]` and the right classes `[N]`, integers. Of equal
  /// logits the class with the lower number comes first. Where there are fewer classes than are looked at, all are.
  public mutating func add(_ logits: Tensor, labels: Tensor) {
    let labels = requireClassification("Accuracy", logits, labels)
    let best = Swift.min(topK[topK.count - 1], logits.shape[1])
    let classes = logits.detach().topk(best).indices.scalars(as: Int.self)
    for (row, label) in labels.enumerated() {
      guard let place = (0..<best).first(where: { classes[row * best + $0] == label }) else { continue }
      for (index, k) in topK.enumerated() where place < k { hits[index] += 1 }
    }
    count += labels.count
  }

  /// Adds all that another accuracy is of. Traps where it looks at other numbers of classes.
  public mutating func merge(_ other: Accuracy) {
    precondition(topK == other.topK, "an accuracy of the best \(topK) cannot be merged with one of \(other.topK)")
    count += other.count
    for index in hits.indices { hits[index] += other.hits[index] }
  }

  /// The part of the elements whose class is among the best `k`, from 0 to 1; nil of nothing. Traps where `k` is not in
  /// ``topK``.
  public func top(_ k: Int) -> Double? {
    guard let index = topK.firstIndex(of: k) else { preconditionFailure("the best \(k) are not among \(topK)") }
    return count == 0 ? nil : Double(hits[index]) / Double(count)
  }
}

/// The labels as numbers; traps where they do not go with the logits.
func requireClassification(_ metric: String, _ logits: Tensor, _ labels: Tensor) -> [Int] {
  precondition(
    logits.rank == 2 && logits.shape[1] > 0 && labels.shape == [logits.shape[0]],
    "\(metric): logits [N, C] and labels [N] are needed, not \(logits.shape) and \(labels.shape)")
  precondition(!labels.dtype.isFloatingPoint, "\(metric): labels are integers, not \(labels.dtype)")
  return labels.scalars(as: Int.self)
}
