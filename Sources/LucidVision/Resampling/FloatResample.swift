import LucidTensor

/// Planes of float32 samples: what torch's `interpolate` works on.
struct FloatPlanes: Sendable {
  let count: Int
  let size: ImageSize
  let samples: [Float]

  /// The planes resized as by torch's `interpolate(mode:, antialias: true)`: as PIL does it, but in float32 throughout
  /// and without rounding between the passes.
  func resized(to target: ImageSize, _ interpolation: Interpolation) -> FloatPlanes {
    if target == size { return self }
    let columns = FloatResamplePlan(from: size.width, to: target.width, interpolation)
    let rows = FloatResamplePlan(from: size.height, to: target.height, interpolation)
    let narrowed = [Float](unsafeUninitializedCapacity: count * size.height * target.width) { buffer, initialized in
      resampleColumns(columns, into: buffer)
      initialized = buffer.count
    }
    let lines = FloatPlanes(count: count, size: ImageSize(height: size.height, width: target.width), samples: narrowed)
    let result = [Float](unsafeUninitializedCapacity: count * target.height * target.width) { buffer, initialized in
      lines.resampleRows(rows, into: buffer)
      initialized = buffer.count
    }
    return FloatPlanes(count: count, size: target, samples: result)
  }

  private func resampleColumns(_ plan: FloatResamplePlan, into target: UnsafeMutableBufferPointer<Float>) {
    let width = size.width
    samples.withUnsafeBufferPointer { source in
      // Safe to share: the source is only read, and shares write different rows of the target.
      nonisolated(unsafe) let (source, target) = (source, target)
      parallelFor(count * size.height, grain: 16) { share in
        for row in share {
          for (index, line) in plan.lines.enumerated() {
            var sum: Float = 0
            for (tap, weight) in line.weights.enumerated() { sum += source[row * width + line.first + tap] * weight }
            target[row * plan.lines.count + index] = sum
          }
        }
      }
    }
  }

  private func resampleRows(_ plan: FloatResamplePlan, into target: UnsafeMutableBufferPointer<Float>) {
    let (height, width) = (size.height, size.width)
    samples.withUnsafeBufferPointer { source in
      // Safe to share: the source is only read, and shares write different rows of the target.
      nonisolated(unsafe) let (source, target) = (source, target)
      parallelFor(count * plan.lines.count, grain: 16) { share in
        for row in share {
          let (plane, line) = (row / plan.lines.count, plan.lines[row % plan.lines.count])
          let out = target.baseAddress! + row * width
          out.initialize(repeating: 0, count: width)
          for (tap, weight) in line.weights.enumerated() {
            let start = source.baseAddress! + (plane * height + line.first + tap) * width
            for column in 0..<width { out[column] += start[column] * weight }
          }
        }
      }
    }
  }
}

/// Which samples make each sample of a resized line, in float32 as torch computes it.
private struct FloatResamplePlan: Sendable {
  let lines: [(first: Int, weights: [Float])]

  init(from input: Int, to output: Int, _ interpolation: Interpolation) {
    if input == output {
      lines = (0..<output).map { ($0, [1]) }
      return
    }
    let scale = Float(input) / Float(output)
    let support = Float(interpolation.support) * max(scale, 1)
    let inverse = scale >= 1 ? 1 / scale : 1
    lines = (0..<output).map { index in
      let center = scale * (Float(index) + 0.5)
      let low = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), input) - low
      let weights = (0..<count).map { tap in
        interpolation.floatWeight(at: (Float(tap + low) - center + 0.5) * inverse)
      }
      let total = weights.reduce(0, +)
      return (low, total == 0 ? weights : weights.map { $0 / total })
    }
  }
}

extension Interpolation {
  /// Whether torch can resize tensors with this filter and antialias.
  var isForTensors: Bool { self == .bilinear || self == .bicubic }

  fileprivate func floatWeight(at position: Float) -> Float {
    let x = abs(position)
    if self == .bilinear { return x < 1 ? 1 - x : 0 }
    let a: Float = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
