extension CPUBackend {
  func interpolate(_ x: Tensor, _ mode: InterpolationMode, alignCorners: Bool, shape: Shape) -> Tensor {
    let taps = Taps(mode, alignCorners, from: x.shape, to: shape)
    return x.dtype == .float64 ? resize(x, taps, shape, Double.self) : resize(x, taps, shape, Float.self)
  }

  func interpolateGradient(
    _ gradient: Tensor, _ mode: InterpolationMode, alignCorners: Bool, shape: Shape
  ) -> Tensor {
    // Resizing is linear: its gradient spreads every pixel over those that it was made of.
    let taps = Taps(mode, alignCorners, from: shape, to: gradient.shape).transposed
    return gradient.dtype == .float64
      ? resize(gradient, taps, shape, Double.self) : resize(gradient, taps, shape, Float.self)
  }

  private func resize<T: Real>(_ x: Tensor, _ taps: Taps, _ shape: Shape, _: T.Type) -> Tensor {
    let x = x.contiguous()
    let (height, width) = (x.shape[2], x.shape[3])
    let output = Tensor(uninitialized: shape, T.dtype)
    defer { withExtendedLifetime(x) {} }
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: T.self))
    let target = output.bytes.assumingMemoryBound(to: T.self)
    parallelFor(shape[0] * shape[1], grain: max(1, (1 << 14) / (shape[2] * shape[3]))) { range in
      // First along the rows, then down the columns of what that gave.
      var narrow = [T](repeating: 0, count: height * shape[3])
      for plane in range {
        let picture = source + plane * height * width
        for y in 0..<height {
          for (place, tap) in taps.columns.enumerated() {
            var sum: T = 0
            for (index, weight) in tap { sum += T(weight) * picture[y * width + index] }
            narrow[y * shape[3] + place] = sum
          }
        }
        var place = target + plane * shape[2] * shape[3]
        for tap in taps.rows {
          for column in 0..<shape[3] {
            var sum: T = 0
            for (index, weight) in tap { sum += T(weight) * narrow[index * shape[3] + column] }
            place.pointee = sum
            place += 1
          }
        }
      }
    }
    return output
  }
}

/// For each output place, the input places that it is made of and their weights.
private struct Taps {
  typealias Line = [[(index: Int, weight: Float)]]
  let rows: Line
  let columns: Line
  private let input: Shape

  init(_ mode: InterpolationMode, _ alignCorners: Bool, from input: Shape, to output: Shape) {
    self.input = input
    rows = Self.line(input[2], output[2], mode, alignCorners)
    columns = Self.line(input[3], output[3], mode, alignCorners)
  }

  private init(rows: Line, columns: Line, input: Shape) {
    self.rows = rows
    self.columns = columns
    self.input = input
  }

  /// For each input place, the output places that are made of it.
  var transposed: Taps {
    func flipped(_ line: Line, _ size: Int) -> Line {
      var result = Line(repeating: [], count: size)
      for (place, tap) in line.enumerated() { for (index, weight) in tap { result[index].append((place, weight)) } }
      return result
    }
    return Taps(rows: flipped(rows, input[2]), columns: flipped(columns, input[3]), input: input)
  }

  private static func line(_ size: Int, _ count: Int, _ mode: InterpolationMode, _ alignCorners: Bool) -> Line {
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
  private static func cubic(_ x: Float) -> Float {
    let a: Float = -0.75
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return (((x - 5) * x + 8) * x - 4) * a
  }
}
