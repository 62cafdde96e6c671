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

  package func saved(wanted: [Bool]) -> Saved { Saved(inputs: [0, 1, 2, 3]) }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let (variance, weight) = (step.input(2), step.input(3))
    let gradients = step.backend.batchNormGradient(
      step.gradient(), step.input(0), mean: step.input(1), variance: variance, weight: weight, epsilon: epsilon,
      frozen: true)
    let square = 1 / (variance + Double(epsilon))
    return [
      gradients.x, step.wanted[1] ? -gradients.bias * weight * square.sqrt() : nil,
      step.wanted[2] ? gradients.weight * weight * square * -0.5 : nil, gradients.weight, gradients.bias,
    ]
  }
}

/// Normalisation of each channel with the batch's own mean and variance, which are outputs two and three. Inputs: x,
/// weight, bias.
struct BatchNormTraining: Operation {
  let epsilon: Float

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    requireChannels(inputs, "batchNorm")
    let channels = TensorType([inputs[0].shape[1]], inputs[0].dtype)
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

  func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor]) {
    let outputs = forward(inputs, on: backend)
    return (outputs, Array(outputs.dropFirst()))
  }

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: [0, 1]) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let (x, mean, variance) = (step.input(0), step.extras[0], step.extras[1])
    var gradients = step.backend.batchNormGradient(
      step.gradient(), x, mean: mean, variance: variance, weight: step.input(1), epsilon: epsilon, frozen: false)
    // The statistics depend on x too, where somebody computes with them.
    let count = Double(x.elementCount / x.shape[1])
    let byChannel = x.shape.indices.map { $0 == 1 ? x.shape[1] : 1 }
    if let gradient = step.gradientIfAny(of: 1) { gradients.x += gradient.reshape(byChannel) / count }
    if let gradient = step.gradientIfAny(of: 2) {
      gradients.x += (x - mean.reshape(byChannel)) * (gradient.reshape(byChannel) * (2 / count))
    }
    return [gradients.x, gradients.weight, gradients.bias]
  }
}

private func requireChannels(_ inputs: [TensorType], _ operation: String) {
  requireComputable(inputs, operation)
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
    requireComputable(inputs, "layerNorm")
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

  func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor]) {
    let (output, mean, variance) = backend.layerNormSaving(
      inputs[0], weight: inputs[1], bias: inputs[2], epsilon: epsilon)
    return ([output], [mean, variance])
  }

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: [0, 1]) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let gradients = step.backend.layerNormGradient(
      step.gradient(), step.input(0), mean: step.extras[0], variance: step.extras[1], weight: step.input(1),
      epsilon: epsilon)
    return [gradients.x, gradients.weight, gradients.bias]
  }
}

extension Tensor {
  /// `(x - mean) / √(variance + ε) · weight + bias` by channel of `[N, C, …]` with the given statistics `[C]`.
  ///
  /// Ioffe and Szegedy, "Batch Normalization", 2015.
  public func batchNorm(
    mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    let (weight, bias) = (weight ?? .ones(mean.shape, dtype: dtype), bias ?? .zeros(mean.shape, dtype: dtype))
    let x = rank > 4 ? reshape(Array(shape.prefix(3)) + [shape.dropFirst(3).reduce(1, *)]) : self
    return Tensor.apply(BatchNorm(epsilon: Float(epsilon)), x, mean, variance, weight, bias).reshape(shape)
  }

  /// Batch normalisation of `[N, C, …]` with the batch's own statistics, which are returned too: mean and biased
  /// variance, each `[C]`.
  public func batchNormTraining(
    weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    precondition(rank >= 2, "batchNorm: the input must be [N, C, …], not of shape \(shape)")
    let (weight, bias) = (weight ?? .ones([shape[1]], dtype: dtype), bias ?? .zeros([shape[1]], dtype: dtype))
    let x = rank > 4 ? reshape(Array(shape.prefix(3)) + [shape.dropFirst(3).reduce(1, *)]) : self
    let outputs = Tensor.apply(BatchNormTraining(epsilon: Float(epsilon)), [x, weight, bias])
    return (outputs[0].reshape(shape), outputs[1], outputs[2])
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
    let weight = weight ?? .ones(normalizedShape, dtype: dtype)
    let bias = bias ?? .zeros(normalizedShape, dtype: dtype)
    return Tensor.apply(
      LayerNorm(epsilon: Float(epsilon)), reshape([elementCount / Swift.max(size, 1), size]),
      weight.reshape([size]), bias.reshape([size])
    ).reshape(shape)
  }
}
