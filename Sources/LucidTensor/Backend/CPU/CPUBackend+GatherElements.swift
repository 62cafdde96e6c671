extension CPUBackend {
  func gatherElements(_ x: Tensor, index: Tensor, axis: Int) -> Tensor {
    let x = x.contiguous()
    let output = Tensor(uninitialized: index.shape, x.dtype)
    let width = x.dtype.byteCount
    let (source, target) = (x.bytes, output.bytes)
    defer { withExtendedLifetime(x) {} }
    forEachPick(index, axis: axis, of: x.shape) { place, pick in
      (target + place * width).copyMemory(from: source + pick * width, byteCount: width)
    }
    return output
  }

  func scatterElements(_ x: Tensor, index: Tensor, axis: Int, shape: Shape) -> Tensor {
    let x = x.contiguous()
    let output = Tensor.zeros(shape, dtype: x.dtype)
    defer { withExtendedLifetime(x) {} }
    func add<T: AdditiveArithmetic>(_: T.Type) {
      let (source, target) = (x.bytes.assumingMemoryBound(to: T.self), output.bytes.assumingMemoryBound(to: T.self))
      forEachPick(index, axis: axis, of: shape) { place, pick in target[pick] += source[place] }
    }
    switch x.dtype {
    case .float32: add(Float.self)
    case .float64: add(Double.self)
    case .int64: add(Int64.self)
    default: return scatterElements(x.to(x.dtype.computeType), index: index, axis: axis, shape: shape).to(x.dtype)
    }
    return output
  }

  /// Calls `body` with the number of each place of the index and that of the element it picks, both in row-major order.
  private func forEachPick(_ index: Tensor, axis: Int, of shape: Shape, _ body: (Int, Int) -> Void) {
    let (strides, sizes) = (shape.rowMajorStrides, index.shape)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let isWhole = sizes.indices.allSatisfy { $0 <= axis || sizes[$0] == shape[$0] }
    index.withUnsafeBytes { bytes in
      let picks = bytes.assumingMemoryBound(to: Int64.self)
      for row in 0..<(inner == 0 ? 0 : index.elementCount / inner) {
        var (rest, outer) = (row / Swift.max(sizes[axis], 1), 0)
        for dimension in (0..<axis).reversed() {
          outer += rest % sizes[dimension] * strides[dimension]
          rest /= sizes[dimension]
        }
        for column in 0..<inner {
          let place = row * inner + column
          let pick = picks[place]
          precondition(
            pick >= 0 && pick < shape[axis], "gather: \(pick) is out of range for dimension \(axis) of \(shape)")
          var offset = column
          if !isWhole {
            (rest, offset) = (column, 0)
            for dimension in ((axis + 1)..<shape.rank).reversed() {
              offset += rest % sizes[dimension] * strides[dimension]
              rest /= sizes[dimension]
            }
          }
          body(place, outer + Int(pick) * strides[axis] + offset)
        }
      }
    }
  }
}
