import LucidTensor

/// LARS: ``SGD`` with momentum, where each parameter's rate is in proportion to its norm over its gradient's.
///
/// For a parameter p with gradient g, weight decay λ, momentum μ, dampening τ, rate γ and trust coefficient η:
///
///     r ← η ‖p‖ / (‖g‖ + λ ‖p‖ + ε)
///     d ← r (g + λ p)
///     b ← μ b + (1 - τ) d      (b ← d in the first step; without momentum, b is d)
///     p ← p - γ b              (Nesterov: p ← p - γ (d + μ b))
///
/// r is 1 where one of the norms is 0, and, unless `alwaysAdapt`, for groups without weight decay. As timm's. You et al.,
/// "Large Batch Training of Convolutional Networks", 2017.
public final class LARS: Optimizer {
  /// How much of the last step's direction is kept, μ. Between 0 and not 0 the state differs: a change to or from 0 traps
  /// at the next step.
  public var momentum: Double
  /// How much of the gradient is left out of the direction, τ.
  public var dampening: Double
  /// Whether to look ahead, as Nesterov.
  public let nesterov: Bool
  /// How far a step may go, in parts of the parameter's norm, η.
  public let trustCoefficient: Double
  /// What keeps the divisor from 0, ε.
  public let eps: Double
  /// Whether groups without weight decay, too, have steps in proportion to their parameters.
  public let alwaysAdapt: Bool

  /// An optimizer of these groups.
  public init(
    _ groups: [ParameterGroup], momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false,
    trustCoefficient: Double = 0.001, eps: Double = 1e-8, alwaysAdapt: Bool = false
  ) {
    precondition(momentum >= 0, "LARS: a momentum must not be negative, but is \(momentum)")
    precondition(
      !nesterov || (momentum > 0 && dampening == 0), "LARS: Nesterov needs a momentum above 0 and no dampening")
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.trustCoefficient = trustCoefficient
    self.eps = eps
    self.alwaysAdapt = alwaysAdapt
    super.init(groups)
  }

  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false, trustCoefficient: Double = 0.001, eps: Double = 1e-8, alwaysAdapt: Bool = false
  ) {
    self.init(
      module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), momentum: momentum,
      dampening: dampening, nesterov: nesterov, trustCoefficient: trustCoefficient, eps: eps,
      alwaysAdapt: alwaysAdapt)
  }

  public override var stateNames: [String] { momentum == 0 ? [] : ["momentum_buffer"] }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    let isAdapted = alwaysAdapt || group.weightDecay != 0
    let trust = isAdapted ? trustRatio(value, gradient, group.weightDecay) : 1
    let update = SGDUpdate(
      learningRate: Float(group.learningRate), weightDecay: Float(group.weightDecay), momentum: Float(momentum),
      dampening: Float(dampening), isNesterov: nesterov, isFirst: state.stepCount == 1, gradientScale: Float(trust))
    value.update(.sgd(update), from: gradient, state: &state.tensors)
  }

  private func trustRatio(_ value: Tensor, _ gradient: Tensor, _ weightDecay: Double) -> Double {
    let (length, slope) = (value.sumOfSquares().squareRoot(), gradient.sumOfSquares().squareRoot())
    if length == 0 || slope == 0 { return 1 }
    return trustCoefficient * length / (slope + length * weightDecay + eps)
  }
}
