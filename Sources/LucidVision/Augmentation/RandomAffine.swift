import LucidTensor

/// A random rotation, translation, scale and shear around the middle, as torchvision's `RandomAffine`.
public struct RandomAffine: Augmentation, Hashable, Codable {
  /// The angle, clockwise, in degrees.
  public var degrees: ClosedRange<Double>
  /// The most that the picture moves, as shares of its width and height.
  public var translate: Translation?
  /// The factor of its size.
  public var scale: ClosedRange<Double>?
  /// The shear along rows, in degrees.
  public var shear: ClosedRange<Double>?
  /// The filter: nearest, bilinear or bicubic.
  public var interpolation: Interpolation

  /// Shares of a picture's width and height.
  public struct Translation: Sendable, Hashable, Codable {
    /// The share of the width.
    public var x: Double
    /// The share of the height.
    public var y: Double
    /// These shares.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A transform within these ranges; what is nil stays as it is.
  public init(
    degrees: ClosedRange<Double>, translate: Translation? = nil, scale: ClosedRange<Double>? = nil,
    shear: ClosedRange<Double>? = nil, interpolation: Interpolation = .nearest
  ) {
    (self.degrees, self.translate, self.scale, self.shear) = (degrees, translate, scale, shear)
    self.interpolation = interpolation
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    let angle = random.uniform(degrees)
    func shift(_ share: Double, _ length: Int, _ random: inout RandomStream) -> Double {
      let most = share * Double(length)
      return random.uniform(-most...most).rounded(.toNearestOrEven)
    }
    let translation = translate.map {
      (shift($0.x, image.width, &random), shift($0.y, image.height, &random))
    }
    let factor = scale.map { random.uniform($0) }
    let slant = shear.map { random.uniform($0) }
    return image.affine(
      angle: angle, translation: translation ?? (0, 0), scale: factor ?? 1, shear: (slant ?? 0, 0),
      interpolation: interpolation)
  }
}

/// A random rotation around the middle, as torchvision's `RandomRotation`.
public struct RandomRotation: Augmentation, Hashable, Codable {
  /// The angle, counter-clockwise, in degrees.
  public var degrees: ClosedRange<Double>
  /// The filter: nearest, bilinear or bicubic.
  public var interpolation: Interpolation

  /// A rotation within this range.
  public init(degrees: ClosedRange<Double>, interpolation: Interpolation = .nearest) {
    (self.degrees, self.interpolation) = (degrees, interpolation)
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    image.rotated(degrees: random.uniform(degrees), interpolation: interpolation)
  }
}
