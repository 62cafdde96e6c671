// Made by lucid-generate from AlexNet.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``AlexNet``: AlexNet, the single-tower form of 2014.
public enum AlexNetWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = AlexNet

  /// acc@1 56.522 %, acc@5 79.066 % (ImageNet-1K) · 61.1 M parameters · 0.71 GFLOPs · 233 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 63×63. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`7be5be79`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["AlexNet_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"),
        digest: .sha256Prefix("7be5be79"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/alexnet@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("6c5894a4d55819004bc0e787fc6195e14bb56d21276924fde3f2cd4f7aeab6a2"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.1."),
          KeyRule("fc7.", "classifier.4."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 56.522, "acc@5": 79.066]],
      numParams: 61_100_840,
      gflops: 0.714,
      fileSizeMB: 233.087,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [63, 63],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

extension WeightCatalog {
  /// AlexNet (Krizhevsky 2014). Its models, in the order of the manifest.
  public static let alexNet: [CatalogModel] = [
    CatalogModel(
      AlexNetWeights.self,
      names: ["alexnet", "alexnet_cls"],
      family: "AlexNet")
  ]
}
