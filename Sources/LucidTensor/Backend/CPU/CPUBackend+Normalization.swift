import COneDNN

extension CPUBackend {
  func batchNorm(
    _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> Tensor {
    if x.elementCount == 0 { return x }
    if x.dtype == .float64 {
      return ReferenceNormalization.batchNorm(
        x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
    }
    let x = x.forDNN
    let statistics = [mean, variance, weight, bias].map { $0.contiguous() }
    let primitive = batchNormPrimitive(x, epsilon, global: true)
    let output = Tensor(uninitialized: x.shape, primitive.descriptor(DNNL_ARG_DST))
    primitive.execute([
      (DNNL_ARG_SRC, x), (DNNL_ARG_MEAN, statistics[0]), (DNNL_ARG_VARIANCE, statistics[1]),
      (DNNL_ARG_SCALE, statistics[2]), (DNNL_ARG_SHIFT, statistics[3]), (DNNL_ARG_DST, output),
    ])
    return output
  }

  func batchNormTraining(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    if x.dtype == .float64 {
      let (mean, variance) = ReferenceNormalization.statistics(x)
      let output = ReferenceNormalization.batchNorm(
        x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
      return (output, mean, variance)
    }
    let (x, weight, bias) = (x.forDNN, weight.contiguous(), bias.contiguous())
    let primitive = batchNormPrimitive(x, epsilon, global: false)
    let output = Tensor(uninitialized: x.shape, primitive.descriptor(DNNL_ARG_DST))
    let (mean, variance) = (
      Tensor(uninitialized: weight.shape, .float32), Tensor(uninitialized: weight.shape, .float32)
    )
    primitive.execute([
      (DNNL_ARG_SRC, x), (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance),
      (DNNL_ARG_SCALE, weight), (DNNL_ARG_SHIFT, bias), (DNNL_ARG_DST, output),
    ])
    return (output, mean, variance)
  }

  private func batchNormPrimitive(_ x: Tensor, _ epsilon: Float, global: Bool) -> Primitive {
    let key = NormKey(data: x.descriptor, shape: x.shape, epsilon: epsilon, kind: global ? .batch : .batchTraining)
    return PrimitiveCache.shared.primitive(for: key) {
      let arguments = [
        DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_SCALE, DNNL_ARG_SHIFT,
      ]
      return Primitive("batch norm", arguments: arguments, [key.data]) {
        lucid_batch_norm(&$0, $1.engine, $3, global, $2[0], epsilon)
      }
    }
  }

  func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float) -> Tensor {
    if x.elementCount == 0 { return x }
    if x.dtype == .float64 {
      return ReferenceNormalization.layerNorm(x, weight: weight, bias: bias, epsilon: epsilon).output
    }
    let (x, weight, bias) = (x.contiguous(), weight.contiguous(), bias.contiguous())
    let rows = Shape(Array(x.shape.dropLast()))
    let key = NormKey(data: x.descriptor, shape: x.shape, epsilon: epsilon, kind: .layer)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      let statistics = MemoryDescriptor(rows, strides: rows.rowMajorStrides)
      return Primitive(
        "layer norm", arguments: [DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_SCALE, DNNL_ARG_SHIFT],
        [key.data, statistics]
      ) {
        lucid_layer_norm(&$0, $1.engine, $3, dnnl_forward_inference, $2[0], $2[1], epsilon)
      }
    }
    let output = Tensor(uninitialized: x.shape, .float32)
    primitive.execute([
      (DNNL_ARG_SRC, x), (DNNL_ARG_SCALE, weight), (DNNL_ARG_SHIFT, bias),
      (DNNL_ARG_DST, output),
    ])
    return output
  }
}

private struct NormKey: Hashable {
  enum Kind { case batch, batchTraining, layer }
  let data: MemoryDescriptor
  let shape: Shape
  let epsilon: Float
  let kind: Kind
}
