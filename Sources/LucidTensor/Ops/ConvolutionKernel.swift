/// A convolution made ready for its shapes: all has been decided that can be before the numbers are there.
package protocol ConvolutionKernel: Sendable {
  /// The weight `[O, C / groups, kH, kW]` in the order that the kernel computes with; as it is where it is in it already.
  func packed(_ weight: Tensor) -> Tensor

  /// Whether a weight is in that order.
  func isPacked(_ weight: Tensor) -> Bool

  /// `activation(conv(x, weight) + bias + residual)`, as far as the ``ConvolutionProblem`` that it was made for has them.
  ///
  /// - Parameter mayOverwriteResidual: whether the residual's memory may become the output's, because nobody else needs it.
  func callAsFunction(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, residual: Tensor?, mayOverwriteResidual: Bool
  ) -> Tensor
}
