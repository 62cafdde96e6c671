/// How a picture becomes the input that a checkpoint was trained on; a description only, which others carry out.
///
/// In order: the shorter side is resized to `resize` pixels, with antialiasing; the centre square of `crop` pixels is
/// cut out; pixels are scaled as `pixelScale` says; each channel becomes `(x − mean) / std`. The result is
/// [3, crop, crop] in the order R, G, B; where there is one mean and one std, the picture is made grey before it is scaled
/// and the result is [1, crop, crop]. These are torchvision's `ImageClassification` presets.
public struct PreprocessingRecipe: Sendable, Hashable, Codable {
  /// How resizing weighs the pixels around a point.
  public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
    /// A triangle, as PIL's `BILINEAR`.
    case bilinear
    /// A cubic with a = −0.5, as PIL's `BICUBIC`.
    case bicubic
  }

  /// What a pixel's value is when `mean` and `std` are applied.
  public enum PixelScale: String, Sendable, Hashable, Codable, CaseIterable {
    /// 0…1: the byte divided by 255.
    case unit
    /// 0…255: the byte itself.
    case raw
  }

  /// The shorter side after resizing, in pixels; `nil` leaves the size alone.
  public let resize: Int?
  /// The side of the centre square that is cut out, in pixels; `nil` cuts nothing.
  public let crop: Int?
  /// How resizing weighs pixels.
  public let interpolation: Interpolation
  /// Each channel's mean, R, G, B or grey, in the units of `pixelScale`.
  public let mean: [Double]
  /// Each channel's standard deviation, R, G, B or grey, in the units of `pixelScale`.
  public let std: [Double]
  /// The units of pixels, `mean` and `std`.
  public let pixelScale: PixelScale

  /// A recipe of the given steps; `mean` and `std` must have the same number of channels, and no `std` may be zero.
  public init(
    resize: Int?, crop: Int?, interpolation: Interpolation = .bilinear, mean: [Double], std: [Double],
    pixelScale: PixelScale = .unit
  ) {
    precondition(mean.count == std.count, "mean has \(mean.count) channels, std \(std.count)")
    precondition(std.allSatisfy { $0 > 0 }, "std must be above zero, not \(std)")
    self.resize = resize
    self.crop = crop
    self.interpolation = interpolation
    self.mean = mean
    self.std = std
    self.pixelScale = pixelScale
  }

  /// The recipe of most ImageNet checkpoints: mean (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225) of 0…1 pixels.
  public static func imageNet(
    crop: Int = 224, resize: Int = 256, interpolation: Interpolation = .bilinear
  ) -> PreprocessingRecipe {
    PreprocessingRecipe(
      resize: resize, crop: crop, interpolation: interpolation, mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225])
  }

  private enum CodingKeys: String, CodingKey {
    case resize, crop, interpolation, mean, std
    case pixelScale = "pixel_scale"
  }
}
