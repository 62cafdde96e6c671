/// The mean of numbers that come one after the other, such as the losses of batches.
public struct RunningMean: Sendable, Hashable, Codable {
  /// The sum of the numbers, each times its weight.
  public private(set) var sum = 0.0
  /// The sum of the weights.
  public private(set) var weight = 0.0

  /// A mean of nothing yet.
  public init() {}

  /// Adds a number, which counts `weight` times: for a batch's mean, the size of the batch.
  public mutating func add(_ value: Double, weight: Double = 1) {
    sum += value * weight
    self.weight += weight
  }

  /// Adds all that another mean is of.
  public mutating func merge(_ other: RunningMean) {
    sum += other.sum
    weight += other.weight
  }

  /// The mean; nil of nothing.
  public var value: Double? { weight == 0 ? nil : sum / weight }
}
