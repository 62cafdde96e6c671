import Foundation

/// A random part of the picture, resized to a fixed size (Szegedy et al., 2015), as torchvision's `RandomResizedCrop`.
public struct RandomResizedCrop: Augmentation, Hashable, Codable {
  /// The size that comes out.
  public var size: ImageSize
  /// The part's share of the area.
  public var scale: ClosedRange<Double>
  /// The ratio of its width to its height, uniform in its logarithm.
  public var ratio: ClosedRange<Double>
  /// The filter that it is resized with.
  public var interpolation: Interpolation

  /// torchvision's values by default.
  public init(
    _ size: ImageSize, scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
    interpolation: Interpolation = .bilinear
  ) {
    (self.size, self.scale, self.ratio, self.interpolation) = (size, scale, ratio, interpolation)
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    image.cropped(window(in: image.size, using: &random))
      .resized(height: size.height, width: size.width, interpolation: interpolation)
  }

  /// The part; the largest central one of an allowed ratio where ten tries found none inside.
  func window(in size: ImageSize, using random: inout RandomStream) -> Window {
    let (height, width) = (size.height, size.width)
    func window(_ top: Int, _ left: Int, _ height: Int, _ width: Int) -> Window {
      Window(rows: top..<top + height, columns: left..<left + width)
    }
    for _ in 0..<10 {
      let area = Double(height * width) * random.uniform(scale)
      let aspect = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
      let w = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let h = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      guard w > 0 && w <= width && h > 0 && h <= height else { continue }
      return window(random.below(height - h + 1), random.below(width - w + 1), h, w)
    }
    let own = Double(width) / Double(height)
    var (h, w) = (height, width)
    if own < ratio.lowerBound {
      h = max(1, Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven)))
    } else if own > ratio.upperBound {
      w = max(1, Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven)))
    }
    return window((height - h) / 2, (width - w) / 2, h, w)
  }
}

/// The geometry of a recipe to evaluate with: resize, then the middle. Nothing about it is random.
public struct CenterCropping: Augmentation, Hashable, Codable {
  /// The recipe, of which the normalisation plays no part.
  public var recipe: ImagePreprocessing

  /// The geometry of this recipe.
  public init(_ recipe: ImagePreprocessing) { self.recipe = recipe }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    let size = recipe.resize?.applied(to: image.size) ?? image.size
    let rows = CenterCrop(of: size.height, to: recipe.crop?.height ?? size.height)
    let columns = CenterCrop(of: size.width, to: recipe.crop?.width ?? size.width)
    return image.resampled(to: size, recipe.interpolation, window: Window(rows: rows.kept, columns: columns.kept))
      .padded(rows, columns)
  }
}
