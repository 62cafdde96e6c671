// Made by lucid-generate from ResNet.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``ResNet18``: ResNet with 18 layers.
public enum ResNet18Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNet18

  /// acc@1 69.758 %, acc@5 89.078 % (ImageNet-1K) · 11.7 M parameters · 1.81 GFLOPs · 44.7 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnet>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`f37072fd`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNet_18_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnet18-f37072fd.pth"),
        digest: .sha256Prefix("f37072fd"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnet-18@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("bb7eab3083c24be6364e32f1d37844a00c5e500fa48a83a91f750a7621d152cb"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 69.758, "acc@5": 89.078]],
      numParams: 11_689_512,
      gflops: 1.814,
      fileSizeMB: 44.661,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnet",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNet34``: ResNet with 34 layers.
public enum ResNet34Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNet34

  /// acc@1 73.314 %, acc@5 91.42 % (ImageNet-1K) · 21.8 M parameters · 3.66 GFLOPs · 83.3 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnet>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`b627a593`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNet_34_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnet34-b627a593.pth"),
        digest: .sha256Prefix("b627a593"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnet-34@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("5d11396194da73066c1007086823da38447031d9dd260b8a2878e834245d3271"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 73.314, "acc@5": 91.42]],
      numParams: 21_797_672,
      gflops: 3.664,
      fileSizeMB: 83.275,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnet",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNet50``: ResNet with 50 layers.
public enum ResNet50Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNet50

  /// acc@1 76.13 %, acc@5 92.862 % (ImageNet-1K) · 25.6 M parameters · 4.09 GFLOPs · 97.8 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnet>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`0676ba61`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 80.858 %, acc@5 95.434 % (ImageNet-1K) · 25.6 M parameters · 4.09 GFLOPs · 97.8 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`11ad3fa6`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNet_50_Weights"] }

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
        .url("https://download.pytorch.org/models/resnet50-0676ba61.pth"),
        digest: .sha256Prefix("0676ba61"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnet-50@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("c634bc6bdc82cf41c7b630c3ab01f4d6896c3b5bbe39f987e4c2a80c31360777"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 76.13, "acc@5": 92.862]],
      numParams: 25_557_032,
      gflops: 4.089,
      fileSizeMB: 97.781,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnet",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnet50-11ad3fa6.pth"),
        digest: .sha256Prefix("11ad3fa6"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 80.858, "acc@5": 95.434]],
      numParams: 25_557_032,
      gflops: 4.089,
      fileSizeMB: 97.79,
      recipe: "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNet101``: ResNet with 101 layers.
public enum ResNet101Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNet101

  /// acc@1 77.374 %, acc@5 93.546 % (ImageNet-1K) · 44.5 M parameters · 7.80 GFLOPs · 171 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnet>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`63fe2227`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 81.886 %, acc@5 95.78 % (ImageNet-1K) · 44.5 M parameters · 7.80 GFLOPs · 171 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`cd907fc2`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNet_101_Weights"] }

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
        .url("https://download.pytorch.org/models/resnet101-63fe2227.pth"),
        digest: .sha256Prefix("63fe2227"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnet-101@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("531456a9dac7c8b836a92210f7db9e65d1f9c1e0530a70721249622577b3c02b"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 77.374, "acc@5": 93.546]],
      numParams: 44_549_160,
      gflops: 7.801,
      fileSizeMB: 170.511,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnet",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnet101-cd907fc2.pth"),
        digest: .sha256Prefix("cd907fc2"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 81.886, "acc@5": 95.78]],
      numParams: 44_549_160,
      gflops: 7.801,
      fileSizeMB: 170.53,
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNet152``: ResNet with 152 layers.
public enum ResNet152Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNet152

  /// acc@1 78.312 %, acc@5 94.046 % (ImageNet-1K) · 60.2 M parameters · 11.51 GFLOPs · 230 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnet>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`394f9c45`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 82.284 %, acc@5 96.002 % (ImageNet-1K) · 60.2 M parameters · 11.51 GFLOPs · 230 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`f82ba261`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNet_152_Weights"] }

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
        .url("https://download.pytorch.org/models/resnet152-394f9c45.pth"),
        digest: .sha256Prefix("394f9c45"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnet-152@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("52dde167f0e0292cea56165c3a7788020a69f3507aeb0e766ad0fe7dcc0f72f4"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 78.312, "acc@5": 94.046]],
      numParams: 60_192_808,
      gflops: 11.514,
      fileSizeMB: 230.434,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnet",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnet152-f82ba261.pth"),
        digest: .sha256Prefix("f82ba261"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 82.284, "acc@5": 96.002]],
      numParams: 60_192_808,
      gflops: 11.514,
      fileSizeMB: 230.474,
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``WideResNet50_2``: ResNet with 50 layers, the inner ones twice as wide.
public enum WideResNet50_2Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = WideResNet50_2

  /// acc@1 78.468 %, acc@5 94.086 % (ImageNet-1K) · 68.9 M parameters · 11.40 GFLOPs · 132 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/pull/912#issue-445437439>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`95faca4d`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 81.602 %, acc@5 95.758 % (ImageNet-1K) · 68.9 M parameters · 11.40 GFLOPs · 263 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`9ba9bcbe`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["Wide_ResNet_50_2_Weights", "Wide_ResNet_50_Weights"] }

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
        .url("https://download.pytorch.org/models/wide_resnet50_2-95faca4d.pth"),
        digest: .sha256Prefix("95faca4d"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/wide-resnet-50-2@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("e3448746102221b7d2ab734ba244b5312b444b26324484b97e0eb30ff364bd46"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 78.468, "acc@5": 94.086]],
      numParams: 68_883_240,
      gflops: 11.398,
      fileSizeMB: 131.82,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/pull/912#issue-445437439",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/wide_resnet50_2-9ba9bcbe.pth"),
        digest: .sha256Prefix("9ba9bcbe"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 81.602, "acc@5": 95.758]],
      numParams: 68_883_240,
      gflops: 11.398,
      fileSizeMB: 263.124,
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``WideResNet101_2``: ResNet with 101 layers, the inner ones twice as wide.
public enum WideResNet101_2Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = WideResNet101_2

  /// acc@1 78.848 %, acc@5 94.284 % (ImageNet-1K) · 127 M parameters · 22.75 GFLOPs · 243 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/pull/912#issue-445437439>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`32ee1156`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 82.51 %, acc@5 96.02 % (ImageNet-1K) · 127 M parameters · 22.75 GFLOPs · 485 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`d733dc28`). They catch damage, not a
  /// forger.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["Wide_ResNet_101_2_Weights", "Wide_ResNet_101_Weights"] }

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
        .url("https://download.pytorch.org/models/wide_resnet101_2-32ee1156.pth"),
        digest: .sha256Prefix("32ee1156"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/wide-resnet-101-2@main/IMAGENET1K_V1/model.safetensors"),
        digest: .sha256("935b3ddae9b1329af8802d7346a3a5fcc2faef45415e620563076d4123409c4f"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 78.848, "acc@5": 94.284]],
      numParams: 126_886_696,
      gflops: 22.753,
      fileSizeMB: 242.896,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/pull/912#issue-445437439",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/wide_resnet101_2-d733dc28.pth"),
        digest: .sha256Prefix("d733dc28"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 82.51, "acc@5": 96.02]],
      numParams: 126_886_696,
      gflops: 22.753,
      fileSizeMB: 484.747,
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNeXt50_32x4d``: ResNeXt with 50 layers and 32 groups 4 wide.
public enum ResNeXt50_32x4dWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNeXt50_32x4d

  /// acc@1 77.618 %, acc@5 93.698 % (ImageNet-1K) · 25.0 M parameters · 4.23 GFLOPs · 95.8 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnext>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`7cdf4587`). They catch damage, not a
  /// forger.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 81.198 %, acc@5 95.34 % (ImageNet-1K) · 25.0 M parameters · 4.23 GFLOPs · 95.8 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`1a0047aa`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNeXt_50_32X4D_Weights"] }

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
        .url("https://download.pytorch.org/models/resnext50_32x4d-7cdf4587.pth"),
        digest: .sha256Prefix("7cdf4587"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 77.618, "acc@5": 93.698]],
      numParams: 25_028_904,
      gflops: 4.23,
      fileSizeMB: 95.789,
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnext",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnext50_32x4d-1a0047aa.pth"),
        digest: .sha256Prefix("1a0047aa"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnext-50-32x4d@main/IMAGENET1K_V2/model.safetensors"),
        digest: .sha256("95ab469ce4c14c1a7e1e517f8eeb140ea9b7747946d9ccd0258dd65f869fc704"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 81.198, "acc@5": 95.34]],
      numParams: 25_028_904,
      gflops: 4.23,
      fileSizeMB: 95.833,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNeXt101_32x8d``: ResNeXt with 101 layers and 32 groups 8 wide.
public enum ResNeXt101_32x8dWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNeXt101_32x8d

  /// acc@1 79.312 %, acc@5 94.526 % (ImageNet-1K) · 88.8 M parameters · 16.41 GFLOPs · 340 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/tree/main/references/classification#resnext>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`8ba56ff5`). They catch damage, not a
  /// forger.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// acc@1 82.834 %, acc@5 96.228 % (ImageNet-1K) · 88.8 M parameters · 16.41 GFLOPs · 340 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: bsd-3-clause.
  ///
  /// Recipe: <https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`110c445d`). They catch damage, not a
  /// forger. The copies at the other sources are pinned in full.
  case imageNet1K_V2 = "IMAGENET1K_V2"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V2 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNeXt_101_32X8D_Weights"] }

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
        .url("https://download.pytorch.org/models/resnext101_32x8d-8ba56ff5.pth"),
        digest: .sha256Prefix("8ba56ff5"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 79.312, "acc@5": 94.526]],
      numParams: 88_791_336,
      gflops: 16.414,
      fileSizeMB: 339.586,
      recipe: "https://github.com/pytorch/vision/tree/main/references/classification#resnext",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 256, interpolation: .bilinear))

  private static let imageNet1K_V2_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnext101_32x8d-110c445d.pth"),
        digest: .sha256Prefix("110c445d"),
        format: .pytorch),
      WeightSource(
        .url("hf://lucid-dl/resnext-101-32x8d@main/IMAGENET1K_V2/model.safetensors"),
        digest: .sha256("39ddf40a89a715f0d9a4df83d94a3e338151076972917f6f1a29b3d7ebddccdb"),
        format: .safetensors,
        keyRules: [
          KeyRule("stem.0.", "conv1."),
          KeyRule("stem.1.", "bn1."),
          KeyRule("classifier.", "fc."),
        ]),
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 82.834, "acc@5": 96.228]],
      numParams: 88_791_336,
      gflops: 16.414,
      fileSizeMB: 339.673,
      license: "bsd-3-clause",
      recipe: "https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

/// The published checkpoints of ``ResNeXt101_64x4d``: ResNeXt with 101 layers and 64 groups 4 wide.
public enum ResNeXt101_64x4dWeights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = ResNeXt101_64x4d

  /// acc@1 83.246 %, acc@5 96.454 % (ImageNet-1K) · 83.5 M parameters · 15.46 GFLOPs · 319 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 232 (bilinear), centre crop 224.
  /// Smallest input: 1×1. License: not known; see the recipe.
  ///
  /// Recipe: <https://github.com/pytorch/vision/pull/5935>
  ///
  /// Weakly pinned: only the first digits of the file's SHA-256 are published (`173b62eb`). They catch damage, not a
  /// forger.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["ResNeXt_101_64X4D_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .url("https://download.pytorch.org/models/resnext101_64x4d-173b62eb.pth"),
        digest: .sha256Prefix("173b62eb"),
        format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 83.246, "acc@5": 96.454]],
      numParams: 83_455_272,
      gflops: 15.46,
      fileSizeMB: 319.318,
      recipe: "https://github.com/pytorch/vision/pull/5935",
      minSize: [1, 1],
      task: "classification"),
    preprocessing: .imageNet(crop: 224, resize: 232, interpolation: .bilinear))
}

extension WeightCatalog {
  /// ResNet (He et al. 2015), Wide ResNet (Zagoruyko and Komodakis 2016), ResNeXt (Xie et al. 2016). Its models, in the
  /// order of the manifest.
  public static let resNet: [CatalogModel] = [
    CatalogModel(
      ResNet18Weights.self,
      names: ["resnet_18", "resnet_18_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNet34Weights.self,
      names: ["resnet_34", "resnet_34_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNet50Weights.self,
      names: ["resnet_50", "resnet_50_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNet101Weights.self,
      names: ["resnet_101", "resnet_101_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNet152Weights.self,
      names: ["resnet_152", "resnet_152_cls"],
      family: "ResNet"),
    CatalogModel(
      WideResNet50_2Weights.self,
      names: ["wide_resnet_50_2", "wide_resnet_50", "wide_resnet_50_cls"],
      family: "ResNet"),
    CatalogModel(
      WideResNet101_2Weights.self,
      names: ["wide_resnet_101_2", "wide_resnet_101", "wide_resnet_101_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNeXt50_32x4dWeights.self,
      names: ["resnext_50_32x4d", "resnext_50_32x4d_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNeXt101_32x8dWeights.self,
      names: ["resnext_101_32x8d", "resnext_101_32x8d_cls"],
      family: "ResNet"),
    CatalogModel(
      ResNeXt101_64x4dWeights.self,
      names: ["resnext_101_64x4d"],
      family: "ResNet"),
  ]
}
