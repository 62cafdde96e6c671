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
public final class Adam: MomentOptimizer {
  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.init(module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), betas: betas, eps: eps)
  }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    var update = AdamUpdate(betas: betas, eps: eps, learningRate: group.learningRate, step: state.stepCount)
    update.weightDecay = Float(group.weightDecay)
    value.update(.adam(update), from: gradient, state: &state.tensors)
  }
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
