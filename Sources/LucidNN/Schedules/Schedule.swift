import LucidTensor

/// How the learning rate changes during training: the factor by which the base rate is multiplied, for each step.
///
/// ```swift
/// let schedule = Schedule.linearWarmup(steps: 500).then(.cosine(steps: 9500), at: 500)
/// for step in 0..<10_000 {
///   schedule.apply(to: optimizer, step: step)
///   …
/// }
/// ```
///
/// A schedule is a pure function of the step's number, from 0: training goes on from a checkpoint with nothing but that
/// number. A step is what the caller counts, a batch or an epoch.
public struct Schedule: Sendable, CustomStringConvertible {
  private let factor: @Sendable (Int) -> Double

  /// What the schedule is, as `linearWarmup(steps: 500)`.
  public let description: String

  /// A schedule of one's own.
  ///
  /// - Parameter factor: the factor for the number of a step, which is never negative.
  public init(_ description: String = "custom", factor: @escaping @Sendable (_ step: Int) -> Double) {
    self.description = description
    self.factor = factor
  }

  /// The factor for a step's number.
  public func callAsFunction(_ step: Int) -> Double {
    precondition(step >= 0, "steps are counted from 0: there is no \(step)")
    return factor(step)
  }

  /// Sets the rate of each of the optimizer's groups to its base rate times the factor for a step.
  public func apply(to optimizer: Optimizer, step: Int) {
    let factor = self(step)
    var groups = optimizer.groups
    for index in groups.indices { groups[index].learningRate = groups[index].baseLearningRate * factor }
    optimizer.groups = groups
  }
}
