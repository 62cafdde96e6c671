/// Random brightness, contrast, saturation and hue, in random order, as torchvision's `ColorJitter`.
public struct ColorJitter: Augmentation, Hashable, Codable {
  /// The factors of brightness, contrast and saturation are uniform on `max(0, 1 - x)...1 + x`; 0 leaves it.
  public var brightness, contrast, saturation: Double
  /// The hue is turned by a part of the circle that is uniform on `-hue...hue`; at most 0.5.
  public var hue: Double

  /// A jitter of these strengths. Traps where one is negative or the hue is more than 0.5.
  public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
    precondition(
      min(brightness, contrast, saturation, hue) >= 0 && hue <= 0.5,
      "strengths are not negative and the hue's is at most 0.5; not \(brightness), \(contrast), \(saturation), \(hue)")
    (self.brightness, self.contrast, self.saturation, self.hue) = (brightness, contrast, saturation, hue)
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    func factor(_ strength: Double, _ random: inout RandomStream) -> Double? {
      strength > 0 ? random.uniform(max(0, 1 - strength)...1 + strength) : nil
    }
    let order = random.permutation(4)
    let factors = [
      factor(brightness, &random), factor(contrast, &random), factor(saturation, &random),
      hue > 0 ? random.uniform(-hue...hue) : nil,
    ]
    return order.reduce(image) { image, step in
      guard let factor = factors[step] else { return image }
      switch step {
      case 0: return image.adjustedBrightness(factor)
      case 1: return image.adjustedContrast(factor)
      case 2: return image.adjustedSaturation(factor)
      default: return image.adjustedHue(factor)
      }
    }
  }
}

/// The picture in grey, with a probability.
public struct RandomGrayscale: Augmentation, Hashable, Codable {
  /// How probable it is.
  public var probability: Double
  /// Grey with this probability.
  public init(probability: Double = 0.1) { self.probability = probability }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    random.chance(probability) ? image.grayscale() : image
  }
}
