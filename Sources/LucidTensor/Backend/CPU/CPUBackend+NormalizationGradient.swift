import COneDNN

extension CPUBackend {
  func batchNormGradient(
    _ gradient: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float, frozen: Bool
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    if x.elementCount == 0 { return (x, .zeros(weight.shape, dtype: x.dtype), .zeros(weight.shape, dtype: x.dtype)) }
    if x.dtype == .float64 {
      return ReferenceNormalization.batchNormGradient(
        gradient, x, mean: mean, variance: variance, weight: weight, epsilon: epsilon, frozen: frozen)
    }
    let x = x.forDNN
    let key = NormGradientKey(data: x.descriptor, epsilon: epsilon, kind: frozen ? .frozenBatch : .batch)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      Primitive("batch norm backward", arguments: NormGradientKey.arguments, [key.data]) {
        lucid_batch_norm_backward(&$0, $1.engine, $3, frozen, $2[0], epsilon)
      }
    }
    return execute(
      primitive, gradient, x, mean, variance, weight, takesShift: lucid_batch_norm_backward_takes_shift)
  }

  func layerNormSaving(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let rows = Shape(Array(x.shape.dropLast()))
    if x.elementCount == 0 { return (x, .zeros(rows, dtype: x.dtype), .zeros(rows, dtype: x.dtype)) }
    if x.dtype == .float64 {
      return ReferenceNormalization.layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
    }
    let (x, weight, bias) = (x.contiguous(), weight.contiguous(), bias.contiguous())
    let key = NormGradientKey(data: x.descriptor, epsilon: epsilon, kind: .layerForward)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      let arguments = [
        DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_SCALE, DNNL_ARG_SHIFT, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE,
      ]
      let statistics = MemoryDescriptor(rows, strides: rows.rowMajorStrides)
      return Primitive("layer norm", arguments: arguments, [key.data, statistics]) {
        lucid_layer_norm(&$0, $1.engine, $3, dnnl_forward_training, $2[0], $2[1], epsilon)
      }
    }
    let output = Tensor(uninitialized: x.shape, .float32)
    let (mean, variance) = (Tensor(uninitialized: rows, .float32), Tensor(uninitialized: rows, .float32))
    primitive.execute([
      (DNNL_ARG_SRC, x), (DNNL_ARG_SCALE, weight), (DNNL_ARG_SHIFT, bias), (DNNL_ARG_DST, output),
      (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance),
    ])
    return (output, mean, variance)
  }

  func layerNormGradient(
    _ gradient: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    if x.elementCount == 0 { return (x, .zeros(weight.shape, dtype: x.dtype), .zeros(weight.shape, dtype: x.dtype)) }
    if x.dtype == .float64 {
      return ReferenceNormalization.layerNormGradient(
        gradient, x, mean: mean, variance: variance, weight: weight, epsilon: epsilon)
    }
    let x = x.contiguous()
    let key = NormGradientKey(data: x.descriptor, epsilon: epsilon, kind: .layer)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      let statistics = MemoryDescriptor(mean.shape, strides: mean.shape.rowMajorStrides)
      return Primitive("layer norm backward", arguments: NormGradientKey.arguments, [key.data, statistics]) {
        lucid_layer_norm_backward(&$0, $1.engine, $3, $2[0], $2[1], epsilon)
      }
    }
    return execute(primitive, gradient, x, mean, variance, weight, takesShift: true)
  }

  private func execute(
    _ primitive: Primitive, _ gradient: Tensor, _ x: Tensor, _ mean: Tensor, _ variance: Tensor, _ weight: Tensor,
    takesShift: Bool
  ) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    let inputs = Tensor(uninitialized: x.shape, primitive.descriptor(DNNL_ARG_DIFF_SRC))
    let (weights, biases) = (
      Tensor(uninitialized: weight.shape, .float32), Tensor(uninitialized: weight.shape, .float32)
    )
    let scale = weight.contiguous()
    var tensors = [
      (DNNL_ARG_SRC, x), (DNNL_ARG_MEAN, mean.contiguous()), (DNNL_ARG_VARIANCE, variance.contiguous()),
      (DNNL_ARG_SCALE, scale),
      (DNNL_ARG_DIFF_DST, reordered(gradient.forDNN, to: primitive.descriptor(DNNL_ARG_DIFF_DST))),
      (DNNL_ARG_DIFF_SRC, inputs), (DNNL_ARG_DIFF_SCALE, weights), (DNNL_ARG_DIFF_SHIFT, biases),
    ]
    // No gradient depends on the shift: any memory of its size will do.
    if takesShift { tensors.append((DNNL_ARG_SHIFT, scale)) }
    primitive.execute(tensors)
    return (inputs, weights, biases)
  }

  func softmaxGradient(_ gradient: Tensor, output: Tensor, axis: Int, logarithm: Bool) -> Tensor {
    if output.elementCount == 0 { return gradient }
    if output.dtype == .float64 {
      return ReferenceNormalization.softmaxGradient(gradient, output: output, axis: axis, logarithm: logarithm)
    }
    let (gradient, output) = (gradient.contiguous(), output.contiguous())
    let key = SoftmaxGradientKey(data: output.descriptor, axis: axis, logarithm: logarithm)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      Primitive(
        "softmax backward", arguments: [DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC], [key.data]
      ) {
        lucid_softmax_backward(&$0, $1.engine, $3, logarithm, $2[0], Int32(axis))
      }
    }
    let result = Tensor(uninitialized: output.shape, .float32)
    primitive.execute([(DNNL_ARG_DST, output), (DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, result)])
    return result
  }
}

private struct NormGradientKey: Hashable {
  enum Kind { case batch, frozenBatch, layer, layerForward }
  let data: MemoryDescriptor
  let epsilon: Float
  let kind: Kind

  static let arguments = [
    DNNL_ARG_SRC, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_SCALE, DNNL_ARG_SHIFT, DNNL_ARG_DIFF_DST,
    DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_SCALE, DNNL_ARG_DIFF_SHIFT,
  ]
}

private struct SoftmaxGradientKey: Hashable {
  let data: MemoryDescriptor
  let axis: Int
  let logarithm: Bool
}
