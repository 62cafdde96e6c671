import Foundation

/// One axis of a chart: what it shows, from where to where, and which numbers are written at it.
package struct ChartAxis: Sendable, Hashable {
  /// What it shows, with the unit.
  package let title: String
  /// Whether equal ratios, not equal differences, are equally far apart.
  package let isLogarithmic: Bool
  /// What its two ends stand for.
  package let range: ClosedRange<Double>
  /// The values that are written at it, in rising order.
  package let ticks: [Double]

  /// An axis that has room for all of `values`.
  ///
  /// - Parameters:
  ///   - isLogarithmic: else decided by the values: so where all are above zero and the largest is eight times the
  ///     smallest or more.
  ///   - includesZero: whether it begins at zero, as bars need it.
  package init(title: String, values: [Double], isLogarithmic: Bool? = nil, includesZero: Bool = false) {
    let finite = values.filter(\.isFinite) + (includesZero ? [0] : [])
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    precondition(isLogarithmic != true || least > 0, "a logarithmic axis needs values above zero, not \(least)")
    self.title = title
    self.isLogarithmic = isLogarithmic ?? (least > 0 && most / least >= 8)
    if self.isLogarithmic {
      let margin = max(pow(most / least, 0.06), 1.05)
      let range = least / margin...most * margin
      let steps = Self.logarithmicTicks(range, [1, 2, 5])
      (self.range, ticks) = (range, steps.count > 10 ? Self.logarithmicTicks(range, [1]) : steps)
    } else {
      let margin = most > least ? (most - least) * 0.07 : max(abs(most), 1) * 0.05
      let range = (includesZero && least == 0 ? 0 : least - margin)...most + margin
      (self.range, ticks) = (range, Self.linearTicks(range))
    }
  }

  /// Where a value is between the axis's ends, 0 and 1.
  package func place(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
  }

  /// A tick's value as text, with as many decimals as the ticks need to differ.
  package func label(_ tick: Double) -> String {
    if isLogarithmic { return Self.plain(tick) }
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : tick
    let places = step > 0 ? max(0, -Int(floor(log10(step) + 1e-9))) : 0
    return String(format: "%.\(places)f", tick == 0 ? 0 : tick)
  }

  private static func plain(_ value: Double) -> String {
    value >= 1 ? String(format: "%.0f", value) : String(format: "%.\(max(0, -Int(floor(log10(value) + 1e-9))))f", value)
  }

  /// The multiples of a round number within a range; at most eight.
  private static func linearTicks(_ range: ClosedRange<Double>) -> [Double] {
    let rough = (range.upperBound - range.lowerBound) / 7
    let power = pow(10, floor(log10(rough)))
    let step = ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10) * power
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// The powers of ten within a range, each times the given digits.
  private static func logarithmicTicks(_ range: ClosedRange<Double>, _ digits: [Double]) -> [Double] {
    let powers = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
    return powers.flatMap { power in digits.map { $0 * pow(10, Double(power)) } }.filter { range.contains($0) }
  }
}
