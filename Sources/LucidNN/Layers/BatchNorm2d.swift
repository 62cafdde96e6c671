import LucidTensor

/// Batch normalisation of `[N, C, H, W]`: `y = (x - mean) / √(variance + ε) · weight + bias` by channel.
///
/// While training, mean and variance are the batch's, and the running ones move towards them by `momentum`; the running
/// variance is the unbiased one. Otherwise the running ones are used. Ioffe and Szegedy, "Batch Normalization", 2015.
public final class BatchNorm2d: Module {
  /// `[C]`, starts as ones.
  public let weight: Parameter
  /// `[C]`, starts as zeros.
  public let bias: Parameter
  /// `[C]`, starts as zeros.
  public let runningMean: Buffer
  /// `[C]`, starts as ones.
  public let runningVar: Buffer
  /// The number of training batches seen, an int64 scalar.
  public let numBatchesTracked: Buffer
  /// Keeps the divisor from 0.
  public let eps: Double
  /// How far the running statistics move towards each batch's.
  public let momentum: Double

  /// A layer for `channels` channels.
  public init(_ channels: Int, eps: Double = 1e-5, momentum: Double = 0.1, initializer: Initializer = .ones) {
    weight = Parameter([channels], initializer)
    bias = Parameter([channels], .zeros)
    runningMean = Buffer(.zeros([channels]))
    runningVar = Buffer(.ones([channels]))
    numBatchesTracked = Buffer(.zeros([], dtype: .int64), isOptional: true)
    self.eps = eps
    self.momentum = momentum
  }

  public override func forward(_ x: Tensor) -> Tensor {
    if !isTraining {
      return x.batchNorm(
        mean: runningMean.value, variance: runningVar.value, weight: weight.value, bias: bias.value, epsilon: eps)
    }
    let (output, mean, variance) = x.batchNormTraining(weight: weight.value, bias: bias.value, epsilon: eps)
    if GradientMode.isRecomputing { return output }
    let count = Double(x.elementCount / x.shape[1])
    runningMean.value = runningMean.value * (1 - momentum) + mean * momentum
    runningVar.value = runningVar.value * (1 - momentum) + variance * (momentum * count / (count - 1))
    numBatchesTracked.value += Tensor(1)
    return output
  }

  public override var settings: String { "\(weight.shape[0]), eps: \(eps), momentum: \(momentum)" }
}
