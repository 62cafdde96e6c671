extension CPUBackend {
  /// How many elements a thread changes at a time. It is fixed, so that sums do not depend on the number of threads.
  private static let block = 1 << 14

  func update(_ target: inout Tensor, _ update: InPlaceUpdate, source: Tensor?, state: inout [Tensor]) {
    let source = source?.contiguous()
    defer { withExtendedLifetime(source) {} }
    let count = target.elementCount
    let p = target.writableElements()
    let g = UnsafePointer((source?.bytes ?? target.bytes).assumingMemoryBound(to: Float.self))
    let s = state.indices.map { state[$0].writableElements() }
    switch update {
    case .scale(let factor): forEach(count) { p[$0] *= factor }
    case .clamp(let bound):
      forEach(count) {
        let raised = p[$0] < -bound ? -bound : p[$0]
        p[$0] = raised > bound ? bound : raised
      }
    case .lerp(let weight): forEach(count) { p[$0] += weight * (g[$0] - p[$0]) }
    case .sgd(let update): sgd(update, count, p, g, s)
    case .adam(let update): adam(update, count, p, g, s[0], s[1])
    case .rmsprop(let update): rmsprop(update, count, p, g, s)
    case .lamb(let update): lamb(update, count, p, g, s[0], s[1])
    }
  }

  func sumOfSquares(_ x: Tensor) -> Double {
    let x = x.contiguous()
    defer { withExtendedLifetime(x) {} }
    let p = UnsafePointer(x.bytes.assumingMemoryBound(to: Float.self))
    return sums(x.elementCount) { range in
      var lanes = SIMD8<Double>()
      var index = range.lowerBound
      while index + 8 <= range.upperBound {
        let values = SIMD8<Double>(UnsafeRawPointer(p + index).loadUnaligned(as: SIMD8<Float>.self))
        lanes += values * values
        index += 8
      }
      var total = lanes.sum()
      while index < range.upperBound {
        total += Double(p[index]) * Double(p[index])
        index += 1
      }
      return SIMD2(total, 0)
    }.x
  }

  /// Calls `body` with every index. Inlined, so that the loop is compiled for each function and vectorised.
  @inline(__always)
  private func forEach(_ count: Int, _ body: (Int) -> Void) {
    parallelFor(count, grain: Self.block) { range in
      for index in range { body(index) }
    }
  }

  /// The sums of two numbers for each block, added up in the order of the blocks.
  private func sums(_ count: Int, _ body: (Range<Int>) -> SIMD2<Double>) -> SIMD2<Double> {
    let blocks = (count + Self.block - 1) / Self.block
    let parts = [SIMD2<Double>](unsafeUninitializedCapacity: blocks) { parts, initialized in
      let parts = parts.baseAddress
      parallelFor(blocks, grain: 1) { range in
        for block in range {
          parts![block] = body(block * Self.block..<min((block + 1) * Self.block, count))
        }
      }
      initialized = blocks
    }
    return parts.reduce(SIMD2(), +)
  }

  private typealias Target = UnsafeMutablePointer<Float>
  private typealias Source = UnsafePointer<Float>

  private func sgd(_ u: SGDUpdate, _ count: Int, _ p: Target, _ g: Source, _ s: [Target]) {
    let (rate, decay, scale) = (u.learningRate, u.weightDecay, u.gradientScale)
    guard let buffer = s.first else {
      return forEach(count) { p[$0] -= rate * (scale * (g[$0] + decay * p[$0])) }
    }
    let keep = u.isFirst ? 0 : u.momentum
    let take = u.isFirst ? 1 : 1 - u.dampening
    let momentum = u.momentum
    if u.isNesterov {
      forEach(count) {
        let d = scale * (g[$0] + decay * p[$0])
        let b = keep * buffer[$0] + take * d
        buffer[$0] = b
        p[$0] -= rate * (d + momentum * b)
      }
    } else {
      forEach(count) {
        let b = keep * buffer[$0] + take * (scale * (g[$0] + decay * p[$0]))
        buffer[$0] = b
        p[$0] -= rate * b
      }
    }
  }

  private func adam(_ u: AdamUpdate, _ count: Int, _ p: Target, _ g: Source, _ m: Target, _ v: Target) {
    forEach(count) {
      let value = u.shrink * p[$0]
      let d = g[$0] + u.weightDecay * value
      let first = m[$0] + u.firstWeight * (d - m[$0])
      let second = u.beta2 * v[$0] + u.secondWeight * (d * d)
      m[$0] = first
      v[$0] = second
      p[$0] = value - u.stepSize * (first / (second.squareRoot() / u.rootCorrection + u.epsilon))
    }
  }

  private func rmsprop(_ u: RMSpropUpdate, _ count: Int, _ p: Target, _ g: Source, _ s: [Target]) {
    @inline(__always) func step(_ direction: (Int, Float) -> Float) {
      if u.momentum == 0 {
        forEach(count) { p[$0] -= u.learningRate * direction($0, g[$0] + u.weightDecay * p[$0]) }
      } else {
        let buffer = s[s.count - 1]
        forEach(count) {
          let b = u.momentum * buffer[$0] + direction($0, g[$0] + u.weightDecay * p[$0])
          buffer[$0] = b
          p[$0] -= u.learningRate * b
        }
      }
    }
    let square = s[0]
    if u.isCentered {
      let mean = s[1]
      step { index, d in
        let v = u.alpha * square[index] + u.weight * (d * d)
        let m = mean[index] + u.weight * (d - mean[index])
        square[index] = v
        mean[index] = m
        return d / ((v - m * m).squareRoot() + u.epsilon)
      }
    } else {
      step { index, d in
        let v = u.alpha * square[index] + u.weight * (d * d)
        square[index] = v
        return d / (v.squareRoot() + u.epsilon)
      }
    }
  }

  private func lamb(_ u: LAMBUpdate, _ count: Int, _ p: Target, _ g: Source, _ m: Target, _ v: Target) {
    @inline(__always) func direction(_ index: Int) -> Float {
      (m[index] / u.firstCorrection) / (v[index].squareRoot() / u.rootCorrection + u.epsilon)
        + u.weightDecay * p[index]
    }
    // The direction is worked out twice rather than written to memory and read again.
    let squares = sums(count) { range in
      var (values, directions) = (0.0, 0.0)
      for index in range {
        let d = u.gradientScale * g[index]
        m[index] += u.firstWeight * (d - m[index])
        v[index] = u.beta2 * v[index] + u.secondWeight * (d * d)
        let (value, step) = (Double(p[index]), Double(direction(index)))
        values += value * value
        directions += step * step
      }
      return SIMD2(values, directions)
    }
    let isAdapted = u.isAdapted && squares.x > 0 && squares.y > 0
    let rate = u.learningRate * (isAdapted ? Float((squares.x / squares.y).squareRoot()) : 1)
    forEach(count) { p[$0] -= rate * direction($0) }
  }
}

extension Tensor {
  /// Where the elements can be written, in row-major order, without anybody else noticing.
  fileprivate mutating func writableElements() -> UnsafeMutablePointer<Float> {
    makeWritable()
    return bytes.assumingMemoryBound(to: Float.self)
  }
}
