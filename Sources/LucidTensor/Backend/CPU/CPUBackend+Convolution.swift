import COneDNN

extension CPUBackend {
  func convolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, _ epilogue: ConvolutionEpilogue,
    shape: Shape
  ) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, x.dtype) }
    if let kind = weight.winogradKind {
      return winograd(x, weight, kind, bias: bias, settings, epilogue, shape: shape)
    }
    if x.dtype == .float64 {
      KernelLog.note("reference")
      // Only plans have epilogues, and plans are float32.
      return ReferenceConvolution(settings, input: x.shape, weight: weight.shape, output: shape)
        .forward(x, weight, bias: bias)
    }
    let key = ConvolutionKey(
      input: x.shape, weight: weight.shape, hasBias: bias != nil, hasResidual: epilogue.residual != nil,
      activation: epilogue.activation, settings: settings)
    let primitive = convolutionPrimitive(key, shape)
    let source = reordered(x.forDNN, to: primitive.descriptor(DNNL_ARG_SRC))
    let weights = packed(weight, key, primitive)
    let output = target(shape, primitive.descriptor(DNNL_ARG_DST), epilogue)
    var tensors = [(DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, output)]
    if let bias { tensors.append((DNNL_ARG_BIAS, bias.contiguous())) }
    primitive.execute(tensors)
    return output
  }

  func packedWeight(
    _ weight: Tensor, _ settings: ConvolutionSettings, hasResidual: Bool, _ activation: UnaryFunction?, input: Shape,
    shape: Shape
  ) -> Tensor {
    let key = ConvolutionKey(
      input: input, weight: weight.shape, hasBias: true, hasResidual: hasResidual, activation: activation,
      settings: settings)
    let primitive = convolutionPrimitive(key, shape)
    let packed = packed(weight, key, primitive)
    // The packed memory keeps the weight's own shape; only a convolution looks at its order.
    return Tensor(
      storage: packed.storage, shape: weight.shape, dtype: .float32,
      layout: .opaque(primitive.descriptor(DNNL_ARG_WEIGHTS)))
  }

  /// The memory orders that direct convolution wants its input, and gives its output, in.
  func directOrders(_ problem: ConvolutionProblem) -> (input: MemoryDescriptor, output: MemoryDescriptor) {
    let key = ConvolutionKey(
      input: problem.input, weight: problem.weight, hasBias: true, hasResidual: problem.hasResidual,
      activation: problem.activation, settings: problem.settings)
    let primitive = convolutionPrimitive(key, problem.output)
    return (primitive.descriptor(DNNL_ARG_SRC), primitive.descriptor(DNNL_ARG_DST))
  }

  private func convolutionPrimitive(_ key: ConvolutionKey, _ shape: Shape) -> Primitive {
    PrimitiveCache.shared.primitive(for: key) {
      let settings = key.settings
      let bias = key.hasBias ? MemoryDescriptor([key.weight[0]], strides: [1]) : nil
      let descriptors = [
        MemoryDescriptor(key.input, strides: nil), MemoryDescriptor(key.groupedWeight, strides: nil), bias,
        MemoryDescriptor(shape, strides: nil),
      ]
      return Primitive(
        "convolution", arguments: [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST], descriptors,
        attributes: PrimitiveAttributes(addsToTarget: key.hasResidual, activation: key.activation)
      ) {
        lucid_convolution(
          &$0, $1.engine, $3, $2[0], $2[1], $2[2], $2[3], settings.stride.int64,
          settings.dilation.map { $0 - 1 }.int64, settings.padBegin.int64, settings.padEnd.int64)
      }
    }
  }

  /// The weight in the primitive's order; as it is when it was packed for it before.
  private func packed(_ weight: Tensor, _ key: ConvolutionKey, _ primitive: Primitive) -> Tensor {
    let wanted = primitive.descriptor(DNNL_ARG_WEIGHTS)
    if case .opaque = weight.layout, weight.descriptor == wanted { return weight }
    return reordered(weight.contiguous().reshape(key.groupedWeight), to: wanted)
  }

  /// Memory for the output, with the residual in it where there is one.
  private func target(_ shape: Shape, _ descriptor: MemoryDescriptor, _ epilogue: ConvolutionEpilogue) -> Tensor {
    guard let residual = epilogue.residual else { return Tensor(uninitialized: shape, descriptor) }
    let here = reordered(residual.forDNN, to: descriptor)
    if epilogue.mayOverwriteResidual || here.storage !== residual.storage { return here }
    let copy = Tensor(uninitialized: shape, descriptor)
    copy.storage.base.copyMemory(from: here.bytes, byteCount: descriptor.byteCount)
    return copy
  }
}

extension Array where Element == Int {
  /// The same numbers as C's `int64_t`.
  var int64: [Int64] { map(Int64.init) }
}

private struct ConvolutionKey: Hashable {
  let input: Shape
  let weight: Shape
  let hasBias: Bool
  let hasResidual: Bool
  let activation: UnaryFunction?
  let settings: ConvolutionSettings

  /// The weight's shape as oneDNN wants it: with the groups as a dimension of their own.
  var groupedWeight: Shape { settings.grouped(weight) }
}
