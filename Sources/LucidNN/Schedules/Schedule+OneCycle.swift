import LucidTensor

/// Up, down, and far down, once. Smith and Topin, "Super-Convergence", 2017.
extension Schedule {
  /// PyTorch's `OneCycleLR`, whose `max_lr` is the base rate here: from `1 / divFactor` to 1 in the first part of the
  /// steps, `warmup`, then down to `1 / (divFactor · finalDivFactor)` in the last step, each along half a cosine or in a
  /// straight line, and staying there.
  public static func oneCycle(
    steps: Int, warmup: Double = 0.3, divFactor: Double = 25, finalDivFactor: Double = 1e4, isLinear: Bool = false
  ) -> Schedule {
    precondition(divFactor > 0 && finalDivFactor > 0, "one cycle: factors to divide by are above 0")
    let description =
      "oneCycle(steps: \(steps), warmup: \(warmup), divFactor: \(divFactor), finalDivFactor: \(finalDivFactor))"
    let start = 1 / divFactor
    return cycle(description, steps, warmup, isLinear, start: start, top: 1, end: start / finalDivFactor)
  }

  /// The momentum that goes with ``oneCycle(steps:warmup:divFactor:finalDivFactor:isLinear:)``: from `highest` to
  /// `lowest` while the rate rises, and back. The number itself, to be set as an optimizer's momentum or first beta.
  ///
  /// ```swift
  /// optimizer.momentum = momentum(step)
  /// ```
  public static func oneCycleMomentum(
    steps: Int, warmup: Double = 0.3, lowest: Double = 0.85, highest: Double = 0.95, isLinear: Bool = false
  ) -> Schedule {
    let description = "oneCycleMomentum(steps: \(steps), warmup: \(warmup), lowest: \(lowest), highest: \(highest))"
    return cycle(description, steps, warmup, isLinear, start: highest, top: lowest, end: highest)
  }

  private static func cycle(
    _ description: String, _ steps: Int, _ warmup: Double, _ isLinear: Bool, start: Double, top: Double, end: Double
  ) -> Schedule {
    precondition(steps > 0, "a schedule that ends has at least one step, not \(steps)")
    precondition((0...1).contains(warmup), "one cycle: the warm-up is a part of the steps, not \(warmup)")
    // PyTorch's phases end between steps: the top need not be met.
    let peak = warmup * Double(steps) - 1
    let last = Double(steps - 1)
    return Schedule(description) { step in
      let step = min(Double(step), last)
      let isRising = step <= peak
      let (from, to) = isRising ? (start, top) : (top, end)
      let length = isRising ? peak : last - peak
      let part = length == 0 ? 1 : (isRising ? step : step - peak) / length
      return isLinear ? from + (to - from) * part : halfCosine(from: from, to: to, part)
    }
  }
}
