import Foundation
import LucidNN
import LucidTensor
import LucidVision
import LucidWeights

/// A trained model with what it takes to use it, for programs that a person tells which to use: by the name of a published
/// checkpoint, or by the path of a file that fine-tuning has written.
///
/// ```swift
/// let classifier = try await Classifier("./birds.safetensors")
/// let x = try classifier.preprocessing(Image(contentsOf: "robin.jpg"))
/// print(classifier.categories[classifier.model.classify(x).top1])
/// ```
public struct Classifier {
  /// What to call it: the checkpoint's full name, or the file's path.
  public let name: String
  /// The model in the catalogue.
  public let entry: CatalogModel
  /// The model, in `eval()` mode.
  public let model: any PretrainedModel
  /// The names of its classes, in the order of its outputs.
  public let categories: [String]
  /// How a picture becomes an input.
  public let recipe: PreprocessingRecipe

  /// What was measured when it was published or trained, such as `acc@1`, in percent.
  public let metrics: [String: Double]

  /// What makes a picture an input.
  public var preprocessing: ImagePreprocessing { ImagePreprocessing(recipe) }

  /// Whether what a person typed is the path of a file and not a checkpoint's name: it has a slash or the ending of a
  /// checkpoint file, or is there.
  public static func isPath(_ text: String) -> Bool {
    text.contains("/") || [".pth", ".pt", ".bin", ".safetensors", ".ckpt"].contains { text.hasSuffix($0) }
      || FileManager.default.fileExists(atPath: text)
  }

  /// The classifier that a person names.
  ///
  /// - Throws: ``LucidError`` with the code `unknown-name`, what fetching or reading the file throws, and
  ///   ``LucidError/Code/invalidInput`` where the parameters classify nothing or a file does not say what it is.
  public init(_ text: String, catalog: WeightCatalog = .builtIn, progress: ProgressHandler? = nil) async throws {
    if Self.isPath(text) {
      try self.init(contentsOf: text, catalog: catalog)
    } else {
      let (entry, checkpoint, recipe) = try Self.published(text, in: catalog)
      let stateDict = try await checkpoint.stateDict(progress: progress)
      let model = entry.makeModel(for: checkpoint)
      try model.load(stateDict)
      let meta = checkpoint.meta
      let metrics = ["acc@1": meta.acc1, "acc@5": meta.acc5].compactMapValues { $0 }
      self.init(checkpoint.name, entry, model, meta.categories, recipe, metrics)
    }
  }

  /// The published checkpoint that a person names; nothing is fetched.
  ///
  /// - Throws: ``LucidError`` with the code `unknown-name`, and with ``LucidError/Code/invalidInput`` where the parameters
  ///   classify nothing.
  public static func published(
    _ name: String, in catalog: WeightCatalog = .builtIn
  ) throws -> (entry: CatalogModel, checkpoint: CatalogWeight, recipe: PreprocessingRecipe) {
    let (entry, checkpoint) = try catalog.weights(named: name)
    guard let recipe = checkpoint.entry.preprocessing, !checkpoint.meta.categories.isEmpty else {
      throw LucidError(
        .invalidInput, doing: "classifying with \(checkpoint.name)", problem: "these parameters classify nothing",
        advice: "`lucid weights list` shows an accuracy for those that do.")
    }
    return (entry, checkpoint, recipe)
  }

  /// The classifier in a file that has a ``ModelCard``.
  public init(contentsOf path: String, catalog: WeightCatalog = .builtIn) throws {
    let stateDict = try StateDict(contentsOf: path)
    guard let card = try ModelCard(stateDict.metadata) else {
      throw LucidError(
        .invalidInput, doing: "classifying with \(path)",
        problem: "the file does not say which model it is of, what its classes are and how pictures are prepared",
        advice: "Files that `lucid finetune` writes do; to another, add a ModelCard to its metadata.")
    }
    let entry = try catalog.model(named: card.model)
    let model = entry.makeModel(numClasses: max(card.categories.count, 1))
    try model.load(
      stateDict, from: path, into: entry.typeName,
      advice: "The file says that it is of \(card.model) with \(card.categories.count) classes; write it anew.")
    let prepared = card.preprocessing.mean.count
    if let taken = (model as? any AdaptableModel)?.inputConvolution.inChannels, taken != prepared {
      throw LucidError(
        .invalidInput, doing: "classifying with \(path)",
        problem: "its card prepares pictures of \(prepared) channel\(prepared == 1 ? "" : "s"), and \(entry.typeName) "
          + "takes \(taken)",
        advice: "Write the file anew, with a mean and a deviation for each channel.")
    }
    self.init(path, entry, model, card.categories, card.preprocessing, card.metrics)
  }

  private init(
    _ name: String, _ entry: CatalogModel, _ model: any PretrainedModel, _ categories: [String],
    _ recipe: PreprocessingRecipe, _ metrics: [String: Double]
  ) {
    self.name = name
    self.entry = entry
    self.model = model
    self.categories = categories
    self.recipe = recipe
    self.metrics = metrics
    model.eval()
  }
}
