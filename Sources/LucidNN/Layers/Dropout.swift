import LucidTensor

/// Sets each element to 0 with probability `p` and divides the others by `1 - p` while training; else passes on.
///
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
public final class Dropout: Module, StochasticModule {
  /// The probability of a 0.
  public let p: Double
  /// What the zeros are drawn from.
  public let generator: Generator

  /// A layer that drops with probability `p`.
  public init(_ p: Double = 0.5, generator: Generator = .default) {
    precondition(p >= 0 && p <= 1, "Dropout: \(p) is not a probability")
    self.p = p
    self.generator = generator
  }

  public override func forward(_ x: Tensor) -> Tensor { x.dropout(p, training: isTraining, generator: generator) }

  public override var settings: String { "\(p)" }
}
