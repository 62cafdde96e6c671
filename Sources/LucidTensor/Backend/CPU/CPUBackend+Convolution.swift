import CLucidKernels

extension CPUBackend {
  func convolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, x.dtype) }
    if x.dtype == .float64 {
      return ReferenceConvolution(settings, input: x.shape, weight: weight.shape, output: shape)
        .forward(x, weight, bias: bias)
    }
    let problem = ConvolutionProblem(
      input: x.shape, weight: weight.shape, output: shape, settings: settings, hasResidual: false, activation: nil,
      hasBias: bias != nil)
    return DirectConvolution(problem)(x, weight, bias: bias, residual: nil, mayOverwriteResidual: false)
  }

  func convolutionKernel(
    for problem: ConvolutionProblem, _ algorithm: ConvolutionAlgorithm
  ) -> any ConvolutionKernel {
    switch algorithm {
    case .direct: DirectConvolution(problem)
    case .winograd: WinogradConvolution(problem, lucid_winograd_best(false))
    case .smallWinograd: WinogradConvolution(problem, lucid_winograd_best(true))
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

extension Array where Element == Int {
  /// The same numbers as C's `int64_t`.
  var int64: [Int64] { map(Int64.init) }
}
