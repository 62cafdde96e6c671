import Foundation
import LucidTensor

/// Schedules that multiply the rate again and again.
extension Schedule {
  /// 1, or another number, always.
  public static func constant(_ factor: Double = 1) -> Schedule { Schedule("constant(\(factor))") { _ in factor } }

  /// `gamma^⌊step / every⌋`: PyTorch's `StepLR`.
  public static func step(every: Int, gamma: Double = 0.1) -> Schedule {
    precondition(every > 0, "a step schedule changes after at least one step, not \(every)")
    return Schedule("step(every: \(every), gamma: \(gamma))") { pow(gamma, Double($0 / every)) }
  }

  /// `gamma` to the number of milestones that have been reached: PyTorch's `MultiStepLR`.
  public static func multiStep(_ milestones: [Int], gamma: Double = 0.1) -> Schedule {
    Schedule("multiStep(\(milestones), gamma: \(gamma))") { step in
      pow(gamma, Double(milestones.count { $0 <= step }))
    }
  }

  /// `gamma^step`: PyTorch's `ExponentialLR`.
  public static func exponential(gamma: Double) -> Schedule {
    Schedule("exponential(gamma: \(gamma))") { pow(gamma, Double($0)) }
  }
}
