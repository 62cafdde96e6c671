import LucidTensor
import LucidVision
import LucidWeights

extension WeightsEnum {
  /// What makes a picture the input that the checkpoint was trained on: `[3, H, W]`.
  ///
  /// ```swift
  /// let x = try weights.preprocessing(Image(contentsOf: "cat.jpg"))
  /// ```
  ///
  /// Traps where the entry describes none: a checkpoint for pictures has one.
  public var preprocessing: ImagePreprocessing {
    guard let recipe = entry.preprocessing else {
      preconditionFailure("the entry of \(description) describes no preprocessing: give it one")
    }
    return ImagePreprocessing(recipe)
  }
}

extension ImagePreprocessing {
  /// The preprocessing that a checkpoint's entry describes.
  public init(_ recipe: PreprocessingRecipe) {
    self.init(
      resize: recipe.resize.map { .shorterSide($0) },
      interpolation: recipe.interpolation == .bilinear ? .bilinear : .bicubic,
      crop: recipe.crop.map(ImageSize.init(square:)), pixelRange: recipe.pixelScale == .unit ? .unit : .byte,
      mean: recipe.mean, std: recipe.std)
  }
}
