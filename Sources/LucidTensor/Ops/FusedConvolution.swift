/// What is done to a convolution's output while it is still in the processor's registers.
package struct ConvolutionEpilogue: Sendable {
  /// A tensor of the output's shape to add first.
  var residual: Tensor?
  /// Whether the residual's memory may become the output's, because nobody else needs it.
  var mayOverwriteResidual = false
  /// The function applied last.
  var activation: UnaryFunction?
}

/// A convolution with a bias, an addition and an activation in one pass over memory: what a plan makes of several
/// operations. Inputs: x, weight, bias, and the residual where there is one.
package struct FusedConvolution: Operation {
  package let convolution: Convolution
  /// The function applied last.
  package var activation: UnaryFunction?
  /// Whether the fourth input's memory may become the output's.
  package var mayOverwriteResidual = false

  package init(_ convolution: Convolution) { self.convolution = convolution }

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let outputs = convolution.outputTypes(Array(inputs.prefix(3)))
    if inputs.count > 3 {
      precondition(inputs[3] == outputs[0], "conv2d: \(inputs[3]) cannot be added to \(outputs[0])")
    }
    return outputs
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let shape = convolution.outputTypes(inputs.prefix(3).map(\.type))[0].shape
    let epilogue = ConvolutionEpilogue(
      residual: inputs.count > 3 ? inputs[3] : nil, mayOverwriteResidual: mayOverwriteResidual,
      activation: activation)
    return [
      backend.convolution(
        inputs[0], inputs[1], bias: inputs[2], convolution.settings, epilogue, shape: shape)
    ]
  }

  /// The weight in the order that the backend wants it in, for inputs of a shape and an algorithm.
  package func packed(
    _ weight: Tensor, input: Shape, output: Shape, hasResidual: Bool, _ algorithm: ConvolutionAlgorithm
  ) -> Tensor {
    switch algorithm {
    case .direct:
      weight.device.backend.packedWeight(
        weight, convolution.settings, hasResidual: hasResidual, activation, input: input, shape: output)
    case .winograd: weight.device.backend.winogradWeight(weight, forGradient: false)
    }
  }

  /// What an algorithm is chosen for.
  package func problem(weight: Shape, input: Shape, output: Shape, hasResidual: Bool) -> ConvolutionProblem {
    ConvolutionProblem(
      input: input, weight: weight, output: output, settings: convolution.settings, hasResidual: hasResidual,
      activation: activation)
  }
}
