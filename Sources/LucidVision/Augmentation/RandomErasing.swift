import Foundation
import LucidTensor

/// A random rectangle of an input filled with something else (Zhong et al., 2020), as torchvision's `RandomErasing`.
public struct RandomErasing: Sendable, Hashable, Codable {
  /// What fills it.
  public enum Fill: Sendable, Hashable, Codable {
    /// One number; 0 is the mean picture's value where the input is normalised.
    case constant(Float)
    /// Normally distributed numbers, each of its own.
    case noise
  }

  /// How probable it is that an input is changed.
  public var probability: Double
  /// The rectangle's share of the area.
  public var scale: ClosedRange<Double>
  /// The ratio of its height to its width.
  public var ratio: ClosedRange<Double>
  /// What fills it.
  public var fill: Fill

  /// torchvision's values by default.
  public init(
    probability: Double = 0.5, scale: ClosedRange<Double> = 0.02...0.33, ratio: ClosedRange<Double> = 0.3...3.3,
    fill: Fill = .constant(0)
  ) {
    (self.probability, self.scale, self.ratio, self.fill) = (probability, scale, ratio, fill)
  }

  /// Changes an input of shape `[C, H, W]`, row-major.
  public func erase(_ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape, using random: inout RandomStream) {
    guard random.chance(probability),
      let box = rectangle(in: ImageSize(height: shape[1], width: shape[2]), using: &random)
    else { return }
    for channel in 0..<shape[0] {
      for row in box.rows {
        let line = (channel * shape[1] + row) * shape[2]
        for column in box.columns {
          values[line + column] =
            switch fill {
            case .constant(let value): value
            case .noise: Float(random.normal())
            }
        }
      }
    }
  }

  /// A rectangle smaller than the input; nil where ten tries gave none.
  func rectangle(in size: ImageSize, using random: inout RandomStream) -> Window? {
    for _ in 0..<10 {
      let area = Double(size.height * size.width) * random.uniform(scale)
      let aspect = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
      let height = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let width = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      guard height < size.height && width < size.width else { continue }
      let (row, column) = (random.below(size.height - height + 1), random.below(size.width - width + 1))
      return Window(rows: row..<row + height, columns: column..<column + width)
    }
    return nil
  }
}
