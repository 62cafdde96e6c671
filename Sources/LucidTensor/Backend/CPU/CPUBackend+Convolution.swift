import CLucidKernels

extension CPUBackend {
  func convolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, x.dtype) }
    if x.dtype == .float64 {
      KernelLog.note("reference")
      return ReferenceConvolution(settings, input: x.shape, weight: weight.shape, output: shape)
        .forward(x, weight, bias: bias)
    }
    return DirectConvolution(ConvolutionProblem(x, weight, bias, settings, shape))(
      x, weight, bias: bias, residual: nil, mayOverwriteResidual: false)
  }

  func trainingConvolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor {
    let problem = ConvolutionProblem(x, weight, bias, settings, shape)
    guard x.dtype == .float32, let kind = problem.trainingKind else {
      return convolution(x, weight, bias: bias, settings, shape: shape)
    }
    let kernel = WinogradConvolution(problem, kind)
    return kernel(x, kernel.packed(weight), bias: bias, residual: nil, mayOverwriteResidual: false)
  }

  func convolutionKernel(
    for problem: ConvolutionProblem, _ algorithm: ConvolutionAlgorithm, pools: Bool = false
  ) -> any ConvolutionKernel {
    precondition(algorithm != .direct || !pools, "direct convolution cannot pool")
    return switch algorithm {
    case .direct: DirectConvolution(problem)
    case .winograd: WinogradConvolution(problem, lucid_winograd_best(false), pools: pools)
    case .smallWinograd: WinogradConvolution(problem, lucid_winograd_best(true), pools: pools)
    }
  }

  func algorithms(for problem: ConvolutionProblem) -> [ConvolutionAlgorithm] {
    let block = lucid_winograd_block(lucid_winograd_best(false))
    guard problem.mayUseWinograd, problem.input[1] >= block, problem.weight[0] >= block else { return [.direct] }
    // Where direct convolution takes and gives other orders than this, so do the neighbours: then all would be reordered.
    let direct = DirectConvolution(problem)
    let fits =
      direct.sourceOrder == MemoryDescriptor(problem.input, block: block)
      && direct.targetOrder == MemoryDescriptor(problem.output, block: block)
    return fits ? [.direct, .winograd, .smallWinograd] : [.direct]
  }
}

extension ConvolutionProblem {
  /// A convolution by itself, with nothing fused to it.
  fileprivate init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ settings: ConvolutionSettings, _ output: Shape) {
    self.init(
      input: x.shape, weight: weight.shape, output: output, settings: settings, hasResidual: false, activation: nil,
      hasBias: bias != nil)
  }

  /// The kernel of Winograd's algorithm that trains faster than direct convolution, though it must transform the weight anew
  /// in each step: where a batch has so many pixels that this is little, and channels fill the blocks. F(2x2), because its
  /// rounding errors are hardly larger than direct convolution's; with `LUCID_CONV=winograd` F(4x4); none with `direct`.
  var trainingKind: lucid_winograd_kind? {
    guard let kind = Self.trainingKind else { return nil }
    let block = lucid_winograd_block(kind)
    let pays =
      input[1] % block == 0 && weight[0] % block == 0 && min(input[1], weight[0]) >= 32
      && output[0] * output[2] * output[3] >= 512
    return mayUseWinograd && settings.padBegin.allSatisfy { $0 <= 2 } && pays ? kind : nil
  }

  private static let trainingKind: lucid_winograd_kind? =
    switch Convolutions.standard {
    case .direct: nil
    case .winograd: lucid_winograd_best(false)
    case .measured: lucid_winograd_best(true)
    }
}

extension Array where Element == Int {
  /// The same numbers as C's `int64_t`.
  var int64: [Int64] { map(Int64.init) }
}
