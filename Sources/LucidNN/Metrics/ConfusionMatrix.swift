import LucidTensor

/// How often each class was taken for each.
public struct ConfusionMatrix: Sendable, Hashable, Codable {
  /// The number of classes, C.
  public let classCount: Int
  /// `[C, C]` in row-major order: the row is the right class, the column the predicted one.
  public private(set) var counts: [Int]

  /// A matrix of nothing yet.
  public init(classCount: Int) {
    precondition(classCount > 0, "a confusion matrix has at least one class, not \(classCount)")
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// Adds one element. Traps where there is no such class.
  public mutating func add(label: Int, prediction: Int) {
    precondition(
      (0..<classCount).contains(label) && (0..<classCount).contains(prediction),
      "a confusion matrix of \(classCount) classes has no place for class \(label) taken for \(prediction)")
    counts[label * classCount + prediction] += 1
  }

  /// Adds the elements of a batch: logits or probabilities `[N, C]`, of which the largest is the prediction, and the
  /// right classes `[N]`, integers.
  public mutating func add(_ logits: Tensor, labels: Tensor) {
    let labels = requireClassification("ConfusionMatrix", logits, labels)
    precondition(
      logits.shape[1] == classCount, "a confusion matrix of \(classCount) classes is given \(logits.shape[1])")
    let predictions = logits.detach().argmax(dim: 1).scalars(as: Int.self)
    for (label, prediction) in zip(labels, predictions) { add(label: label, prediction: prediction) }
  }

  /// Adds all that another matrix counted. Traps where it has other classes.
  public mutating func merge(_ other: ConfusionMatrix) {
    precondition(
      classCount == other.classCount, "matrices of \(classCount) and \(other.classCount) classes cannot be merged")
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// How often a class was taken for another, or rightly for itself.
  public subscript(label label: Int, prediction prediction: Int) -> Int { counts[label * classCount + prediction] }

  /// How many elements there were.
  public var count: Int { counts.reduce(0, +) }

  /// The part of the elements whose class was predicted, from 0 to 1; nil of nothing.
  public var accuracy: Double? {
    let right = (0..<classCount).reduce(0) { $0 + self[label: $1, prediction: $1] }
    return part(right, of: count)
  }

  /// The part that is right of the elements that were taken for a class; nil where there were none.
  public func precision(of class: Int) -> Double? {
    let all = (0..<classCount).reduce(0) { $0 + self[label: $1, prediction: `class`] }
    return part(self[label: `class`, prediction: `class`], of: all)
  }

  /// The part that was recognised of the elements of a class; nil where there were none.
  public func recall(of class: Int) -> Double? {
    let all = (0..<classCount).reduce(0) { $0 + self[label: `class`, prediction: $1] }
    return part(self[label: `class`, prediction: `class`], of: all)
  }

  private func part(_ part: Int, of all: Int) -> Double? { all == 0 ? nil : Double(part) / Double(all) }
}
