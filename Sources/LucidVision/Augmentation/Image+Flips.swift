extension Image {
  /// The picture with left and right changed over: torchvision's `hflip`.
  public func flippedHorizontally() -> Image { oriented(.mirrored) }

  /// The picture with top and bottom changed over: torchvision's `vflip`.
  public func flippedVertically() -> Image { oriented(.mirroredUpsideDown) }
}

/// The picture with left and right changed over, with a probability.
public struct RandomHorizontalFlip: Augmentation, Hashable, Codable {
  /// How probable it is.
  public var probability: Double
  /// A flip of this probability.
  public init(probability: Double = 0.5) { self.probability = probability }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    random.chance(probability) ? image.flippedHorizontally() : image
  }
}

/// The picture with top and bottom changed over, with a probability.
public struct RandomVerticalFlip: Augmentation, Hashable, Codable {
  /// How probable it is.
  public var probability: Double
  /// A flip of this probability.
  public init(probability: Double = 0.5) { self.probability = probability }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    random.chance(probability) ? image.flippedVertically() : image
  }
}
