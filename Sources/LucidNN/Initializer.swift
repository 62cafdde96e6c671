import LucidTensor

/// How a parameter starts.
public enum Initializer: Sendable, Hashable {
  /// One number.
  case constant(Double)
  /// The uniform distribution on [-bound, bound).
  case uniform(bound: Double)
  /// The normal distribution with mean 0.
  case normal(deviation: Double)
  /// The normal distribution with mean 0, drawn again where it falls outside two deviations.
  case truncatedNormal(deviation: Double)
  /// The normal distribution with deviation `√(2 / fan)`, which keeps the variance of activations through ReLU layers
  /// forward (`in`) or of gradients backward (`out`). He et al., "Delving Deep into Rectifiers", 2015.
  case kaimingNormal(Fan)
  /// The uniform distribution with bound `1 / √fan in`: what PyTorch starts convolutions and linear layers with.
  case kaimingUniform
  /// The uniform distribution with bound `√(6 / (fan in + fan out))`. Glorot and Bengio, 2010.
  case xavierUniform

  /// Which connections of an element are counted.
  public enum Fan: Sendable, Hashable { case `in`, out }

  /// Zeros.
  public static let zeros = Initializer.constant(0)
  /// Ones.
  public static let ones = Initializer.constant(1)

  /// A float32 tensor that starts so. Fans are those of a weight `[O, I, …]`: I or O times the window's size.
  public func tensor(_ shape: Shape, generator: Generator = .default) -> Tensor {
    let window = shape.dropFirst(2).reduce(1, *)
    let fanIn = Double((shape.rank > 1 ? shape[1] : shape.elementCount) * window)
    let fanOut = Double((shape.rank > 0 ? shape[0] : 1) * window)
    func uniform(_ bound: Double) -> Tensor { Tensor.rand(shape, generator: generator) * (2 * bound) - bound }
    func normal(_ deviation: Double) -> Tensor { Tensor.randn(shape, generator: generator) * deviation }
    switch self {
    case .constant(let value): return .full(shape, value)
    case .uniform(let bound): return uniform(bound)
    case .normal(let deviation): return normal(deviation)
    case .truncatedNormal(let deviation): return truncated(shape, generator) * deviation
    case .kaimingNormal(let fan): return normal((2 / (fan == .in ? fanIn : fanOut)).squareRoot())
    case .kaimingUniform: return uniform(1 / fanIn.squareRoot())
    case .xavierUniform: return uniform((6 / (fanIn + fanOut)).squareRoot())
    }
  }

  private func truncated(_ shape: Shape, _ generator: Generator) -> Tensor {
    var result = Tensor.randn(shape, generator: generator)
    while true {
      let outside = result.abs() .> 2
      guard outside.any().item(as: Bool.self) else { return result }
      result = .where(outside, .randn(shape, generator: generator), result)
    }
  }
}
