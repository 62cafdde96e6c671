/// Normalisation of each channel with a given mean and variance. Inputs: x, mean, variance, weight, bias.
package struct BatchNorm: Operation {
  package let epsilon: Float

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    requireChannels(inputs, "batchNorm")
    return [inputs[0]]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [
      backend.batchNorm(
        inputs[0], mean: inputs[1], variance: inputs[2], weight: inputs[3], bias: inputs[4], epsilon: epsilon)
    ]
  }
}

/// Normalisation of each channel with the batch's own mean and variance, which are outputs two and three. Inputs: x,
/// weight, bias.
struct BatchNormTraining: Operation {
  let epsilon: Float

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    requireChannels(inputs, "batchNorm")
    let channels = TensorType([inputs[0].shape[1]])
    precondition(
      inputs[0].shape.elementCount > inputs[0].shape[1],
      "batchNorm: training needs more than one value a channel, not an input of shape \(inputs[0].shape)")
    return [inputs[0], channels, channels]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let (output, mean, variance) = backend.batchNormTraining(
      inputs[0], weight: inputs[1], bias: inputs[2], epsilon: epsilon)
    return [output, mean, variance]
  }
}

private func requireChannels(_ inputs: [TensorType], _ operation: String) {
  requireFloat32(inputs, operation)
  let x = inputs[0].shape
  precondition(x.rank >= 2, "\(operation): the input must be [N, C, …], not of shape \(x)")
  for input in inputs.dropFirst() {
    precondition(input.shape == [x[1]], "\(operation): \(input.shape) does not fit the \(x[1]) channels of \(x)")
  }
}

/// Normalisation over the last dimension. Inputs: x, weight, bias.
struct LayerNorm: Operation {
  let epsilon: Float

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    requireFloat32(inputs, "layerNorm")
    let x = inputs[0].shape
    precondition(x.rank >= 1, "layerNorm: a scalar has no dimension to normalise over")
    for input in inputs.dropFirst() {
      precondition(
        input.shape == [x[x.rank - 1]], "layerNorm: \(input.shape) does not fit the last dimension of \(x)")
    }
    return [inputs[0]]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.layerNorm(inputs[0], weight: inputs[1], bias: inputs[2], epsilon: epsilon)]
  }
}

extension Tensor {
  /// `(x - mean) / √(variance + ε) · weight + bias` by channel of `[N, C, …]` with the given statistics `[C]`.
  ///
  /// Ioffe and Szegedy, "Batch Normalization", 2015.
  public func batchNorm(
    mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    let (weight, bias) = (weight ?? .ones(mean.shape), bias ?? .zeros(mean.shape))
    return Tensor.apply(BatchNorm(epsilon: Float(epsilon)), self, mean, variance, weight, bias)
  }

  /// Batch normalisation of `[N, C, …]` with the batch's own statistics, which are returned too: mean and biased
  /// variance, each `[C]`.
  public func batchNormTraining(
    weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    precondition(rank >= 2, "batchNorm: the input must be [N, C, …], not of shape \(shape)")
    let (weight, bias) = (weight ?? .ones([shape[1]]), bias ?? .zeros([shape[1]]))
    let outputs = Tensor.apply(BatchNormTraining(epsilon: Float(epsilon)), [self, weight, bias])
    return (outputs[0], outputs[1], outputs[2])
  }

  /// `(x - mean) / √(variance + ε) · weight + bias` with mean and variance over the last dimensions, as many as
  /// `normalizedShape` has; weight and bias have that shape.
  ///
  /// Ba, Kiros and Hinton, "Layer Normalization", 2016.
  public func layerNorm(
    _ normalizedShape: Shape, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    precondition(
      normalizedShape.rank <= rank && Array(shape.suffix(normalizedShape.rank)) == normalizedShape.dimensions,
      "layerNorm: \(normalizedShape) is not what \(shape) ends with")
    let size = normalizedShape.elementCount
    let (weight, bias) = (weight ?? .ones(normalizedShape), bias ?? .zeros(normalizedShape))
    return Tensor.apply(
      LayerNorm(epsilon: Float(epsilon)), reshape([elementCount / Swift.max(size, 1), size]),
      weight.reshape([size]), bias.reshape([size])
    ).reshape(shape)
  }
}
