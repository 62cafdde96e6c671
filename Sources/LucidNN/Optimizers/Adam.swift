import LucidTensor

/// Adam: steps along a running mean of the gradients, divided by the root of a running mean of their squares.
///
/// For a parameter p with gradient g, weight decay λ, rate γ, in the parameter's step t from 1:
///
///     d ← g + λ p
///     m ← β₁ m + (1 - β₁) d
///     v ← β₂ v + (1 - β₂) d²
///     p ← p - γ / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
///
/// The decay is part of the gradient; ``AdamW`` decouples it. Kingma and Ba, "Adam: A Method for Stochastic
/// Optimization", 2014.
public final class Adam: Optimizer {
  /// How much of the running means, of gradients and of their squares, is kept in each step: β₁ and β₂.
  public var betas: (Double, Double)
  /// What keeps the divisor from 0, ε.
  public let eps: Double

  /// An optimizer of these groups.
  public init(_ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8) {
    requireAdamSettings("Adam", betas, eps)
    self.betas = betas
    self.eps = eps
    super.init(groups)
  }

  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.init(module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), betas: betas, eps: eps)
  }

  public override var stateNames: [String] { ["exp_avg", "exp_avg_sq"] }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    var update = AdamUpdate(betas: betas, eps: eps, learningRate: group.learningRate, step: state.stepCount)
    update.weightDecay = Float(group.weightDecay)
    value.update(.adam(update), from: gradient, state: &state.tensors)
  }
}

/// Traps where settings of the Adam family cannot be meant.
func requireAdamSettings(_ name: String, _ betas: (Double, Double), _ eps: Double) {
  precondition(
    (0..<1).contains(betas.0) && (0..<1).contains(betas.1), "\(name): betas must be at least 0 and below 1: \(betas)")
  precondition(eps >= 0, "\(name): eps must not be negative, but is \(eps)")
}

extension AdamUpdate {
  /// The update of a step counted from 1, without any decay.
  init(betas: (Double, Double), eps: Double, learningRate: Double, step: Int) {
    self.init(
      shrink: 1, weightDecay: 0, firstWeight: Float(1 - betas.0), beta2: Float(betas.1),
      secondWeight: Float(1 - betas.1), epsilon: Float(eps),
      stepSize: Float(learningRate / biasCorrection(betas.0, step)),
      rootCorrection: Float(biasCorrection(betas.1, step).squareRoot()))
  }
}
