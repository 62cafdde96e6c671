import LucidTensor

/// Keeping gradients small; to be called between the backward pass and the optimizer's step.
extension Sequence<Parameter> {
  /// The Euclidean norm of the gradients of all parameters together; those without a gradient count as 0.
  public func gradNorm() -> Double {
    reduce(0) { $0 + ($1.grad?.sumOfSquares() ?? 0) }.squareRoot()
  }

  /// Scales all gradients by the same factor where their norm together is above `maxNorm`: by `maxNorm / (norm + 10⁻⁶)`,
  /// as PyTorch. Pascanu et al., "On the difficulty of training Recurrent Neural Networks", 2012.
  ///
  /// Where a gradient is infinite or not a number, so is the norm, and the gradients are of no use afterwards: look at the
  /// norm before the step.
  ///
  /// - Returns: the norm before.
  @discardableResult
  public func clipGradNorm(_ maxNorm: Double) -> Double {
    precondition(maxNorm > 0, "clipGradNorm: the greatest norm must be above 0, but is \(maxNorm)")
    let norm = gradNorm()
    let factor = maxNorm / (norm + 1e-6)
    if !(factor >= 1) {
      for parameter in self { parameter.updateGradient { $0.update(.scale(Float(factor))) } }
    }
    return norm
  }

  /// Moves every element of the gradients into `-bound ... bound`.
  public func clipGradValue(_ bound: Double) {
    precondition(bound > 0, "clipGradValue: the bound must be above 0, but is \(bound)")
    for parameter in self { parameter.updateGradient { $0.update(.clamp(bound: Float(bound))) } }
  }
}
