import LucidTensor

/// Two-dimensional convolution of `[N, C, H, W]` to `[N, O, oH, oW]`; see ``LucidTensor/Tensor/conv2d(_:bias:stride:padding:dilation:groups:)``.
///
/// The weight `[O, C / groups, kH, kW]` and the bias `[O]` start uniform on ±1/√(C / groups · kH · kW), as PyTorch's.
public final class Conv2d: Module {
  /// `[O, C / groups, kH, kW]`.
  public let weight: Parameter
  /// `[O]`.
  public let bias: Parameter?
  /// How far the window moves, height first.
  public let stride: (Int, Int)
  /// The zeros added around the input.
  public let padding: Padding
  /// The distance between the window's elements, height first.
  public let dilation: (Int, Int)
  /// The parts in which channels are convolved, each by itself.
  public let groups: Int

  /// The input's channels, C.
  public var inChannels: Int { weight.shape[1] * groups }
  /// The output's channels, O.
  public var outChannels: Int { weight.shape[0] }

  /// A layer with a rectangular window.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1),
    padding: Padding = .all(0), dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true,
    initializer: Initializer = .kaimingUniform, biasInitializer: Initializer? = nil, generator: Generator = .default
  ) {
    precondition(
      groups > 0 && inChannels % groups == 0 && outChannels % groups == 0,
      "Conv2d: \(inChannels) and \(outChannels) channels do not divide into \(groups) groups")
    weight = Parameter(
      [outChannels, inChannels / groups, kernel.0, kernel.1], initializer, generator: generator)
    let bound = 1 / Double(inChannels / groups * kernel.0 * kernel.1).squareRoot()
    self.bias =
      bias ? Parameter([outChannels], biasInitializer ?? .uniform(bound: bound), generator: generator) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// A layer with a square window.
  public convenience init(
    _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Padding = .all(0),
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer = .kaimingUniform,
    biasInitializer: Initializer? = nil, generator: Generator = .default
  ) {
    self.init(
      inChannels, outChannels, kernel: (kernel, kernel), stride: (stride, stride), padding: padding,
      dilation: (dilation, dilation), groups: groups, bias: bias, initializer: initializer,
      biasInitializer: biasInitializer, generator: generator)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.conv2d(
      weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  public override var settings: String {
    var parts = ["\(inChannels), \(outChannels)", "kernel: \(weight.shape[2])x\(weight.shape[3])"]
    if stride != (1, 1) { parts.append("stride: \(stride.0)x\(stride.1)") }
    if padding != .all(0) { parts.append("padding: \(padding)") }
    if dilation != (1, 1) { parts.append("dilation: \(dilation.0)x\(dilation.1)") }
    if groups != 1 { parts.append("groups: \(groups)") }
    if bias == nil { parts.append("bias: false") }
    return parts.joined(separator: ", ")
  }
}
