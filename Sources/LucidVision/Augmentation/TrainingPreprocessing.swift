import LucidTensor

/// How pictures become a model's input while it trains: augmentations, then the normalisation of the checkpoint, then perhaps
/// erasing.
///
/// ```swift
/// let recipe = TrainingPreprocessing.standard(crop: 224)              // torchvision's first recipe
/// let same = TrainingPreprocessing.trivialAugment(for: weights.preprocessing)   // that checkpoint's size and normalisation
/// ```
public struct TrainingPreprocessing: SampleTransform {
  /// What is done to a picture, in order. The last must leave it at ``size``.
  public var augmentations: [any Augmentation]
  /// What is cut out of the normalised input, if anything.
  public var erasing: RandomErasing?
  /// The size of the input.
  public let size: ImageSize
  /// The range of the pixels that ``mean`` and ``std`` refer to.
  public let pixelRange: ImagePreprocessing.PixelRange
  /// What is subtracted from red, green and blue, or from grey where it is one number.
  public let mean: [Double]
  /// What they are divided by after that.
  public let std: [Double]
  private let normalization: Normalization

  /// Augmentations with the size and the normalisation of a recipe to evaluate with. Traps where that does not fix the size.
  public init(_ augmentations: [any Augmentation], erasing: RandomErasing? = nil, for recipe: ImagePreprocessing) {
    let shape = recipe.inputShape
    (self.augmentations, self.erasing) = (augmentations, erasing)
    size = ImageSize(height: shape[1], width: shape[2])
    (pixelRange, mean, std) = (recipe.pixelRange, recipe.mean, recipe.std)
    normalization = recipe.normalization
  }

  public var inputShape: Shape { [mean.count, size.height, size.width] }

  /// The picture as training sees it this time, before it is normalised. Throws ``LucidError`` (`invalidInput`) where the
  /// augmentations do not leave it at ``size``.
  public func augmented(_ image: Image, using random: inout RandomStream) throws -> Image {
    let result = augmentations.reduce(image) { $1($0, using: &random) }
    guard result.size == size else {
      throw LucidError(
        .invalidInput, doing: "augmenting \(image)",
        problem: "it came out as \(result.size), but the model takes \(size).",
        advice: "End the augmentations with one that fixes the size, such as RandomResizedCrop or CenterCropping.")
    }
    return result
  }

  public func write(
    _ image: Image, into values: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    let pixels = try augmented(image, using: &random)
    precondition(
      values.count == inputShape.elementCount, "an input of \(inputShape) does not fill \(values.count) numbers")
    normalization.write(pixels, into: values)
    erasing?.erase(values, inputShape, using: &random)
  }
}
