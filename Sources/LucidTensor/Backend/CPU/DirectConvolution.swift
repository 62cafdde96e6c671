import COneDNN

/// A convolution by oneDNN.
struct DirectConvolution: ConvolutionKernel {
  private let primitive: Primitive
  private let output: Shape
  private let groupedWeight: Shape
  /// The memory orders that it wants its input and weight, and gives its output, in.
  let sourceOrder, weightOrder, targetOrder: MemoryDescriptor

  init(_ problem: ConvolutionProblem) {
    let groupedWeight = problem.settings.grouped(problem.weight)
    let primitive = PrimitiveCache.shared.primitive(for: problem) {
      let settings = problem.settings
      let descriptors = [
        MemoryDescriptor(problem.input, strides: nil), MemoryDescriptor(groupedWeight, strides: nil),
        problem.hasBias ? MemoryDescriptor([problem.weight[0]], strides: [1]) : nil,
        MemoryDescriptor(problem.output, strides: nil),
      ]
      return Primitive(
        "convolution", arguments: [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST], descriptors,
        attributes: PrimitiveAttributes(addsToTarget: problem.hasResidual, activation: problem.activation)
      ) {
        lucid_convolution(
          &$0, $1.engine, $3, $2[0], $2[1], $2[2], $2[3], settings.stride.int64,
          settings.dilation.map { $0 - 1 }.int64, settings.padBegin.int64, settings.padEnd.int64)
      }
    }
    (self.primitive, self.groupedWeight, output) = (primitive, groupedWeight, problem.output)
    sourceOrder = primitive.descriptor(DNNL_ARG_SRC)
    weightOrder = primitive.descriptor(DNNL_ARG_WEIGHTS)
    targetOrder = primitive.descriptor(DNNL_ARG_DST)
  }

  func isPacked(_ weight: Tensor) -> Bool {
    guard case .opaque(let layout) = weight.layout, let order = layout as? MemoryDescriptor else { return false }
    return order == weightOrder
  }

  func packed(_ weight: Tensor) -> Tensor {
    let packed = reordered(weight)
    // The packed memory keeps the weight's own shape; only a convolution looks at its order.
    return Tensor(storage: packed.storage, shape: weight.shape, dtype: .float32, layout: .opaque(weightOrder))
  }

  func callAsFunction(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, residual: Tensor?, mayOverwriteResidual: Bool
  ) -> Tensor {
    let y = target(residual, mayOverwriteResidual)
    var tensors = [
      (DNNL_ARG_SRC, CPUBackend().reordered(x.forDNN, to: sourceOrder)), (DNNL_ARG_WEIGHTS, reordered(weight)),
      (DNNL_ARG_DST, y),
    ]
    if let bias { tensors.append((DNNL_ARG_BIAS, bias.contiguous())) }
    primitive.execute(tensors)
    return y
  }

  /// The weight in the primitive's order; as it is when it was packed for it before.
  private func reordered(_ weight: Tensor) -> Tensor {
    if isPacked(weight) { return weight }
    return CPUBackend().reordered(weight.contiguous().reshape(groupedWeight), to: weightOrder)
  }

  /// Memory for the output, with the residual in it where there is one.
  private func target(_ residual: Tensor?, _ mayOverwrite: Bool) -> Tensor {
    guard let residual else { return Tensor(uninitialized: output, targetOrder) }
    let here = CPUBackend().reordered(residual.forDNN, to: targetOrder)
    if mayOverwrite || here.storage !== residual.storage { return here }
    let copy = Tensor(uninitialized: output, targetOrder)
    copy.storage.base.copyMemory(from: here.bytes, byteCount: targetOrder.byteCount)
    return copy
  }
}
