import Foundation
import LucidTensor

/// Schedules that go from one factor to another in a given number of steps, and stay there.
extension Schedule {
  /// From `from` to 1 in a straight line: `from + (1 - from) · step / steps`, then 1. PyTorch's `LinearLR`. Goyal et al.,
  /// "Accurate, Large Minibatch SGD", 2017.
  public static func linearWarmup(steps: Int, from: Double = 1.0 / 3) -> Schedule {
    linear(steps: steps, from: from, to: 1)
  }

  /// From one factor to another in a straight line: `from + (to - from) · step / steps`, then `to`. PyTorch's `LinearLR`.
  public static func linear(steps: Int, from: Double, to: Double) -> Schedule {
    precondition(steps >= 0, "a schedule has no negative number of steps: \(steps)")
    return Schedule("linear(steps: \(steps), from: \(from), to: \(to))") { step in
      step >= steps ? to : from + (to - from) * Double(step) / Double(steps)
    }
  }

  /// `(1 - step / steps)^power`, then 0. PyTorch's `PolynomialLR`.
  public static func polynomial(steps: Int, power: Double = 1) -> Schedule {
    precondition(steps > 0, "a schedule that ends has at least one step, not \(steps)")
    return Schedule("polynomial(steps: \(steps), power: \(power))") { step in
      step >= steps ? 0 : pow(1 - Double(step) / Double(steps), power)
    }
  }

  /// Half a cosine from 1 down: `minimum + (1 - minimum) · (1 + cos(π step / steps)) / 2`, then `minimum`, a part of the
  /// base rate. PyTorch's `CosineAnnealingLR` up to `T_max`, after which that one rises again. Loshchilov and Hutter,
  /// "SGDR", 2016.
  public static func cosine(steps: Int, minimum: Double = 0) -> Schedule {
    precondition(steps > 0, "a schedule that ends has at least one step, not \(steps)")
    return Schedule("cosine(steps: \(steps), minimum: \(minimum))") { step in
      step >= steps ? minimum : halfCosine(from: 1, to: minimum, Double(step) / Double(steps))
    }
  }

  /// ``cosine(steps:minimum:)`` again and again from 1, each time `multiplier` times as long: PyTorch's
  /// `CosineAnnealingWarmRestarts`. Loshchilov and Hutter, "SGDR", 2016.
  public static func cosineWithRestarts(
    firstSteps: Int, multiplier: Int = 1, minimum: Double = 0
  ) -> Schedule {
    precondition(firstSteps > 0, "a cycle has at least one step, not \(firstSteps)")
    precondition(multiplier > 0, "a cycle is at least once as long as the one before, not \(multiplier) times")
    let description =
      "cosineWithRestarts(firstSteps: \(firstSteps), multiplier: \(multiplier), minimum: \(minimum))"
    return Schedule(description) { step in
      var (rest, length) = (step, firstSteps)
      if multiplier == 1 { rest %= length }
      while rest >= length {
        rest -= length
        length *= multiplier
      }
      return halfCosine(from: 1, to: minimum, Double(rest) / Double(length))
    }
  }
}

/// The place `part`, from 0 to 1, on half a cosine.
func halfCosine(from start: Double, to end: Double, _ part: Double) -> Double {
  end + (start - end) / 2 * (1 + cos(.pi * part))
}
