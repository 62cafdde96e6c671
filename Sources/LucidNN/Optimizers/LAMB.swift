import LucidTensor

/// LAMB: Adam's direction, with a length in proportion to the parameter's own.
///
/// For a parameter p with gradient g, weight decay λ, rate γ, in the parameter's step t from 1:
///
///     d ← g / max(1, ‖all gradients‖ / maxGradNorm)
///     m ← β₁ m + (1 - β₁) d
///     v ← β₂ v + (1 - β₂) d²
///     u ← m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + ε) + λ p
///     p ← p - γ ‖p‖ / ‖u‖ u
///
/// The ratio of norms is 1 where one of them is 0, and, unless `alwaysAdapt`, for groups without weight decay. As timm's.
/// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2019.
public final class LAMB: MomentOptimizer {
  /// The norm of all gradients together down to which they are scaled; nil leaves them.
  public let maxGradNorm: Double?
  /// Whether groups without weight decay, too, have steps in proportion to their parameters.
  public let alwaysAdapt: Bool

  private var gradientScale = 1.0

  /// An optimizer of these groups.
  public init(
    _ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    maxGradNorm: Double? = 1, alwaysAdapt: Bool = false
  ) {
    precondition(maxGradNorm.map { $0 > 0 } ?? true, "LAMB: the greatest norm must be above 0: \(maxGradNorm ?? 0)")
    self.maxGradNorm = maxGradNorm
    self.alwaysAdapt = alwaysAdapt
    super.init(groups, betas: betas, eps: eps)
  }

  /// An optimizer of all parameters of a module, as one group.
  public convenience init(
    _ module: Module, learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-6,
    weightDecay: Double = 1e-2, maxGradNorm: Double? = 1, alwaysAdapt: Bool = false
  ) {
    self.init(
      module.wholeGroup(learningRate: learningRate, weightDecay: weightDecay), betas: betas, eps: eps,
      maxGradNorm: maxGradNorm, alwaysAdapt: alwaysAdapt)
  }

  public override func step() {
    gradientScale = maxGradNorm.map { 1 / max(1, parameters.filter(\.requiresGrad).gradNorm() / $0) } ?? 1
    super.step()
  }

  public override func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup
  ) {
    let update = LAMBUpdate(
      learningRate: Float(group.learningRate), weightDecay: Float(group.weightDecay),
      gradientScale: Float(gradientScale), firstWeight: Float(1 - betas.0), beta2: Float(betas.1),
      secondWeight: Float(1 - betas.1), epsilon: Float(eps),
      firstCorrection: Float(biasCorrection(betas.0, state.stepCount)),
      rootCorrection: Float(biasCorrection(betas.1, state.stepCount).squareRoot()),
      isAdapted: alwaysAdapt || group.weightDecay != 0)
    value.update(.lamb(update), from: gradient, state: &state.tensors)
  }
}
