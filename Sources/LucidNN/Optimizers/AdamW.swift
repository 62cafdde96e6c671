import LucidTensor

/// ``Adam`` with decoupled weight decay: parameters shrink by a part of themselves, whatever their gradients are.
///
/// For a parameter p with gradient g, weight decay λ, rate γ, in the parameter's step t from 1:
///
///     p ← (1 - γ λ) p
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     p ← p - γ / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
///
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017.
public final class AdamW: MomentOptimizer {
  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
    weightDecay: Double = 1e-2
  ) {
    self.init(module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), betas: betas, eps: eps)
  }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    var update = AdamUpdate(betas: betas, eps: eps, learningRate: group.learningRate, step: state.stepCount)
    update.shrink = Float(1 - group.learningRate * group.weightDecay)
    value.update(.adam(update), from: gradient, state: &state.tensors)
  }
}
