import ArgumentParser
import Foundation
import Lucid

struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Name what pictures show.",
    discussion: """
      JPEG, PNG and WebP pictures are read. A picture that cannot be read is reported and the others are still \
      classified; the exit status is then 1. With --json it carries "error" in place of "predictions".

      EXAMPLES:
        lucid classify coffee.png
        lucid classify holiday/*.jpg --weights mobilenet_v2 --top 3
        lucid classify cat.jpg --json | jq '.[0].predictions[0].label'
      """)

  @Argument(help: "The pictures.", completion: .file(extensions: ["jpg", "jpeg", "png", "webp"]))
  var images: [String]

  @Option(help: "Which checkpoint: a name that `lucid weights list` shows; a model's name means its default.")
  var weights = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"

  @Option(help: "How many classes to show.")
  var top = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
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
    let (entry, checkpoint) = try WeightCatalog.builtIn.weights(named: weights)
    guard let recipe = checkpoint.entry.preprocessing, !checkpoint.meta.categories.isEmpty else {
      throw LucidError(
        .invalidInput, doing: "classifying with \(checkpoint.name)", problem: "these parameters classify nothing",
        advice: "`lucid weights list` shows an accuracy for those that do.")
    }
    // Nothing is fetched for pictures of which there are none.
    let classifier =
      try images.contains { access($0, R_OK) == 0 } ? await loaded(entry.makeModel(for: checkpoint), checkpoint) : nil
    let preprocessing = ImagePreprocessing(recipe)
    var results: [Result] = []
    for path in images {
      var result = Result(image: path, weights: checkpoint.name)
      do {
        let input = try preprocessing(Image(contentsOf: path))
        result.predictions = classifier.map { predictions($0.classify(input, top: top), checkpoint) }
      } catch {
        result.error = "\(error)"
        Console.printError("error: \(error)")
      }
      results.append(result)
      if !json { try show(result) }
    }
    if json { try Console.printJSON(results) }
    if results.contains(where: { $0.error != nil }) { throw ExitCode.failure }
  }

  private func loaded(_ model: any PretrainedModel, _ checkpoint: CatalogWeight) async throws -> any PretrainedModel {
    let stateDict = try await fetching { try await checkpoint.stateDict(progress: $0) }
    try model.load(stateDict)
    return model.eval()
  }

  private func predictions(_ classification: Classification, _ checkpoint: CatalogWeight) -> [Prediction] {
    let labels = checkpoint.meta.categories
    return zip(classification.classes, classification.probabilities).map { index, probability in
      Prediction(index: index, label: labels.indices.contains(index) ? labels[index] : nil, probability: probability)
    }
  }

  private func show(_ result: Result) throws {
    guard let predictions = result.predictions else { return }
    try Console.print(result.image)
    for prediction in predictions {
      try Console.print("  \(percent(prediction.probability))  \(prediction.label ?? "class \(prediction.index)")")
    }
  }
}
