import Foundation
import LucidNN
import LucidTensor
import Testing

/// Metrics of small batches, counted by hand.
@Suite struct MetricTests {
  private let logits = Tensor([9, 1, 5, 3, 2, 8, 0, 7, 4, 4, 4, 4] as [Float], [3, 4])

  @Test func accuracyOfTheBest() {
    var accuracy = Accuracy(topK: [3, 1])
    #expect(accuracy.top(1) == nil && accuracy.topK == [1, 3])
    accuracy.add(logits, labels: Tensor([0, 0, 3]))
    #expect(accuracy.count == 3 && accuracy.top(1) == 1 / 3.0)
    // 0 is third in the second row; of equals, 3 comes last.
    #expect(accuracy.top(3) == 2 / 3.0)
    accuracy.add(logits[0..<1], labels: Tensor([2]))
    #expect(accuracy.top(1) == 0.25 && accuracy.top(3) == 0.75)
  }

  @Test func moreThanThereAre() {
    var accuracy = Accuracy()
    accuracy.add(logits, labels: Tensor([1, 2, 3]))
    #expect(accuracy.top(5) == 1 && accuracy.top(1) == 0)
  }

  @Test func meansHaveWeights() throws {
    var mean = RunningMean()
    #expect(mean.value == nil)
    mean.add(2, weight: 3)
    mean.add(6)
    #expect(mean.value == 3)
    var other = RunningMean()
    other.add(9, weight: 2)
    mean.merge(other)
    #expect(mean.value == 5 && mean.weight == 6)
  }

  @Test func confusions() {
    var matrix = ConfusionMatrix(classCount: 4)
    #expect(matrix.accuracy == nil && matrix.precision(of: 0) == nil)
    matrix.add(logits, labels: Tensor([0, 0, 3]))
    #expect(matrix.counts == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    #expect(matrix[label: 0, prediction: 1] == 1 && matrix.count == 3 && matrix.accuracy == 1 / 3.0)
    #expect(matrix.precision(of: 0) == 0.5 && matrix.recall(of: 0) == 0.5)
    #expect(matrix.precision(of: 1) == 0 && matrix.recall(of: 1) == nil && matrix.recall(of: 3) == 0)
    #expect(matrix.precision(of: 2) == nil)
  }

  @Test func mergingIsTheSameAsAdding() {
    let labels = Tensor([0, 1, 2])
    var (a, b, both) = (Accuracy(), Accuracy(), Accuracy())
    var (m, n, whole) = (
      ConfusionMatrix(classCount: 4), ConfusionMatrix(classCount: 4), ConfusionMatrix(classCount: 4)
    )
    a.add(logits[0..<2], labels: labels[0..<2])
    b.add(logits[2..<3], labels: labels[2..<3])
    both.add(logits, labels: labels)
    m.add(logits[0..<2], labels: labels[0..<2])
    n.add(logits[2..<3], labels: labels[2..<3])
    whole.add(logits, labels: labels)
    a.merge(b)
    m.merge(n)
    #expect(a == both && m == whole)
  }

  @Test func theySurviveAsJSON() throws {
    func again<Metric: Codable & Equatable>(_ metric: Metric) throws -> Bool {
      try JSONDecoder().decode(Metric.self, from: JSONEncoder().encode(metric)) == metric
    }
    var (accuracy, mean, matrix) = (Accuracy(), RunningMean(), ConfusionMatrix(classCount: 4))
    accuracy.add(logits, labels: Tensor([0, 1, 2]))
    mean.add(0.1, weight: 3)
    matrix.add(logits, labels: Tensor([0, 1, 2]))
    #expect(try again(accuracy) && again(mean) && again(matrix))
  }
}
