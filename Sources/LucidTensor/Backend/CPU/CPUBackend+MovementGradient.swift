extension CPUBackend {
  func scatterAdd(_ x: Tensor, indices: Tensor, axis: Int, shape: Shape) -> Tensor {
    x.dtype == .float64 ? scatter(x, indices, axis, shape, Double.self) : scatter(x, indices, axis, shape, Float.self)
  }

  private func scatter<T: Real>(_ x: Tensor, _ indices: Tensor, _ axis: Int, _ shape: Shape, _: T.Type) -> Tensor {
    let (x, indices) = (x.to(T.dtype).contiguous(), indices.scalars(as: Int64.self))
    let result = Tensor.zeros(shape, dtype: T.dtype)
    defer { withExtendedLifetime(x) {} }
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: T.self))
    let target = result.bytes.assumingMemoryBound(to: T.self)
    let inner = shape[(axis + 1)...].reduce(1, *)
    // Two indices may name one place: a row of the dimension is added by one thread.
    parallelFor(shape[..<axis].reduce(1, *), grain: max(1, (1 << 14) / max(inner * indices.count, 1))) { range in
      for row in range {
        for (place, index) in indices.enumerated() {
          let from = source + (row * indices.count + place) * inner
          let to = target + (row * shape[axis] + Int(index)) * inner
          for element in 0..<inner { to[element] += from[element] }
        }
      }
    }
    return result
  }

  func place(_ x: Tensor, axis: Int, start: Int, step: Int, shape: Shape) -> Tensor {
    let x = x.contiguous()
    let result = Tensor.zeros(shape, dtype: x.dtype)
    defer { withExtendedLifetime(x) {} }
    let inner = shape[(axis + 1)...].reduce(x.dtype.byteCount, *)
    let (count, run) = step == 1 ? (1, x.shape[axis]) : (x.shape[axis], 1)
    guard inner * run > 0 else { return result }
    for row in 0..<shape[..<axis].reduce(1, *) {
      for place in 0..<count {
        (result.bytes + (row * shape[axis] + start + place * step) * inner)
          .copyMemory(from: x.bytes + (row * x.shape[axis] + place) * inner, byteCount: inner * run)
      }
    }
    return result
  }
}
