import ArgumentParser
import Foundation
import Lucid

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a checkpoint's accuracy on labelled pictures.",
    discussion: """
      The data are a folder with a folder of pictures for each class, or a list of path,label in a .csv file. Classes \
      are called, all in the same way, by the model's names for them, by WordNet ids as in ImageNet, or by their places \
      from 0; this is also the order in which that is tried. Other models of the same classes are so comparable.

      A picture that cannot be read is reported and does not count; the exit status is then 1.

      EXAMPLES:
        lucid evaluate imagenet/val --weights resnet18
        lucid evaluate birds/val --weights ./mine.safetensors --json
      """)

  @Argument(help: "The folder, or the .csv file.", completion: .directory)
  var data: String

  @Option(help: "Which checkpoint: a name that `lucid weights list` shows, or a file's path.")
  var weights = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"

  @Option(help: "How many pictures go through the network together.")
  var batch = 16

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...1024).contains(batch) { throw ValidationError("--batch must be from 1 to 1024, not \(batch).") }
  }

  private struct Report: Encodable {
    let data: String
    let weights: String
    let classesBy: String
    let pictures: Int
    let classes: Int
    let acc1: Double?
    let acc5: Double?
    let loss: Double?
    let published: [String: Double]
    let unreadable: [Unreadable]
  }

  private struct Unreadable: Encodable {
    let image: String
    let error: String
  }

  func run() async throws {
    let pictures = try dataset(at: data)
    guard !pictures.classes.isEmpty else {
      throw LucidError(
        .invalidInput, doing: "evaluating on \(data)", problem: "its pictures have no labels",
        advice: "Put those of each class into a folder of its name, or list them in a .csv file as path,label.")
    }
    let classifier = try await loadedClassifier(weights)
    let matching = try CategoryMatching(pictures.classes, in: classifier.categories)
    let loader = DataLoader(
      pictures, classifier.preprocessing, batchSize: min(batch, pictures.count),
      skipLimit: nil)
    var scores = ClassificationScores()
    var unreadable: [Unreadable] = []
    for try await batch in loader.epoch() {
      for sample in batch.skipped {
        Console.printError("error: \(sample.error)")
        unreadable.append(Unreadable(image: sample.name, error: "\(sample.error)"))
      }
      guard batch.count > 0 else { continue }
      scores.add(logits: classifier.model(batch.images), labels: batch.labels.map { matching.places[$0] })
    }
    let report = Report(
      data: data, weights: classifier.name, classesBy: words(matching.kind), pictures: scores.count,
      classes: pictures.classes.count, acc1: scores.acc1, acc5: scores.acc5, loss: scores.loss,
      published: classifier.metrics, unreadable: unreadable)
    if json { try Console.printJSON(report) } else { try show(report, categoryCount: classifier.categories.count) }
    if !unreadable.isEmpty { throw ExitCode.failure }
  }

  private func words(_ kind: CategoryMatching.Kind) -> String {
    switch kind {
    case .names: "name"
    case .wordNetIDs: "WordNet id"
    case .places: "place"
    }
  }

  /// - Parameter categoryCount: the classes of the model; of five or fewer, one is always among the best five.
  private func show(_ report: Report, categoryCount: Int) throws {
    func accuracy(_ name: String, _ value: Double?) throws {
      guard let value else { return }
      let origin = Classifier.isPath(weights) ? "in the file" : "published"
      let published = report.published[name].map { "   (\(origin): \(decimal($0, places: 3)))" } ?? ""
      try Console.print("  \(name)     \(decimal(value, places: 3))\(published)")
    }
    try Console.print("\(report.weights) on \(report.data)")
    try Console.print("  pictures  \(report.pictures) of \(report.classes) classes, by \(report.classesBy)")
    try accuracy("acc@1", report.acc1)
    if categoryCount > 5 { try accuracy("acc@5", report.acc5) }
    if let loss = report.loss { try Console.print("  loss      \(decimal(loss, places: 4))") }
    if !report.unreadable.isEmpty { try Console.print("  unreadable  \(report.unreadable.count)") }
  }
}
