/// How a convolution can be computed.
package enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
  /// Product by product, as the formula has it.
  case direct
  /// Windows of 3x3 with stride 1 by Winograd's F(4x4, 3x3): a quarter of the multiplications, and rounding errors that
  /// are some ten times as large.
  case winograd
  /// By Winograd's F(2x2, 3x3): 4/9 of the multiplications, half the weights of F(4x4, 3x3), and hardly larger errors.
  case smallWinograd = "winograd-2x2"
}

/// A convolution with a bias and what is fused to it, without its numbers: all that an algorithm's speed depends on.
package struct ConvolutionProblem: Sendable, Hashable {
  package let input: Shape
  package let weight: Shape
  package let output: Shape
  let settings: ConvolutionSettings
  let hasResidual: Bool
  let activation: UnaryFunction?
  var hasBias = true
}

extension ConvolutionProblem {
  /// Whether Winograd's algorithm can compute it at all: windows of 3x3 with stride 1, and a last function that the kernel
  /// has and that leaves zeros alone, which fill up blocks of channels.
  package var mayUseWinograd: Bool {
    let hasFunction =
      switch activation {
      case nil, .relu, .leakyRelu: true
      case .clamp(let lower, let upper): lower <= 0 && upper >= 0
      default: false
      }
    return hasFunction && weight[2] == 3 && weight[3] == 3 && settings.groups == 1 && settings.stride == [1, 1]
      && settings.dilation == [1, 1] && output.elementCount > 0
  }
}

extension ConvolutionProblem: CustomStringConvertible {
  /// All of it in one line.
  package var description: String {
    let s = settings
    return "\(input) * \(weight), stride \(s.stride), padding \(s.padBegin) \(s.padEnd), dilation \(s.dilation), "
      + "groups \(s.groups)\(hasResidual ? ", residual" : "")\(activation.map { ", \($0)" } ?? "")"
  }
}
