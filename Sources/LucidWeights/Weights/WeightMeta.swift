/// What is known about a checkpoint besides its bytes: what it was trained for, how well it does, what it costs.
///
/// The typed fields and ``subscript(_:)``, with the keys of torchvision's `weights.meta`, show the same facts. What its
/// publisher does not say is `nil` or empty here, never guessed.
public struct WeightMeta: Sendable, Hashable {
  /// The class names, in the order of the model's outputs; empty where the checkpoint has none.
  public let categories: [String]
  /// The number of classes: by default that of `categories`, `nil` where the checkpoint classifies nothing.
  public let numClasses: Int?
  /// Dataset, then metric, then value; accuracies (`acc@1`, `acc@5`) in percent.
  public let metrics: [String: [String: Double]]
  /// The number of trained parameters; buffers such as running means do not count.
  public let numParams: Int?
  /// 10⁹ multiply-adds of one forward pass over one input of the size that the checkpoint was evaluated at.
  public let gflops: Double?
  /// The size of the published file in MiB (2²⁰ bytes), rounded; exact sizes are in ``WeightSource/byteCount``.
  public let fileSizeMB: Double?
  /// The license, as an SPDX identifier in lower case where there is one; `nil` where none is known.
  public let license: String?
  /// The address of the page that tells how the checkpoint was trained.
  public let recipe: String?
  /// The smallest input that the model can take, [H, W] in pixels.
  public let minSize: [Int]?
  /// What the checkpoint was trained for, such as "classification".
  public let task: String?
  /// Anything else that whoever uses the checkpoint must know.
  public let notes: String?

  /// Metadata of a checkpoint; what is not known may be left out.
  public init(
    categories: [String] = [],
    numClasses: Int? = nil,
    metrics: [String: [String: Double]] = [:],
    numParams: Int? = nil,
    gflops: Double? = nil,
    fileSizeMB: Double? = nil,
    license: String? = nil,
    recipe: String? = nil,
    minSize: [Int]? = nil,
    task: String? = nil,
    notes: String? = nil
  ) {
    self.categories = categories
    self.numClasses = numClasses ?? (categories.isEmpty ? nil : categories.count)
    self.metrics = metrics
    self.numParams = numParams
    self.gflops = gflops
    self.fileSizeMB = fileSizeMB
    self.license = license
    self.recipe = recipe
    self.minSize = minSize
    self.task = task
    self.notes = notes
  }

  /// The top-1 accuracy in percent.
  public var acc1: Double? { metric("acc@1") }

  /// The top-5 accuracy in percent.
  public var acc5: Double? { metric("acc@5") }

  /// The data set that ``acc1`` was measured on. Accuracies on different ones say nothing about each other.
  public var acc1Dataset: String? { dataset(of: "acc@1") }

  /// The metric of this name on ImageNet-1K, else on the only dataset that has it.
  public func metric(_ name: String) -> Double? { dataset(of: name).flatMap { metrics[$0]?[name] } }

  private func dataset(of metric: String) -> String? {
    let datasets = metrics.keys.filter { metrics[$0]?[metric] != nil }
    if datasets.contains("ImageNet-1K") { return "ImageNet-1K" }
    return datasets.count == 1 ? datasets[0] : nil
  }
}

extension WeightMeta {
  /// The keys that have a value here, in the order in which people read them.
  public var keys: [String] {
    let metricNames = Set(metrics.values.flatMap(\.keys)).sorted()
    return (["task"] + metricNames + Self.factKeys).filter { self[$0] != nil }
  }

  /// The fact of this name, or `nil` where it is not known.
  ///
  /// The keys are `categories`, `num_classes`, `num_params`, `gflops`, `file_size_mb`, `license`, `recipe`, `min_size`,
  /// `task` and `notes`, torchvision's `_ops`, `_file_size` and `_docs` for three of these, each metric, such as
  /// `acc@1` (see ``metric(_:)``), and `dataset/metric`, such as `ImageNet-1K/acc@1`.
  public subscript(_ key: String) -> MetaValue? {
    switch key {
    case "categories": categories.isEmpty ? nil : .list(categories.map(MetaValue.text))
    case "num_classes": numClasses.map(MetaValue.integer)
    case "num_params": numParams.map(MetaValue.integer)
    case "gflops", "_ops": gflops.map(MetaValue.number)
    case "file_size_mb", "_file_size": fileSizeMB.map(MetaValue.number)
    case "license": license.map(MetaValue.text)
    case "recipe": recipe.map(MetaValue.text)
    case "min_size": minSize.map { .list($0.map(MetaValue.integer)) }
    case "task": task.map(MetaValue.text)
    case "notes", "_docs": notes.map(MetaValue.text)
    default: (metric(key) ?? qualifiedMetric(key)).map(MetaValue.number)
    }
  }

  private static let factKeys = [
    "num_params", "gflops", "file_size_mb", "num_classes", "categories", "min_size", "license", "recipe", "notes",
  ]

  /// The metric that "dataset/metric" names; the dataset may itself hold slashes.
  private func qualifiedMetric(_ key: String) -> Double? {
    guard let slash = key.lastIndex(of: "/") else { return nil }
    return metrics[String(key[..<slash])]?[String(key[key.index(after: slash)...])]
  }
}
