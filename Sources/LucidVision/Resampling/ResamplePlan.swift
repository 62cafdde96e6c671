import CImageCodecs

/// Which samples of a line make the samples `outputs` of the resized line, and with which weights: PIL's
/// `precompute_coeffs` in double precision, then rounded to fixed point with 22 fractional bits.
struct ResamplePlan: Sendable {
  private(set) var first: [Int32] = []
  private(set) var taps: [Int32] = []
  private(set) var weights: [Int32] = []
  private let stride: Int

  /// The number of outputs.
  var count: Int { first.count }

  /// The input samples that the outputs need.
  var inputs: Range<Int> {
    guard let low = first.min() else { return 0..<0 }
    return Int(low)..<zip(first, taps).reduce(0) { max($0, Int($1.0 + $1.1)) }
  }

  /// A plan to make a line of `input` samples one of `output`, of which only the part `outputs` is wanted.
  init(from input: Int, to output: Int, part outputs: Range<Int>, _ interpolation: Interpolation) {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = interpolation.support * filterScale
    stride = Int(support.rounded(.up)) * 2 + 1
    weights = [Int32](repeating: 0, count: stride * outputs.count)
    first.reserveCapacity(outputs.count)
    taps.reserveCapacity(outputs.count)

    var line = [Double](repeating: 0, count: stride)
    for (index, position) in outputs.enumerated() {
      let center = (Double(position) + 0.5) * scale
      let low = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), input) - low
      var total = 0.0
      for tap in 0..<count {
        line[tap] = interpolation.weight(at: (Double(tap + low) - center + 0.5) * (1 / filterScale))
        total += line[tap]
      }
      for tap in 0..<count {
        let weight = (total != 0 ? line[tap] / total : line[tap]) * Double(1 << LUCID_RESAMPLE_BITS)
        weights[index * stride + tap] = Int32(weight < 0 ? weight - 0.5 : weight + 0.5)
      }
      first.append(Int32(low))
      taps.append(Int32(count))
    }
  }

  /// The same plan for a line that begins with input sample `start`.
  func starting(at start: Int) -> ResamplePlan {
    var shifted = self
    shifted.first = first.map { $0 - Int32(start) }
    return shifted
  }

  /// Calls `body` with the plan as C knows it.
  func withPointer<Result>(_ body: (UnsafePointer<lucid_resample_plan>) -> Result) -> Result {
    first.withUnsafeBufferPointer { first in
      taps.withUnsafeBufferPointer { taps in
        weights.withUnsafeBufferPointer { weights in
          var plan = lucid_resample_plan(
            first: first.baseAddress, taps: taps.baseAddress, weights: weights.baseAddress, count: count,
            stride: stride)
          return body(&plan)
        }
      }
    }
  }
}
