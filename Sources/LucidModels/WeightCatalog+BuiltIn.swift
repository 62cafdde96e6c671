// Made by lucid-generate; do not edit.

import LucidWeights

extension WeightCatalog {
  /// Every model and checkpoint that comes with Lucid.
  public static let builtIn: WeightCatalog = WeightCatalog(families: [
    alexNet,
    efficientNetLite,
    leNet,
    mobileNetV2,
    resNet,
    vgg,
  ])
}
