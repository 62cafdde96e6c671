extension CPUBackend {
  func reduce(_ function: ReductionFunction, _ x: Tensor, axes: [Int]) -> Tensor {
    var kept = x.shape
    for axis in axes { kept[axis] = 1 }
    // The reduced dimensions last: each result is then the reduction of one row.
    let others = x.shape.indices.filter { !axes.contains($0) }
    let rows = plain(x).permuted(others + axes).contiguous()
    let length = axes.reduce(1) { $0 * x.shape[$1] }
    switch x.dtype {
    case .float32: return real(function, rows, length, kept, Float.self)
    case .float64: return real(function, rows, length, kept, Double.self)
    default: return integer(function, rows, length, kept)
    }
  }

  private func fold<T, R>(
    _ rows: Tensor, _ length: Int, _ shape: Shape, _: T.Type, _ dtype: DType, _: R.Type,
    _ f: (UnsafeBufferPointer<T>) -> R
  ) -> Tensor {
    let output = Tensor(uninitialized: shape, dtype)
    let target = output.bytes.assumingMemoryBound(to: R.self)
    defer { withExtendedLifetime(rows) {} }
    let source = UnsafePointer(rows.bytes.assumingMemoryBound(to: T.self))
    parallelFor(shape.elementCount, grain: max(1, (1 << 14) / max(length, 1))) { range in
      for row in range { target[row] = f(UnsafeBufferPointer(start: source + row * length, count: length)) }
    }
    return output
  }

  private func real<T: Real>(
    _ function: ReductionFunction, _ rows: Tensor, _ length: Int, _ shape: Shape, _: T.Type
  ) -> Tensor {
    func fold(_ f: (UnsafeBufferPointer<T>) -> T) -> Tensor {
      self.fold(rows, length, shape, T.self, T.dtype, T.self, f)
    }
    switch function {
    case .sum: return fold { T(accurateSum($0)) }
    case .mean: return fold { T(accurateSum($0) / Double(length)) }
    case .product: return fold { row in T(row.reduce(1.0) { $0 * Double($1) }) }
    case .maximum: return fold { row in row.dropFirst().reduce(row[0]) { $0 > $1 || $0.isNaN ? $0 : $1 } }
    case .minimum: return fold { row in row.dropFirst().reduce(row[0]) { $0 < $1 || $0.isNaN ? $0 : $1 } }
    case .any: return self.fold(rows, length, shape, T.self, .bool, Bool.self) { $0.contains { $0 != 0 } }
    case .all: return self.fold(rows, length, shape, T.self, .bool, Bool.self) { $0.allSatisfy { $0 != 0 } }
    }
  }

  private func integer(_ function: ReductionFunction, _ rows: Tensor, _ length: Int, _ shape: Shape) -> Tensor {
    func fold(_ f: (UnsafeBufferPointer<Int64>) -> Int64) -> Tensor {
      self.fold(rows, length, shape, Int64.self, .int64, Int64.self, f)
    }
    switch function {
    case .sum: return fold { $0.reduce(0, &+) }
    case .product: return fold { $0.reduce(1, &*) }
    case .maximum: return fold { $0.max()! }
    case .minimum: return fold { $0.min()! }
    case .any: return self.fold(rows, length, shape, Int64.self, .bool, Bool.self) { $0.contains { $0 != 0 } }
    case .all: return self.fold(rows, length, shape, Int64.self, .bool, Bool.self) { $0.allSatisfy { $0 != 0 } }
    case .mean: preconditionFailure("the mean of integers is computed in float32")
    }
  }

  /// The sum in double precision, in eight independent lanes so that it vectorises.
  private func accurateSum<T: Real>(_ row: UnsafeBufferPointer<T>) -> Double {
    var lanes = SIMD8<Double>()
    let whole = row.count / 8 * 8
    var index = 0
    while index < whole {
      for lane in 0..<8 { lanes[lane] += Double(row[index + lane]) }
      index += 8
    }
    var total = lanes.sum()
    while index < row.count {
      total += Double(row[index])
      index += 1
    }
    return total
  }

  func argReduce(_ x: Tensor, axis: Int, greatest: Bool) -> Tensor {
    topK(x.transpose(axis, -1), count: 1, greatest: greatest).indices.transpose(axis, -1)
  }

  func topK(_ x: Tensor, count: Int, greatest: Bool) -> (values: Tensor, indices: Tensor) {
    let x = x.contiguous()
    switch x.dtype {
    case .float32: return topK(x, count) { (a: Float, b: Float) in isBetter(a, b, greatest) }
    case .float64: return topK(x, count) { (a: Double, b: Double) in isBetter(a, b, greatest) }
    default: return topK(x, count) { (a: Int64, b: Int64) in greatest ? a > b : a < b }
    }
  }

  /// NaN is better than any number, as in PyTorch: it must not hide.
  private func isBetter<T: Real>(_ a: T, _ b: T, _ greatest: Bool) -> Bool {
    (greatest ? a > b : a < b) || (a.isNaN && !b.isNaN)
  }

  private func topK<T: TensorElement>(
    _ x: Tensor, _ count: Int, _ isBetter: (T, T) -> Bool
  ) -> (values: Tensor, indices: Tensor) {
    var shape = x.shape
    let length = shape[shape.rank - 1]
    shape[shape.rank - 1] = count
    let values = Tensor(uninitialized: shape, x.dtype)
    let indices = Tensor(uninitialized: shape, .int64)
    let (v, p) = (values.bytes.assumingMemoryBound(to: T.self), indices.bytes.assumingMemoryBound(to: Int64.self))
    defer { withExtendedLifetime(x) {} }
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: T.self))
    for row in 0..<(count == 0 ? 0 : shape.elementCount / count) {
      let x = source + row * length
      var best: [Int] = []
      if count <= 16 {
        // Few are asked for: one pass that keeps the best so far in order.
        for index in 0..<length where best.count < count || isBetter(x[index], x[best[best.count - 1]]) {
          if best.count == count { best.removeLast() }
          let place = best.firstIndex { isBetter(x[index], x[$0]) } ?? best.count
          best.insert(index, at: place)
        }
      } else {
        best = (0..<length).sorted { isBetter(x[$0], x[$1]) || (!isBetter(x[$1], x[$0]) && $0 < $1) }
      }
      for rank in 0..<count {
        v[row * count + rank] = x[best[rank]]
        p[row * count + rank] = Int64(best[rank])
      }
    }
    return (values, indices)
  }
}
