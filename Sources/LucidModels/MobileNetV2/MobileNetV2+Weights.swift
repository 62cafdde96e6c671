// Made by lucid-generate from MobileNetV2.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``MobileNetV2``: MobileNet V2 of width 1.
public enum MobileNetV2Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = MobileNetV2

  /// acc@1 71.878 %, acc@5 90.286 % (ImageNet-1K) · 3.5 M parameters · 0.30 GFLOPs · 13.6 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#mobilenetv2>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`b0353104`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 72.154 %, acc@5 90.822 % (ImageNet-1K) · 3.5 M parameters · 0.30 GFLOPs · 13.6 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe-with-reg-tuning>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`7ebf99e0`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["MobileNet_V2_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    case .imageNet1K_V2: Self.imageNet1K_V2_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/mobilenet_v2-b0353104.pth"),
        digest: .sha256Prefix("b0353104"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/mobilenet-v2@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("1717e0d3229049bd60f9500a4b8e8a0dbfeae4a792558b062331f9651dd7b9db"),
        format: .safetensors,
        keyRules: [
          KeyRule("features.0.", "features.0.0."),
          KeyRule("features.1.", "features.0.1."),
          KeyRule("features.3.conv.0.", "features.1.conv.0.0."),
          KeyRule("features.3.conv.1.", "features.1.conv.0.1."),
          KeyRule("features.3.conv.3.", "features.1.conv.1."),
          KeyRule("features.3.conv.4.", "features.1.conv.2."),
          KeyRule("features.20.", "features.18.0."),
          KeyRule("features.21.", "features.18.1."),
          KeyRule("features.{n}.conv.0.", "features.{n-2}.conv.0.0."),
          KeyRule("features.{n}.conv.1.", "features.{n-2}.conv.0.1."),
          KeyRule("features.{n}.conv.3.", "features.{n-2}.conv.1.0."),
          KeyRule("features.{n}.conv.4.", "features.{n-2}.conv.1.1."),
          KeyRule("features.{n}.conv.6.", "features.{n-2}.conv.2."),
          KeyRule("features.{n}.conv.7.", "features.{n-2}.conv.3."),
          KeyRule("classifier.", "classifier.1."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 71.878, "acc@5": 90.286]],
      numParams: 3_504_872,
      gflops: 0.301,
      fileSizeMB: 13.555,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#mobilenetv2",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth"),
        digest: .sha256Prefix("7ebf99e0"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 72.154, "acc@5": 90.822]],
      numParams: 3_504_872,
      gflops: 0.301,
      fileSizeMB: 13.598,
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe-with-reg-tuning",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

extension WeightCatalog {
  /// MobileNet V2 (Sandler et al. 2018). Its models, in the order of the manifest.
  public static let mobileNetV2: [CatalogModel] = [
    CatalogModel(
      MobileNetV2Weights.self,
      names: ["mobilenet_v2", "mobilenet_v2_cls"],
      family: "MobileNetV2")
  ]
}
