import Foundation
import LucidTensor

/// How a parameter starts.
public enum Initializer: Sendable, Hashable {
  /// One number.
  case constant(Double)
  /// The uniform distribution on [-bound, bound).
  case uniform(bound: Double)
  /// The normal distribution with mean 0.
  case normal(deviation: Double)
  /// The normal distribution on the condition that the number is in `lower ... upper`: PyTorch's `trunc_normal_`. The
  /// bounds are the numbers' own, not counted in deviations: for small deviations the usual ones, ±2, cut nothing off.
  case truncatedNormal(mean: Double = 0, deviation: Double, lower: Double = -2, upper: Double = 2)
  /// The normal distribution with deviation `gain / √fan`, which with the gain √2 keeps the variance of activations
  /// through ReLU layers forward (`in`) or of gradients backward (`out`). He et al., "Delving Deep into Rectifiers", 2015.
  case kaimingNormal(Fan, gain: Double = 2.0.squareRoot())
  /// The uniform distribution with bound `gain · √(3 / fan)`, which has the same variance. He et al., 2015.
  case kaimingUniform(Fan, gain: Double = 2.0.squareRoot())
  /// The uniform distribution with bound `√(6 / (fan in + fan out))`. Glorot and Bengio, "Understanding the difficulty of
  /// training deep feedforward neural networks", 2010.
  case xavierUniform
  /// The normal distribution with deviation `√(2 / (fan in + fan out))`. Glorot and Bengio, 2010.
  case xavierNormal
  /// Rows that are orthogonal to each other and of length `gain`, or columns where there are more rows than columns, of
  /// the weight as a matrix `[O, I · window]`; every such matrix is as likely. Saxe et al., "Exact solutions to the
  /// nonlinear dynamics of learning in deep linear neural networks", 2013.
  case orthogonal(gain: Double = 1)

  /// Which connections of an element are counted.
  public enum Fan: Sendable, Hashable { case `in`, out }

  /// Zeros.
  public static let zeros = Initializer.constant(0)
  /// Ones.
  public static let ones = Initializer.constant(1)
  /// The uniform distribution with bound `1 / √fan in`: what PyTorch starts convolutions and linear layers with.
  public static let kaimingUniform = Initializer.kaimingUniform(.in, gain: (1.0 / 3).squareRoot())

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
    case .truncatedNormal(let mean, let deviation, let lower, let upper):
      return TruncatedNormal(mean: mean, deviation: deviation, lower: lower, upper: upper).tensor(shape, generator)
    case .kaimingNormal(let fan, let gain): return normal(gain / (fan == .in ? fanIn : fanOut).squareRoot())
    case .kaimingUniform(let fan, let gain): return uniform(gain * (3 / (fan == .in ? fanIn : fanOut)).squareRoot())
    case .xavierUniform: return uniform((6 / (fanIn + fanOut)).squareRoot())
    case .xavierNormal: return normal((2 / (fanIn + fanOut)).squareRoot())
    case .orthogonal(let gain): return orthogonalMatrix(shape, generator) * gain
    }
  }
}

/// The normal distribution on the condition that the number is between two bounds, by rejection as in PyTorch.
private struct TruncatedNormal {
  let mean, deviation, lower, upper: Double

  func tensor(_ shape: Shape, _ generator: Generator) -> Tensor {
    precondition(
      deviation > 0 && lower < upper,
      "a truncated normal distribution needs a deviation above 0 and bounds in order: \(deviation), \(lower), \(upper)")
    var (result, pending) = draw(shape, generator)
    while pending.any().item(as: Bool.self) {
      let (values, areRejected) = draw(shape, generator)
      result = .where(pending, values, result)
      pending = pending.logicalAnd(areRejected)
    }
    return result
  }

  /// Proposals, and which of them are to be drawn again.
  private func draw(_ shape: Shape, _ generator: Generator) -> (values: Tensor, areRejected: Tensor) {
    if probability(upper) - probability(lower) > 0.3 {
      let values = Tensor.randn(shape, generator: generator) * deviation + mean
      return (values, (values .< lower).logicalOr(values .> upper))
    }
    // Where a normal number is seldom between the bounds: a uniform one, taken as often as the density is high there.
    precondition(lower.isFinite && upper.isFinite, "a normal distribution that far from its mean needs finite bounds")
    let values = Tensor.rand(shape, generator: generator) * (upper - lower) + lower
    let peak = (min(max(mean, lower), upper) - mean) / deviation
    let logDensity = (((values - mean) / deviation).square() - peak * peak) * -0.5
    return (values, Tensor.rand(shape, generator: generator).log() .> logDensity)
  }

  /// How likely a number below `x` is, without the bounds.
  private func probability(_ x: Double) -> Double { (1 + erf((x - mean) / deviation / 2.0.squareRoot())) / 2 }
}

/// A matrix with orthonormal rows, or columns if they are fewer, as a tensor of a weight's shape: random normal numbers
/// made orthogonal by Gram and Schmidt's way, each vector twice because of rounding.
private func orthogonalMatrix(_ shape: Shape, _ generator: Generator) -> Tensor {
  precondition(shape.rank >= 2, "only matrices are orthogonal, not tensors of shape \(shape)")
  let (rows, columns) = (shape[0], shape.dropFirst().reduce(1, *))
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  for _ in 0..<count {
    var vector = Tensor.randn([length], generator: generator).scalars(as: Double.self)
    for _ in 0..<2 {
      for other in vectors {
        var product = 0.0
        for index in 0..<length { product += vector[index] * other[index] }
        for index in 0..<length { vector[index] -= product * other[index] }
      }
    }
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    vectors.append(vector.map { $0 / norm })
  }
  let matrix = Tensor(vectors.flatMap { $0 }, [count, length]).to(.float32)
  return (rows <= columns ? matrix : matrix.T).contiguous().reshape(shape)
}
