import CLucidKernels
import COneDNN

extension CPUBackend {
  func convolutionInputGradient(
    _ gradient: Tensor, _ weight: Tensor, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor {
    if gradient.elementCount == 0 { return .zeros(shape, dtype: gradient.dtype) }
    if gradient.dtype == .float64 {
      return ReferenceConvolution(settings, input: shape, weight: weight.shape, output: gradient.shape)
        .inputGradient(gradient, weight)
    }
    let problem = ConvolutionProblem(
      input: shape, weight: weight.shape, output: gradient.shape, settings: settings, hasResidual: false,
      activation: nil, hasBias: false)
    if let kind = problem.trainingKind { return winogradInputGradient(gradient, weight, problem, kind) }
    let key = ConvolutionGradientKey(
      input: shape, weight: weight.shape, output: gradient.shape, settings: settings, kind: .input)
    let primitive = key.primitive(arguments: [DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST])
    let output = Tensor(uninitialized: shape, primitive.descriptor(DNNL_ARG_DIFF_SRC))
    primitive.execute([
      (DNNL_ARG_DIFF_SRC, output),
      (
        DNNL_ARG_WEIGHTS,
        reordered(
          weight.contiguous().reshape(settings.grouped(weight.shape)), to: primitive.descriptor(DNNL_ARG_WEIGHTS))
      ),
      (DNNL_ARG_DIFF_DST, reordered(gradient.forDNN, to: primitive.descriptor(DNNL_ARG_DIFF_DST))),
    ])
    return output
  }

  /// The gradient of a convolution's input is the convolution of its output's with the window turned around.
  private func winogradInputGradient(
    _ gradient: Tensor, _ weight: Tensor, _ problem: ConvolutionProblem, _ kind: lucid_winograd_kind
  ) -> Tensor {
    var settings = problem.settings
    settings.padBegin = settings.padBegin.map { 2 - $0 }
    settings.padEnd = settings.padEnd.map { 2 - $0 }
    let turned = ConvolutionProblem(
      input: problem.output, weight: [problem.weight[1], problem.weight[0], 3, 3], output: problem.input,
      settings: settings, hasResidual: false, activation: nil, hasBias: false)
    return WinogradConvolution(turned, kind)(
      gradient, WinogradConvolution.packed(weight, forGradient: true, kind), bias: nil, residual: nil,
      mayOverwriteResidual: false)
  }

  func convolutionWeightGradient(
    _ gradient: Tensor, _ x: Tensor, _ settings: ConvolutionSettings, shape: Shape, wantsBias: Bool
  ) -> (weight: Tensor, bias: Tensor?) {
    if gradient.elementCount == 0 {
      return (.zeros(shape, dtype: x.dtype), wantsBias ? .zeros([shape[0]], dtype: x.dtype) : nil)
    }
    if gradient.dtype == .float64 {
      let reference = ReferenceConvolution(settings, input: x.shape, weight: shape, output: gradient.shape)
      return (reference.weightGradient(gradient, x), wantsBias ? gradient.sum(dim: 0, 2, 3) : nil)
    }
    let key = ConvolutionGradientKey(
      input: x.shape, weight: shape, output: gradient.shape, settings: settings,
      kind: wantsBias ? .weightAndBias : .weight)
    let primitive = key.primitive(
      arguments: [DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS, DNNL_ARG_DIFF_DST])
    let weight = Tensor(uninitialized: settings.grouped(shape), primitive.descriptor(DNNL_ARG_DIFF_WEIGHTS))
    let bias = wantsBias ? Tensor(uninitialized: [shape[0]], .float32) : nil
    var tensors = [
      (DNNL_ARG_SRC, reordered(x.forDNN, to: primitive.descriptor(DNNL_ARG_SRC))), (DNNL_ARG_DIFF_WEIGHTS, weight),
      (DNNL_ARG_DIFF_DST, reordered(gradient.forDNN, to: primitive.descriptor(DNNL_ARG_DIFF_DST))),
    ]
    if let bias { tensors.append((DNNL_ARG_DIFF_BIAS, bias)) }
    primitive.execute(tensors)
    return (plain(weight).reshape(shape), bias)
  }
}

extension ConvolutionSettings {
  /// A weight's shape as oneDNN wants it: with the groups as a dimension of their own.
  func grouped(_ weight: Shape) -> Shape {
    groups == 1 ? weight : Shape([groups, weight[0] / groups] + weight.dropFirst())
  }
}

private struct ConvolutionGradientKey: Hashable {
  enum Kind { case input, weight, weightAndBias }
  let input: Shape
  let weight: Shape
  let output: Shape
  let settings: ConvolutionSettings
  let kind: Kind

  func primitive(arguments: [Int32]) -> Primitive {
    PrimitiveCache.shared.primitive(for: self) {
      let orders = [input, settings.grouped(weight), output].map { MemoryDescriptor($0, strides: nil) }
      let bias = kind == .weightAndBias ? MemoryDescriptor([weight[0]], strides: [1]) : nil
      let (strides, dilations) = (settings.stride.int64, settings.dilation.map { $0 - 1 }.int64)
      let (padBegin, padEnd) = (settings.padBegin.int64, settings.padEnd.int64)
      return Primitive("convolution backward", arguments: arguments, orders + [bias]) {
        kind == .input
          ? lucid_convolution_backward_data(
            &$0, $1.engine, $3, $2[0], $2[1], $2[2], strides, dilations, padBegin, padEnd)
          : lucid_convolution_backward_weights(
            &$0, $1.engine, $3, $2[0], $2[1], $2[3], $2[2], strides, dilations, padBegin, padEnd)
      }
    }
  }
}
