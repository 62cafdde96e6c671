/// Softmax or its logarithm along a dimension.
struct Softmax: Operation {
  let axis: Int
  let logarithm: Bool

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    requireComputable(inputs, "softmax")
    return inputs
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.softmax(inputs[0], axis: axis, logarithm: logarithm)]
  }

  func saved(wanted: [Bool]) -> Saved { Saved(outputs: [0]) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    [step.backend.softmaxGradient(step.gradient(), output: step.output(), axis: axis, logarithm: logarithm)]
  }
}

extension Tensor {
  /// `exp(xᵢ) / Σⱼ exp(xⱼ)` along a dimension, computed without overflow.
  public func softmax(dim: Int) -> Tensor { Tensor.apply(Softmax(axis: shape.axis(dim), logarithm: false), self) }

  /// The natural logarithm of ``softmax(dim:)``, computed without underflow.
  public func logSoftmax(dim: Int) -> Tensor { Tensor.apply(Softmax(axis: shape.axis(dim), logarithm: true), self) }
}
