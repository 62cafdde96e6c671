import Lucid

/// The model of a fine-tuning: what its parameters begin as, and how pictures become its inputs.
struct FinetuneModel {
  /// What the parameters begin as.
  enum Start {
    case random
    case published(CatalogWeight)
    case file(String)
  }

  let entry: CatalogModel
  let start: Start
  /// How pictures become inputs, at the size that was asked for.
  let recipe: PreprocessingRecipe

  /// The model that a person names; `weights` is a tag, a name, the path of a file or `none`.
  ///
  /// - Parameter size: the side of the inputs; the checkpoint's where nil.
  init(_ name: String, weights: String, size: Int?) throws {
    entry = try WeightCatalog.builtIn.model(named: name)
    var recipe = entry.defaultWeights?.entry.preprocessing
    if weights == "none" {
      start = .random
    } else if Classifier.isPath(weights) {
      start = .file(weights)
      if let card = try ModelCard(StateDict(contentsOf: weights).metadata) { recipe = card.preprocessing }
    } else {
      let checkpoint = try entry.checkpoint(typed: weights, doing: "fine-tuning \(entry.typeName)")
      start = .published(checkpoint)
      recipe = checkpoint.entry.preprocessing
    }
    guard let recipe else {
      throw LucidError(
        .invalidInput, doing: "fine-tuning \(entry.typeName)",
        problem: "nothing says how pictures become its inputs", advice: "Choose a published checkpoint.")
    }
    self.recipe = size.map { recipe.resized(to: $0) } ?? recipe
  }

  /// The name of what the parameters begin as.
  var startName: String {
    switch start {
    case .random: "none"
    case .published(let checkpoint): checkpoint.name
    case .file(let path): path
    }
  }

  /// The model with a head for these classes. Random parameters are drawn from the seed.
  ///
  /// - Parameter isLoading: whether the parameters that it begins with are wanted; they are fetched where they are not here.
  func make(classes: Int, seed: UInt64, isLoading: Bool) async throws -> any AdaptableModel {
    Generator.default.seed(seed)
    guard isLoading, let (stateDict, count) = try await parameters() else {
      return try adaptable(entry.makeModel(numClasses: classes))
    }
    let network = entry.makeModel(numClasses: count)
    try network.load(
      stateDict, from: startName, into: entry.typeName, advice: "Check that the parameters are of this model.")
    let model = try adaptable(network)
    model.replaceHead(classes: classes, generator: Generator(seed: seed))
    return model
  }

  /// The parameters to begin with and their number of classes; nil for random ones.
  private func parameters() async throws -> (StateDict, Int)? {
    switch start {
    case .random: return nil
    case .published(let checkpoint):
      let stateDict = try await fetching { try await checkpoint.stateDict(progress: $0) }
      return (stateDict, checkpoint.meta.numClasses ?? 1000)
    case .file(let path):
      let stateDict = try StateDict(contentsOf: path).withoutDataParallelPrefix()
      let card = try ModelCard(stateDict.metadata)
      return (stateDict, card?.categories.count ?? entry.defaultWeights?.meta.numClasses ?? 1000)
    }
  }

  private func adaptable(_ network: any PretrainedModel) throws -> any AdaptableModel {
    guard let model = network as? any AdaptableModel else {
      throw LucidError(
        .invalidInput, doing: "fine-tuning \(entry.typeName)", problem: "its head cannot be replaced",
        advice: "`lucid models list` names the others.")
    }
    let rule = InputRule(entry, network)
    let side = recipe.crop ?? 0
    guard side >= rule.minSize[0], side >= rule.minSize[1] else {
      throw LucidError(
        .invalidInput, doing: "fine-tuning \(entry.typeName)",
        problem: "it takes pictures of at least \(rule.minSize[0])x\(rule.minSize[1]), not \(side)x\(side)",
        advice: "Give --size a larger number.")
    }
    let (prepared, taken) = (recipe.mean.count, rule.channels)
    guard prepared == taken else {
      throw LucidError(
        .invalidInput, doing: "fine-tuning \(entry.typeName)",
        problem: "it takes pictures of \(taken) channel\(taken == 1 ? "" : "s"), and \(startName) prepares such of "
          + "\(prepared)",
        advice: "Choose parameters of this model.")
    }
    return model
  }
}

extension PreprocessingRecipe {
  /// The same with inputs of another size, the resize in proportion.
  fileprivate func resized(to side: Int) -> PreprocessingRecipe {
    let ratio = Double(resize ?? side) / Double(crop ?? resize ?? side)
    return PreprocessingRecipe(
      resize: Int((Double(side) * ratio).rounded()), crop: side, interpolation: interpolation, mean: mean, std: std,
      pixelScale: pixelScale)
  }
}
