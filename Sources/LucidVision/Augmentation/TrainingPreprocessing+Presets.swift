/// The policies of torchvision's references for classification.
extension TrainingPreprocessing {
  /// A random part of the picture, flipped half of the time: what most ImageNet checkpoints were first trained with.
  public static func standard(for recipe: ImagePreprocessing) -> TrainingPreprocessing {
    TrainingPreprocessing(cropAndFlip(recipe), for: recipe)
  }

  /// ``standard(for:)`` with ImageNet's normalisation.
  public static func standard(crop: Int) -> TrainingPreprocessing { standard(for: .imageNet(crop: crop)) }

  /// ``standard(for:)``, then ``TrivialAugmentWide``, then ``RandomErasing`` of one picture in ten: torchvision's recipe of
  /// 2021, with which its V2 checkpoints were trained.
  public static func trivialAugment(
    for recipe: ImagePreprocessing, erasing probability: Double = 0.1
  ) -> TrainingPreprocessing {
    TrainingPreprocessing(
      cropAndFlip(recipe) + [TrivialAugmentWide(interpolation: .bilinear)],
      erasing: probability > 0 ? RandomErasing(probability: probability) : nil, for: recipe)
  }

  /// ``trivialAugment(for:erasing:)`` with ImageNet's normalisation.
  public static func trivialAugment(crop: Int) -> TrainingPreprocessing { trivialAugment(for: .imageNet(crop: crop)) }

  /// ``standard(for:)``, then ``RandAugment``.
  public static func randAugment(
    for recipe: ImagePreprocessing, operationCount: Int = 2, magnitude: Int = 9
  ) -> TrainingPreprocessing {
    TrainingPreprocessing(
      cropAndFlip(recipe)
        + [RandAugment(operationCount: operationCount, magnitude: magnitude, interpolation: .bilinear)],
      for: recipe)
  }

  /// ``randAugment(for:operationCount:magnitude:)`` with ImageNet's normalisation.
  public static func randAugment(crop: Int) -> TrainingPreprocessing { randAugment(for: .imageNet(crop: crop)) }

  /// The pictures as they are evaluated, without anything random.
  public static func plain(for recipe: ImagePreprocessing) -> TrainingPreprocessing {
    TrainingPreprocessing([CenterCropping(recipe)], for: recipe)
  }

  private static func cropAndFlip(_ recipe: ImagePreprocessing) -> [any Augmentation] {
    let shape = recipe.inputShape
    return [
      RandomResizedCrop(ImageSize(height: shape[1], width: shape[2]), interpolation: recipe.interpolation),
      RandomHorizontalFlip(),
    ]
  }
}
