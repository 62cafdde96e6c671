import ArgumentParser
import Lucid

struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Name what pictures show.",
    discussion: """
      JPEG, PNG and WebP pictures are read. A picture that cannot be is reported and the others are still classified;
      the exit status is then 1.

      EXAMPLES:
        lucid classify coffee.png
        lucid classify holiday/*.jpg --weights ResNet_50_Weights.IMAGENET1K_V2 --top 3
        lucid classify cat.jpg --json | jq '.[0].predictions[0].label'
      """)

  @Argument(help: "The pictures.", completion: .file(extensions: ["jpg", "jpeg", "png", "webp"]))
  var images: [String]

  @Option(help: "Which checkpoint: a name that `lucid weights list` shows.")
  var weights = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"

  @Option(help: "How many classes to show.")
  var top = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if images.isEmpty { throw ValidationError("Name at least one picture.") }
    if top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
  }

  private struct Prediction: Encodable {
    let index: Int
    let label: String?
    let probability: Float
  }

  private struct Result: Encodable {
    let image: String
    let weights: String
    var predictions: [Prediction]?
    var error: String?
  }

  func run() async throws {
    try await cancellingOnInterrupt {
      let (entry, checkpoint) = try WeightCatalog.builtIn.weights(named: weights)
      guard let recipe = checkpoint.entry.preprocessing, !checkpoint.meta.categories.isEmpty else {
        throw LucidError(
          .invalidInput, doing: "classifying with \(checkpoint.name)", problem: "these parameters classify nothing",
          advice: "`lucid weights list` shows what does.")
      }
      let preprocessing = ImagePreprocessing(recipe)
      let model = entry.makeModel(for: checkpoint)
      try model.load(await withProgress { try await checkpoint.stateDict(progress: $0) })
      model.eval()
      let results = images.map { classify($0, model, preprocessing, checkpoint) }
      if json { try printJSON(results) }
      if results.contains(where: { $0.error != nil }) { throw ExitCode.failure }
    }
  }

  private func classify(
    _ path: String, _ model: any PretrainedModel, _ preprocessing: ImagePreprocessing, _ checkpoint: CatalogWeight
  ) -> Result {
    var result = Result(image: path, weights: checkpoint.name)
    do {
      let classification = try model.classify(preprocessing(Image(contentsOf: path)), top: top)
      let labels = checkpoint.meta.categories
      result.predictions = zip(classification.classes, classification.probabilities).map { index, probability in
        Prediction(index: index, label: labels.indices.contains(index) ? labels[index] : nil, probability: probability)
      }
    } catch {
      result.error = "\(error)"
      printError("\(error)")
    }
    if !json, let predictions = result.predictions {
      print(path)
      for prediction in predictions {
        print("  \(percent(prediction.probability))  \(prediction.label ?? "class \(prediction.index)")")
      }
    }
    return result
  }
}
