import Foundation

/// The operations that ``RandAugment`` and ``TrivialAugmentWide`` draw from, with torchvision's ranges of strength.
enum AugmentationOperation: String, CaseIterable, Sendable {
  case identity = "Identity"
  case shearX = "ShearX"
  case shearY = "ShearY"
  case translateX = "TranslateX"
  case translateY = "TranslateY"
  case rotate = "Rotate"
  case brightness = "Brightness"
  case color = "Color"
  case contrast = "Contrast"
  case sharpness = "Sharpness"
  case posterize = "Posterize"
  case solarize = "Solarize"
  case autoContrast = "AutoContrast"
  case equalize = "Equalize"

  /// How strong the strongest is.
  struct Strengths: Sendable {
    let shear, rotation, enhancement: Double
    /// In pixels, of a picture of the given length.
    let translation: @Sendable (Int) -> Double
    /// The most bits that posterising takes away.
    let bits: Double

    static let rand = Strengths(
      shear: 0.3, rotation: 30, enhancement: 0.9, translation: { 150.0 / 331 * Double($0) }, bits: 4)
    static let trivialWide = Strengths(
      shear: 0.99, rotation: 135, enhancement: 0.99, translation: { _ in 32 }, bits: 6)
  }

  /// Whether a strength may count in either direction.
  var isSigned: Bool {
    switch self {
    case .identity, .posterize, .solarize, .autoContrast, .equalize: false
    default: true
    }
  }

  /// The strength of a level out of `0..<levels`.
  func magnitude(_ level: Int, of levels: Int, _ strengths: Strengths, for size: ImageSize) -> Double {
    func linear(_ end: Double) -> Double { Self.linspace(0, end, levels)[level] }
    switch self {
    case .identity, .autoContrast, .equalize: return 0
    case .shearX, .shearY: return linear(strengths.shear)
    case .translateX: return linear(strengths.translation(size.width))
    case .translateY: return linear(strengths.translation(size.height))
    case .rotate: return linear(strengths.rotation)
    case .brightness, .color, .contrast, .sharpness: return linear(strengths.enhancement)
    case .posterize:
      return 8 - (Double(level) / (Double(levels - 1) / strengths.bits)).rounded(.toNearestOrEven)
    case .solarize: return Self.linspace(255, 0, levels)[level]
    }
  }

  /// torch's `linspace` in float32, which counts from either end.
  private static func linspace(_ start: Double, _ end: Double, _ count: Int) -> [Double] {
    let (start, end) = (Float(start), Float(end))
    let step = (end - start) / Float(count - 1)
    return (0..<count).map {
      Double($0 < count / 2 ? start + step * Float($0) : end - step * Float(count - $0 - 1))
    }
  }

  /// The changed picture: torchvision's `_apply_op`.
  func apply(_ magnitude: Double, to image: Image, _ interpolation: Interpolation) -> Image {
    func slant(_ x: Double, _ y: Double) -> Image {
      func degrees(_ slope: Double) -> Double { atan(slope) * (180 / Double.pi) }
      return image.affine(
        shear: (degrees(x), degrees(y)), center: (0, 0), interpolation: interpolation)
    }
    switch self {
    case .identity: return image
    case .shearX: return slant(magnitude, 0)
    case .shearY: return slant(0, magnitude)
    case .translateX:
      return image.affine(translation: (magnitude.rounded(.towardZero), 0), interpolation: interpolation)
    case .translateY:
      return image.affine(translation: (0, magnitude.rounded(.towardZero)), interpolation: interpolation)
    case .rotate: return image.rotated(degrees: magnitude, interpolation: interpolation)
    case .brightness: return image.adjustedBrightness(1 + magnitude)
    case .color: return image.adjustedSaturation(1 + magnitude)
    case .contrast: return image.adjustedContrast(1 + magnitude)
    case .sharpness: return image.adjustedSharpness(1 + magnitude)
    case .posterize: return image.posterized(bits: Int(magnitude))
    case .solarize: return image.solarized(threshold: magnitude)
    case .autoContrast: return image.autocontrasted()
    case .equalize: return image.equalized()
    }
  }
}

/// Some operations drawn from fourteen, all of one strength (Cubuk et al., 2020), as torchvision's `RandAugment`.
public struct RandAugment: Augmentation, Hashable, Codable {
  /// How many operations follow each other.
  public var operationCount: Int
  /// The strength, a level in `0..<levels`.
  public var magnitude: Int
  /// How many levels there are.
  public var levels: Int
  /// The filter of what turns and moves: nearest, bilinear or bicubic.
  public var interpolation: Interpolation

  /// torchvision's values by default. Traps where the magnitude is no level.
  public init(operationCount: Int = 2, magnitude: Int = 9, levels: Int = 31, interpolation: Interpolation = .nearest) {
    precondition(
      operationCount >= 0 && levels > 1 && (0..<levels).contains(magnitude),
      "RandAugment: magnitude \(magnitude) is none of \(levels) levels, or \(operationCount) operations are too few")
    (self.operationCount, self.magnitude, self.levels) = (operationCount, magnitude, levels)
    self.interpolation = interpolation
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    (0..<operationCount).reduce(image) { image, _ in
      let operation = AugmentationOperation.allCases[random.below(AugmentationOperation.allCases.count)]
      let strength = operation.magnitude(magnitude, of: levels, .rand, for: image.size)
      let isNegative = operation.isSigned && random.below(2) == 1
      return operation.apply(isNegative ? -strength : strength, to: image, interpolation)
    }
  }
}

/// One operation of a random strength (Müller and Hutter, 2021), as torchvision's `TrivialAugmentWide`.
public struct TrivialAugmentWide: Augmentation, Hashable, Codable {
  /// How many levels of strength there are.
  public var levels: Int
  /// The filter of what turns and moves: nearest, bilinear or bicubic.
  public var interpolation: Interpolation

  /// torchvision's values by default. Traps where there are fewer than two levels.
  public init(levels: Int = 31, interpolation: Interpolation = .nearest) {
    precondition(levels > 1, "TrivialAugmentWide needs two levels of strength or more, not \(levels)")
    (self.levels, self.interpolation) = (levels, interpolation)
  }

  public func callAsFunction(_ image: Image, using random: inout RandomStream) -> Image {
    let operation = AugmentationOperation.allCases[random.below(AugmentationOperation.allCases.count)]
    let strength = operation.magnitude(random.below(levels), of: levels, .trivialWide, for: image.size)
    let isNegative = operation.isSigned && random.below(2) == 1
    return operation.apply(isNegative ? -strength : strength, to: image, interpolation)
  }
}
