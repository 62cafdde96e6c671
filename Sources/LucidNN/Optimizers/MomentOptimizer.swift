import LucidTensor

/// What ``Adam``, ``AdamW`` and ``LAMB`` have in common: running means of the gradients and of their squares.
public class MomentOptimizer: Optimizer {
  /// How much of the running means, of gradients and of their squares, is kept in each step: β₁ and β₂.
  public final var betas: (Double, Double)
  /// What keeps the divisor from 0, ε.
  public final let eps: Double

  /// An optimizer of these groups. Traps where a β is not in [0, 1) or ε is negative.
  public init(_ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8) {
    self.betas = betas
    self.eps = eps
    super.init(groups)
    let name = Swift.type(of: self)
    precondition(
      (0..<1).contains(betas.0) && (0..<1).contains(betas.1), "\(name): betas must be at least 0 and below 1: \(betas)")
    precondition(eps >= 0, "\(name): eps must not be negative, but is \(eps)")
  }

  public override var stateNames: [String] { ["exp_avg", "exp_avg_sq"] }
}
