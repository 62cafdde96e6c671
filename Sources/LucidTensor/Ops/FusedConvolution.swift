/// A convolution with a bias, an addition and an activation in one pass over memory: what a plan makes of several
/// operations. Inputs: x, weight, bias, and the residual where there is one.
package struct FusedConvolution: Operation {
  package let convolution: Convolution
  /// Which of the network's convolutions it is, counted from 0 as they follow each other.
  package let number: Int
  /// The function applied last.
  package var activation: UnaryFunction?
  /// Whether the fourth input's memory may become the output's.
  package var mayOverwriteResidual = false
  /// Whether the output is the greatest of each 2x2 values: a max pooling is part of it.
  package var pools = false
  /// What computes it for the shapes of the graph; the weight is then in the kernel's order.
  package var kernel: (any ConvolutionKernel)?

  package init(_ convolution: Convolution, number: Int) { (self.convolution, self.number) = (convolution, number) }

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let outputs = convolution.outputTypes(Array(inputs.prefix(3)))
    if inputs.count > 3 {
      precondition(inputs[3] == outputs[0], "conv2d: \(inputs[3]) cannot be added to \(outputs[0])")
    }
    return pools ? [TensorType(outputs[0].shape.halved, outputs[0].dtype)] : outputs
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let residual = inputs.count > 3 ? inputs[3] : nil
    if let kernel {
      return [
        kernel(inputs[0], inputs[1], bias: inputs[2], residual: residual, mayOverwriteResidual: mayOverwriteResidual)
      ]
    }
    var y = convolution.forward(Array(inputs.prefix(3)), on: backend)[0]
    if let residual { y = y + residual }
    if let activation { y = backend.unary(activation, y) }
    return [pools ? y.maxPool2d(kernel: (2, 2)) : y]
  }

  /// What an algorithm is chosen for.
  package func problem(weight: Shape, input: Shape, hasResidual: Bool) -> ConvolutionProblem {
    ConvolutionProblem(
      input: input, weight: weight, output: convolution.outputTypes([TensorType(input), TensorType(weight)])[0].shape,
      settings: convolution.settings, hasResidual: hasResidual, activation: activation)
  }
}

extension Shape {
  /// `[N, C, H / 2, W / 2]`, rounded down.
  var halved: Shape { [self[0], self[1], self[2] / 2, self[3] / 2] }
}
