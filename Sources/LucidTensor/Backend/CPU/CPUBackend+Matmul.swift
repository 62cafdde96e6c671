import COneDNN

extension CPUBackend {
  func matmul(_ a: Tensor, _ b: Tensor, bias: Tensor?, shape: Shape) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, a.dtype) }
    if a.dtype == .float64 { return referenceMatmul(a, b, bias: bias, shape: shape) }
    if a.shape[a.rank - 1] == 0 {
      let zeros = Tensor.zeros(shape)
      return bias.map { zeros + $0 } ?? zeros
    }
    let rank = shape.rank
    let (a, b) = (operand(a, rank), operand(b, rank))
    let bias = bias.map { $0.contiguous().reshape([Int](repeating: 1, count: rank - 1) + [$0.elementCount]) }
    let target = MemoryDescriptor(shape, strides: shape.rowMajorStrides)
    let key = MatmulKey(a: a.descriptor, b: b.descriptor, shape: shape, hasBias: bias != nil)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      Primitive(
        "matmul", arguments: [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST],
        [key.a, key.b, bias?.descriptor, target]
      ) {
        lucid_matmul(&$0, $1.engine, $3, $2[0], $2[1], $2[2], $2[3])
      }
    }
    let output = Tensor(uninitialized: shape, .float32)
    var tensors = [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, output)]
    if let bias { tensors.append((DNNL_ARG_BIAS, bias)) }
    primitive.execute(tensors)
    return output
  }

  /// A matrix with leading dimensions of size 1 up to `rank`, plain, with rows or columns without gaps: a transposed
  /// view is used as it is, everything else that is not row-major is copied.
  private func operand(_ x: Tensor, _ rank: Int) -> Tensor {
    var x = plain(x)
    if case .strided(let strides, _) = x.layout {
      let columns = x.shape[x.rank - 1]
      let rows = x.shape[x.rank - 2]
      let isTransposed = strides[x.rank - 2] == 1 && strides[x.rank - 1] >= rows && columns > 0
      let batches = x.shape.dropLast(2).reduce(1, *)
      if !(isTransposed && batches == 1) { x = x.contiguous() }
    }
    if x.rank == rank { return x }
    guard case .strided(let strides, _) = x.layout else { preconditionFailure("a plain tensor is strided") }
    let missing = rank - x.rank
    let outer = x.elementCount
    return x.view(
      Shape([Int](repeating: 1, count: missing) + x.shape.dimensions),
      [Int](repeating: outer, count: missing) + strides)
  }

  func softmax(_ x: Tensor, axis: Int, logarithm: Bool) -> Tensor {
    if x.dtype == .float64 { return ReferenceNormalization.softmax(x, axis: axis, logarithm: logarithm) }
    let x = x.forDNN
    let descriptor = x.descriptor
    let key = SoftmaxKey(data: descriptor, shape: x.shape, axis: axis, logarithm: logarithm)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      Primitive("softmax", arguments: [DNNL_ARG_SRC, DNNL_ARG_DST], [descriptor]) {
        lucid_softmax(&$0, $1.engine, $3, logarithm, $2[0], Int32(axis))
      }
    }
    let output = Tensor(uninitialized: x.shape, descriptor)
    primitive.execute([(DNNL_ARG_SRC, x), (DNNL_ARG_DST, output)])
    return output
  }
}

private struct MatmulKey: Hashable {
  let a: MemoryDescriptor
  let b: MemoryDescriptor
  let shape: Shape
  let hasBias: Bool
}

private struct SoftmaxKey: Hashable {
  let data: MemoryDescriptor
  let shape: Shape
  let axis: Int
  let logarithm: Bool
}
