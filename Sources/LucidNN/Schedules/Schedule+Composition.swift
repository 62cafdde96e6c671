import LucidTensor

/// Schedules made of others.
extension Schedule {
  /// This schedule before a step, from there on another that begins with its step 0: PyTorch's `SequentialLR`.
  ///
  /// ```swift
  /// Schedule.linearWarmup(steps: 500).then(.cosine(steps: 9500), at: 500)
  /// ```
  public func then(_ next: Schedule, at milestone: Int) -> Schedule {
    precondition(milestone >= 0, "steps are counted from 0: there is no \(milestone)")
    return Schedule("\(self).then(\(next), at: \(milestone))") { step in
      step < milestone ? self(step) : next(step - milestone)
    }
  }

  /// Schedules one after the other: each up to its milestone, the last without end. PyTorch's `SequentialLR`.
  public static func sequence(_ schedules: [Schedule], milestones: [Int]) -> Schedule {
    precondition(
      schedules.count == milestones.count + 1,
      "a sequence of \(schedules.count) schedules has one milestone between each two, not \(milestones.count)")
    precondition(
      zip(milestones, milestones.dropFirst()).allSatisfy(<), "milestones come one after the other: \(milestones)")
    var result = schedules[schedules.count - 1]
    for index in milestones.indices.reversed() {
      let start = index == 0 ? 0 : milestones[index - 1]
      result = schedules[index].then(result, at: milestones[index] - start)
    }
    return result
  }

  /// Both at once, the factors multiplied: PyTorch's chain of schedulers.
  public static func * (a: Schedule, b: Schedule) -> Schedule {
    Schedule("\(a) * \(b)") { a($0) * b($0) }
  }
}
