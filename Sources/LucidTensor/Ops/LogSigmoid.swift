/// The logarithm of the sigmoid.
package struct LogSigmoid: Operation {
  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(
      inputs[0].dtype.isFloatingPoint, "logSigmoid needs floating-point numbers, not \(inputs[0].dtype)")
    return inputs
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [inputs[0].clamp(-.infinity, 0) - (-inputs[0].abs()).exp().log1p()]
  }

  package func saved(wanted: [Bool]) -> Saved { Saved(inputs: [0]) }

  package func vjp(_ step: BackwardStep) -> [Tensor?] { [step.gradient() * (-step.input(0)).sigmoid()] }
}

extension Tensor {
  /// `log(1 / (1 + exp(-x)))`, computed as `min(x, 0) - log(1 + exp(-|x|))`: without overflow.
  public func logSigmoid() -> Tensor { Tensor.apply(LogSigmoid(), self) }
}
