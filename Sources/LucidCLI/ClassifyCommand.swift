import ArgumentParser
import Foundation
import Lucid

struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Name what pictures show.",
    discussion: """
      JPEG, PNG and WebP pictures are read; of a folder, all those below it. A picture that cannot be read is reported \
      and the others are still classified; the exit status is then 1. With --json it carries "error" in place of \
      "predictions".

      EXAMPLES:
        lucid classify coffee.png
        lucid classify holiday --weights mobilenet_v2 --top 3
        lucid classify birds/*.jpg --weights ./mine.safetensors
        lucid classify cat.jpg --json | jq '.[0].predictions[0].label'
      """)

  @Argument(
    help: "The pictures, or folders of them.", completion: .file(extensions: ["jpg", "jpeg", "png", "webp"]))
  var images: [String]

  @Option(
    help:
      "Which checkpoint: a name that `lucid weights list` shows (a model's name means its default), or a file's path.")
  var weights = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"

  @Option(help: "How many classes to show.")
  var top = 5

  @Option(help: "How many pictures go through the network together.")
  var batch = 8

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
    if !(1...1024).contains(batch) { throw ValidationError("--batch must be from 1 to 1024, not \(batch).") }
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
    let name = Classifier.isPath(weights) ? weights : try Classifier.published(weights).checkpoint.name
    let pictures = NamedPictures(images)
    var results: [Result] = []
    func report(_ result: Result) throws {
      if let error = result.error { Console.printError("error: \(error)") }
      if !json { try show(result) }
      results.append(result)
    }
    // Nothing is fetched for pictures of which there are none.
    if pictures.isWorthLoading {
      let classifier = try await loadedClassifier(weights)
      let loader = DataLoader(
        pictures, classifier.preprocessing, batchSize: min(batch, pictures.count), skipLimit: nil)
      for try await batch in loader.epoch() {
        let answers = batch.count > 0 ? classifier.model.classify(batch: batch.images, top: top) : []
        let named = zip(batch.indices, answers).map { index, answer in
          (index, Result(image: pictures.name(at: index), weights: name, predictions: predictions(answer, classifier)))
        }
        let failed = batch.skipped.map { ($0.index, Result(image: $0.name, weights: name, error: "\($0.error)")) }
        for (_, result) in (named + failed).sorted(by: { $0.0 < $1.0 }) { try report(result) }
      }
    } else {
      for index in 0..<pictures.count {
        do {
          _ = try pictures.image(at: index)
        } catch {
          try report(Result(image: pictures.name(at: index), weights: name, error: "\(error)"))
        }
      }
    }
    if json { try Console.printJSON(results) }
    if results.contains(where: { $0.error != nil }) { throw ExitCode.failure }
  }

  private func predictions(_ classification: Classification, _ classifier: Classifier) -> [Prediction] {
    let labels = classifier.categories
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
