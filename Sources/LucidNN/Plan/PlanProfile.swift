import LucidTensor

/// Where a plan's time goes, operation by operation; see ``Plan/profile(_:runs:)``. Its description is a table.
public struct PlanProfile: Sendable, CustomStringConvertible {
  /// One operation of the plan.
  public struct Layer: Sendable {
    /// What is computed, such as "FusedConvolution".
    public let operation: String
    /// What computes it: "winograd" or "winograd 2x2", with " + pool" where a pooling is part of it; "block", a depthwise block
    /// as one; "direct" and oneDNN's name of its kernel; "reference"; "reorder" where tensors had to be put in another memory
    /// order first; nil for Swift loops.
    public let kernel: String?
    /// The shape of the first input.
    public let input: Shape
    /// The shape of the weight, where there is one.
    public let weight: Shape?
    /// The shape of the output.
    public let output: Shape
    /// The median over all runs.
    public let milliseconds: Double
    /// Multiplications with additions, by the definition of the operation; nil where it does not consist of them.
    public let multiplyAdds: Int?

    /// 10⁹ floating-point operations a second, two for a multiplication with addition.
    public var gigaflops: Double? { multiplyAdds.map { 2 * Double($0) / milliseconds / 1e6 } }
  }

  /// The operations in the order in which they are run.
  public let layers: [Layer]
  /// 10⁹ floating-point operations a second that the machine can do at most, on as many threads; measured with the profile.
  public let peakGigaflops: Double

  /// The sum of the operations' times.
  public var milliseconds: Double { layers.reduce(0) { $0 + $1.milliseconds } }

  /// An operation's floating-point operations a second, as a part of the machine's peak. Those of the definition are
  /// counted, of which Winograd's algorithm needs fewer: it may have more than 1.
  public func utilization(of layer: Layer) -> Double? { layer.gigaflops.map { $0 / peakGigaflops } }

  /// A table, a line an operation, and the sum.
  public var description: String {
    let total = milliseconds
    var rows = [["operation", "kernel", "input", "weight", "output", "ms", "%", "GFLOP/s", "% of peak"]]
    for layer in layers {
      rows.append([
        layer.operation, layer.kernel ?? "", "\(layer.input)", layer.weight.map { "\($0)" } ?? "", "\(layer.output)",
        fixed(layer.milliseconds, 3), fixed(layer.milliseconds / total * 100, 1),
        layer.gigaflops.map { fixed($0, 1) } ?? "", utilization(of: layer).map { fixed($0 * 100, 1) } ?? "",
      ])
    }
    let multiplyAdds = layers.compactMap(\.multiplyAdds).reduce(0, +)
    let rate = 2 * Double(multiplyAdds) / total / 1e6
    rows.append([
      "sum", "", "", "", "", fixed(total, 3), "100.0", fixed(rate, 1), fixed(rate / peakGigaflops * 100, 1),
    ])
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return column < 5 ? cell + blanks : blanks + cell
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// A number that is not negative, with that many digits after the point.
package func fixed(_ value: Double, _ digits: Int) -> String {
  let scale = (0..<digits).reduce(1) { power, _ in power * 10 }
  let units = Int((value * Double(scale)).rounded())
  if digits == 0 { return "\(units)" }
  let fraction = String(units % scale)
  return "\(units / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
