import LucidTensor

/// RMSprop: gradients divided by the root of a running mean of their squares.
///
/// For a parameter p with gradient g, weight decay λ, smoothing α, momentum μ and rate γ:
///
///     d ← g + λ p
///     v ← α v + (1 - α) d²
///     a ← √v + ε               (centred: m ← α m + (1 - α) d and a ← √(v - m²) + ε)
///     b ← μ b + d / a          (without momentum, b is d / a)
///     p ← p - γ b
///
/// As PyTorch's, with ε outside of the root. Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning",
/// 2012; centred: Graves, "Generating Sequences With Recurrent Neural Networks", 2013.
public final class RMSprop: Optimizer {
  /// How much of the running means is kept in each step, α.
  public let alpha: Double
  /// What keeps the divisor from 0, ε.
  public let eps: Double
  /// How much of the last step's direction is kept, μ. Between 0 and not 0 the state differs: a change to or from 0 traps
  /// at the next step.
  public var momentum: Double
  /// Whether gradients are divided by an estimate of their deviation rather than of their size.
  public let centered: Bool

  /// An optimizer of these groups.
  public init(
    _ groups: [ParameterGroup], alpha: Double = 0.99, eps: Double = 1e-8, momentum: Double = 0, centered: Bool = false
  ) {
    precondition(
      (0...1).contains(alpha) && eps >= 0 && momentum >= 0,
      "RMSprop: alpha must be between 0 and 1, eps and momentum not negative: \(alpha), \(eps), \(momentum)")
    self.alpha = alpha
    self.eps = eps
    self.momentum = momentum
    self.centered = centered
    super.init(groups)
  }

  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false
  ) {
    self.init(
      module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), alpha: alpha, eps: eps,
      momentum: momentum, centered: centered)
  }

  public override var stateNames: [String] {
    ["square_avg"] + (centered ? ["grad_avg"] : []) + (momentum == 0 ? [] : ["momentum_buffer"])
  }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    let update = RMSpropUpdate(
      learningRate: Float(group.learningRate), weightDecay: Float(group.weightDecay), alpha: Float(alpha),
      weight: Float(1 - alpha), epsilon: Float(eps), momentum: Float(momentum), isCentered: centered)
    value.update(.rmsprop(update), from: gradient, state: &state.tensors)
  }
}
