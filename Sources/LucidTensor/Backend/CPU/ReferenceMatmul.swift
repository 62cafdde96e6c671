extension CPUBackend {
  /// Matrix products in float64, by the formula: for checks of gradients, many times slower than oneDNN, which computes in
  /// float32 only.
  func referenceMatmul(_ a: Tensor, _ b: Tensor, bias: Tensor?, shape: Shape) -> Tensor {
    let batch = shape.dropLast(2)
    let (rows, columns, depth) = (shape[shape.rank - 2], shape[shape.rank - 1], a.shape[a.rank - 1])
    let left = a.expand(to: Shape(batch + [rows, depth])).contiguous()
    let right = b.expand(to: Shape(batch + [depth, columns])).contiguous()
    let result = Tensor.zeros(shape, dtype: .float64)
    defer { withExtendedLifetime((left, right)) {} }
    let (x, y) = (left.bytes.assumingMemoryBound(to: Double.self), right.bytes.assumingMemoryBound(to: Double.self))
    let target = result.bytes.assumingMemoryBound(to: Double.self)
    parallelFor(batch.reduce(1, *) * rows, grain: max(1, (1 << 14) / max(depth * columns, 1))) { range in
      for row in range {
        let matrix = row / rows
        for k in 0..<depth {
          let factor = x[row * depth + k]
          for column in 0..<columns {
            target[row * columns + column] += factor * y[(matrix * depth + k) * columns + column]
          }
        }
      }
    }
    return bias.map { result + $0 } ?? result
  }
}
