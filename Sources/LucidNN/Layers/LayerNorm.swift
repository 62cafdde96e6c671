import LucidTensor

/// Layer normalisation over the last dimensions: `y = (x - mean) / √(variance + ε) · weight + bias`.
///
/// Ba, Kiros and Hinton, "Layer Normalization", 2016.
public final class LayerNorm: Module {
  /// The normalised shape, starts as ones.
  public let weight: Parameter
  /// The normalised shape, starts as zeros.
  public let bias: Parameter
  /// Keeps the divisor from 0.
  public let eps: Double

  /// A layer over the dimensions that inputs end with.
  public init(_ normalizedShape: Shape, eps: Double = 1e-5) {
    weight = Parameter(normalizedShape, .ones)
    bias = Parameter(normalizedShape, .zeros)
    self.eps = eps
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.layerNorm(weight.shape, weight: weight.value, bias: bias.value, epsilon: eps)
  }

  public override var settings: String { "\(weight.shape), eps: \(eps)" }
}
