extension CPUBackend {
  func interpolate(_ x: Tensor, _ mode: InterpolationMode, alignCorners: Bool, shape: Shape) -> Tensor {
    let x = x.contiguous()
    let (height, width) = (x.shape[2], x.shape[3])
    let rows = taps(height, shape[2], mode, alignCorners)
    let columns = taps(width, shape[3], mode, alignCorners)
    let output = Tensor(uninitialized: shape, .float32)
    defer { withExtendedLifetime(x) {} }
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: Float.self))
    let target = output.bytes.assumingMemoryBound(to: Float.self)
    parallelFor(shape[0] * shape[1], grain: max(1, (1 << 14) / (shape[2] * shape[3]))) { range in
      // First along the rows, then down the columns of what that gave.
      var narrow = [Float](repeating: 0, count: height * shape[3])
      for plane in range {
        let picture = source + plane * height * width
        for y in 0..<height {
          for (place, tap) in columns.enumerated() {
            var sum: Float = 0
            for (index, weight) in tap { sum += weight * picture[y * width + index] }
            narrow[y * shape[3] + place] = sum
          }
        }
        var place = target + plane * shape[2] * shape[3]
        for tap in rows {
          for column in 0..<shape[3] {
            var sum: Float = 0
            for (index, weight) in tap { sum += weight * narrow[index * shape[3] + column] }
            place.pointee = sum
            place += 1
          }
        }
      }
    }
    return output
  }

  /// For each output place, the input places that it is made of and their weights.
  private func taps(
    _ size: Int, _ count: Int, _ mode: InterpolationMode, _ alignCorners: Bool
  ) -> [[(index: Int, weight: Float)]] {
    let scale =
      alignCorners ? (count > 1 ? Double(size - 1) / Double(count - 1) : 0) : Double(size) / Double(count)
    return (0..<count).map { place in
      if mode == .nearest { return [(min(Int(Float(place) * Float(scale)), size - 1), 1)] }
      var center = alignCorners ? Double(place) * scale : (Double(place) + 0.5) * scale - 0.5
      if mode == .bilinear { center = max(center, 0) }
      let first = Int(center.rounded(.down))
      let t = Float(center - Double(first))
      func clamped(_ index: Int) -> Int { min(max(index, 0), size - 1) }
      if mode == .bilinear { return [(clamped(first), 1 - t), (clamped(first + 1), t)] }
      return (-1...2).map { (clamped(first + $0), cubic(abs(t - Float($0)))) }
    }
  }

  /// Keys' cubic convolution kernel with a = -0.75.
  private func cubic(_ x: Float) -> Float {
    let a: Float = -0.75
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return (((x - 5) * x + 8) * x - 4) * a
  }
}
