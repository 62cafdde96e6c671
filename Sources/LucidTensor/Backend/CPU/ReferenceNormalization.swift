/// Normalisation and softmax in float64, by their formulas: for checks of gradients, many times slower than oneDNN, which
/// computes in float32 only.
enum ReferenceNormalization {
  /// The dimensions of `[N, C, …]` that a channel's statistics are taken over.
  private static func others(_ x: Tensor) -> [Int] { x.shape.indices.filter { $0 != 1 } }

  /// `[C]` as `[1, C, 1, …]`.
  private static func byChannel(_ values: Tensor, _ x: Tensor) -> Tensor {
    values.reshape(x.shape.indices.map { $0 == 1 ? x.shape[1] : 1 })
  }

  private static func sum(_ x: Tensor, _ axes: [Int]) -> Tensor {
    Tensor.apply(Reduce(function: .sum, axes: axes), x)
  }

  static func batchNorm(
    _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> Tensor {
    let scale = (variance + Double(epsilon)).rsqrt() * weight
    return (x - byChannel(mean, x)) * byChannel(scale, x) + byChannel(bias, x)
  }

  /// The mean and the biased variance of each channel.
  static func statistics(_ x: Tensor) -> (mean: Tensor, variance: Tensor) {
    let axes = others(x)
    let count = Double(x.elementCount / x.shape[1])
    let mean = sum(x, axes) / count
    return (mean.reshape(-1), (sum((x - mean).square(), axes) / count).reshape(-1))
  }

  static func batchNormGradient(
    _ g: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float, frozen: Bool
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let scale = byChannel((variance + Double(epsilon)).rsqrt(), x)
    let normalized = (x - byChannel(mean, x)) * scale
    return gradient(g, normalized, scale, byChannel(weight, x), over: others(x), frozen: frozen, kept: [-1])
  }

  static func layerNorm(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let mean = x.mean(dim: -1, keepDim: true)
    let variance = (x - mean).square().mean(dim: -1, keepDim: true)
    let output = (x - mean) * (variance + Double(epsilon)).rsqrt() * weight + bias
    return (output, mean.squeeze(-1), variance.squeeze(-1))
  }

  static func layerNormGradient(
    _ g: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let scale = (variance.unsqueeze(-1) + Double(epsilon)).rsqrt()
    let normalized = (x - mean.unsqueeze(-1)) * scale
    let rows = Array(0..<(x.rank - 1))
    let inputs = gradient(g, normalized, scale, weight, over: [x.rank - 1], frozen: false, kept: [-1]).x
    return (inputs, sum(g * normalized, rows).reshape(-1), sum(g, rows).reshape(-1))
  }

  /// Through `normalized = (x - mean) · scale` and `y = normalized · weight + bias`, where mean and scale depend on x
  /// unless they are frozen; Ioffe and Szegedy, 2015, section 3.
  private static func gradient(
    _ g: Tensor, _ normalized: Tensor, _ scale: Tensor, _ weight: Tensor, over axes: [Int], frozen: Bool, kept: [Int]
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let (weightGradient, biasGradient) = (sum(g * normalized, axes), sum(g, axes))
    let direct = g * weight
    let count = Double(axes.reduce(1) { $0 * g.shape[$1] })
    let x =
      frozen
      ? direct * scale
      : scale * (direct - sum(direct, axes) / count - normalized * (sum(direct * normalized, axes) / count))
    return (x, weightGradient.reshape(kept), biasGradient.reshape(kept))
  }

  static func softmax(_ x: Tensor, axis: Int, logarithm: Bool) -> Tensor {
    let shifted = x - x.max(dim: axis, keepDim: true)
    let total = shifted.exp().sum(dim: axis, keepDim: true)
    return logarithm ? shifted - total.log() : shifted.exp() / total
  }

  static func softmaxGradient(_ g: Tensor, output: Tensor, axis: Int, logarithm: Bool) -> Tensor {
    logarithm
      ? g - output.exp() * g.sum(dim: axis, keepDim: true) : output * (g - (g * output).sum(dim: axis, keepDim: true))
  }
}
