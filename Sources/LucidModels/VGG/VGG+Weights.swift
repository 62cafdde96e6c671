// Made by lucid-generate from VGG.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``VGG11``: VGG with 11 layers.
public enum VGG11Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG11

  /// acc@1 69.02 %, acc@5 88.628 % (ImageNet-1K) · 133 M parameters · 7.61 GFLOPs · 507 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`8a719046`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_11_Weights", "VGGNet_11_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg11-8a719046.pth"),
        digest: .sha256Prefix("8a719046"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-11@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("59618a0dc0607270fa29dc0d878951b4163813f13bb2c9124242026510a6225a"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 69.02, "acc@5": 88.628]],
      numParams: 132_863_336,
      gflops: 7.609,
      fileSizeMB: 506.84,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG11BN``: VGG with 11 layers and batch normalisation.
public enum VGG11BNWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG11BN

  /// acc@1 70.37 %, acc@5 89.81 % (ImageNet-1K) · 133 M parameters · 7.61 GFLOPs · 507 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`6002323d`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_11_BN_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg11_bn-6002323d.pth"),
        digest: .sha256Prefix("6002323d"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-11-bn@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("4ec413e0c4e21dd660c463e3bf9f157556aa162121906f07a9ad4c4d902c0ac4"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 70.37, "acc@5": 89.81]],
      numParams: 132_868_840,
      gflops: 7.609,
      fileSizeMB: 506.881,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG13``: VGG with 13 layers.
public enum VGG13Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG13

  /// acc@1 69.928 %, acc@5 89.246 % (ImageNet-1K) · 133 M parameters · 11.31 GFLOPs · 508 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`19584684`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_13_Weights", "VGGNet_13_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg13-19584684.pth"),
        digest: .sha256Prefix("19584684"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-13@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("9004cbee1cf4f8cfd98b636353a6a10ee528e8b30e802f381915cfc9181a8903"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 69.928, "acc@5": 89.246]],
      numParams: 133_047_848,
      gflops: 11.308,
      fileSizeMB: 507.545,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG13BN``: VGG with 13 layers and batch normalisation.
public enum VGG13BNWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG13BN

  /// acc@1 71.586 %, acc@5 90.374 % (ImageNet-1K) · 133 M parameters · 11.31 GFLOPs · 508 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`abd245e5`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_13_BN_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg13_bn-abd245e5.pth"),
        digest: .sha256Prefix("abd245e5"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-13-bn@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("e288832644ed8355ccdb24bd2f4b286f21b21daf3804aa6633adc07572839ae9"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 71.586, "acc@5": 90.374]],
      numParams: 133_053_736,
      gflops: 11.308,
      fileSizeMB: 507.59,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG16``: VGG with 16 layers.
public enum VGG16Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG16

  /// acc@1 71.592 %, acc@5 90.382 % (ImageNet-1K) · 138 M parameters · 15.47 GFLOPs · 528 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`397923af`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// No metrics stated · 138 M parameters · 15.47 GFLOPs · 528 MiB
  ///
  /// Task: classification. Classes: none. Input: shorter side to 256 (bilinear), centre crop 224. Smallest input:
  /// 32×32. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/amdegroot/ssd.pytorch#training-ssd>
  ///
  /// Only the values of `features` are valid, not those of `classifier`, so there are no classes and no accuracy. Its
  /// std of 1/255 turns 0…1 pixels, less the mean, back into 0…255 units.
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`88682ab5`). They catch damage, not a
  /// forger.
  case imageNet1K_Features = "IMAGENET1K_FEATURES"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_16_Weights", "VGGNet_16_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    case .imageNet1K_Features: Self.imageNet1K_Features_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg16-397923af.pth"),
        digest: .sha256Prefix("397923af"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-16@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("f8518a067555b025a2da17f1fa106bb857dd6004a3a01dfcc77fc28b836898a6"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 71.592, "acc@5": 90.382]],
      numParams: 138_357_544,
      gflops: 15.47,
      fileSizeMB: 527.796,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_Features_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg16_features-amdegroot-88682ab5.pth"),
        digest: .sha256Prefix("88682ab5"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      numParams: 138_357_544,
      gflops: 15.47,
      fileSizeMB: 527.802,
      recipe: "https://github.com/amdegroot/ssd.pytorch#training-ssd",
      minSize: [32, 32],
      task: "classification",
      notes: """
        Only the values of `features` are valid, not those of `classifier`, so there are no classes and no accuracy. \
        Its std of 1/255 turns 0…1 pixels, less the mean, back into 0…255 units.
        """),
    preprocessing: PreprocessingRecipe(
      resize: 256, crop: 224, interpolation: .bilinear,
      mean: [0.48235, 0.45882, 0.40784],
      std: [0.00392156862745098, 0.00392156862745098, 0.00392156862745098],
      pixelScale: .unit))
}

/// The published checkpoints of ``VGG16BN``: VGG with 16 layers and batch normalisation.
public enum VGG16BNWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG16BN

  /// acc@1 73.36 %, acc@5 91.516 % (ImageNet-1K) · 138 M parameters · 15.47 GFLOPs · 528 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`6c64b313`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_16_BN_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg16_bn-6c64b313.pth"),
        digest: .sha256Prefix("6c64b313"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-16-bn@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("d8d00db5676660816d4c0eabf4f203c38e5eadb16daab58c1475f949f608aa09"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 73.36, "acc@5": 91.516]],
      numParams: 138_365_992,
      gflops: 15.47,
      fileSizeMB: 527.866,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG19``: VGG with 19 layers.
public enum VGG19Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG19

  /// acc@1 72.376 %, acc@5 90.876 % (ImageNet-1K) · 144 M parameters · 19.63 GFLOPs · 548 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`dcbb9e9d`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_19_Weights", "VGGNet_19_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"),
        digest: .sha256Prefix("dcbb9e9d"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-19@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("91e37c12f5d3c2765b3703e171249b329e5171ecdd1d340fb7ce6f5adf738127"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 72.376, "acc@5": 90.876]],
      numParams: 143_667_240,
      gflops: 19.632,
      fileSizeMB: 548.051,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``VGG19BN``: VGG with 19 layers and batch normalisation.
public enum VGG19BNWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = VGG19BN

  /// acc@1 74.218 %, acc@5 91.842 % (ImageNet-1K) · 144 M parameters · 19.63 GFLOPs · 548 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 32×32. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`c79401a0`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["VGG_19_BN_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/vgg19_bn-c79401a0.pth"),
        digest: .sha256Prefix("c79401a0"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/vgg-19-bn@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("18f776e34456582dc812e5dd2080ba582a707707982b91d7119e405786bb41c9"),
        format: .safetensors,
        keyRules: [
          KeyRule("fc6.", "classifier.0."),
          KeyRule("fc7.", "classifier.3."),
          KeyRule("classifier.", "classifier.6."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 74.218, "acc@5": 91.842]],
      numParams: 143_678_248,
      gflops: 19.632,
      fileSizeMB: 548.143,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg",
      minSize: [32, 32],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

extension WeightCatalog {
  /// VGG (Simonyan and Zisserman 2014). Its models, in the order of the manifest.
  public static let vgg: [CatalogModel] = [
    CatalogModel(
      VGG11Weights.self,
      names: ["vgg_11", "vgg_11_cls", "vggnet_11"],
      family: "VGG"),
    CatalogModel(
      VGG11BNWeights.self,
      names: ["vgg_11_bn", "vgg_11_bn_cls"],
      family: "VGG"),
    CatalogModel(
      VGG13Weights.self,
      names: ["vgg_13", "vgg_13_cls", "vggnet_13"],
      family: "VGG"),
    CatalogModel(
      VGG13BNWeights.self,
      names: ["vgg_13_bn", "vgg_13_bn_cls"],
      family: "VGG"),
    CatalogModel(
      VGG16Weights.self,
      names: ["vgg_16", "vgg_16_cls", "vggnet_16"],
      family: "VGG"),
    CatalogModel(
      VGG16BNWeights.self,
      names: ["vgg_16_bn", "vgg_16_bn_cls"],
      family: "VGG"),
    CatalogModel(
      VGG19Weights.self,
      names: ["vgg_19", "vgg_19_cls", "vggnet_19"],
      family: "VGG"),
    CatalogModel(
      VGG19BNWeights.self,
      names: ["vgg_19_bn", "vgg_19_bn_cls"],
      family: "VGG"),
  ]
}
