import LucidTensor

/// Stochastic gradient descent, with momentum.
///
/// For a parameter p with gradient g, weight decay λ, momentum μ, dampening τ and rate γ:
///
///     d ← g + λ p
///     b ← μ b + (1 - τ) d      (b ← d in the first step; without momentum, b is d)
///     p ← p - γ b              (Nesterov: p ← p - γ (d + μ b))
///
/// As PyTorch's: the rate is outside of the momentum. Sutskever et al., "On the importance of initialization and momentum
/// in deep learning", 2013.
public final class SGD: Optimizer {
  /// How much of the last step's direction is kept, μ. Between 0 and not 0 the state differs: a change to or from 0 traps
  /// at the next step.
  public var momentum: Double
  /// How much of the gradient is left out of the direction, τ.
  public var dampening: Double
  /// Whether to look ahead, as Nesterov.
  public let nesterov: Bool

  /// An optimizer of these groups.
  public init(_ groups: [ParameterGroup], momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false) {
    precondition(momentum >= 0, "SGD: a momentum must not be negative, but is \(momentum)")
    precondition(
      !nesterov || (momentum > 0 && dampening == 0), "SGD: Nesterov needs a momentum above 0 and no dampening")
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    super.init(groups)
  }

  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false
  ) {
    self.init(
      module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), momentum: momentum,
      dampening: dampening, nesterov: nesterov)
  }

  public override var stateNames: [String] { momentum == 0 ? [] : ["momentum_buffer"] }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    let update = SGDUpdate(
      learningRate: Float(group.learningRate), weightDecay: Float(group.weightDecay), momentum: Float(momentum),
      dampening: Float(dampening), isNesterov: nesterov, isFirst: state.stepCount == 1)
    value.update(.sgd(update), from: gradient, state: &state.tensors)
  }
}
