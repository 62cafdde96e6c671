import ArgumentParser
import Foundation
import Lucid

struct FeaturesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Write what a model sees in pictures, before it decides, as numbers.",
    discussion: """
      The features that the last layer is given, a row for each picture: a NumPy file of float32 numbers [N, C]. Beside \
      it, in a .csv file of the same name, the pictures' paths and, where they are known, labels, in the order of the rows. \
      Prints the paths of both.

      A picture that cannot be read is reported and has no row; the exit status is then 1.

      EXAMPLES:
        lucid features photos --output x.npy
        lucid features birds/train --weights resnet50 --output birds.npy
      """)

  @Argument(help: "A folder of pictures or of class folders, or a .csv file of path,label.", completion: .directory)
  var data: String

  @Option(help: "Which checkpoint: a name that `lucid weights list` shows, or a file's path.")
  var weights = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"

  @Option(help: "The NumPy file to write.", completion: .file(extensions: ["npy"]))
  var output: String

  @Option(help: "How many pictures go through the network together.")
  var batch = 16

  func validate() throws {
    if !(1...1024).contains(batch) { throw ValidationError("--batch must be from 1 to 1024, not \(batch).") }
    if !output.hasSuffix(".npy") { throw ValidationError("--output must end in .npy, unlike \(output).") }
  }

  func run() async throws {
    let pictures = try dataset(at: data)
    try checkOutput(output)
    try checkOutput(list)
    guard URL(fileURLWithPath: list).resolvingSymlinksInPath() != URL(fileURLWithPath: data).resolvingSymlinksInPath()
    else {
      throw LucidError(
        .invalidInput, doing: "writing \(output)",
        problem: "the list of its rows would be \(list), in place of the list that the pictures are read from",
        advice: "Call --output something else.")
    }
    let classifier = try await loadedClassifier(weights)
    guard let model = classifier.model as? any AdaptableModel else {
      throw LucidError(
        .invalidInput, doing: "computing features with \(classifier.name)",
        problem: "its last layer cannot be taken away")
    }
    model.removeHead()
    let loader = DataLoader(
      pictures, classifier.preprocessing, batchSize: min(batch, pictures.count),
      skipLimit: nil)
    var (rows, width): ([Float], Int) = ([], model.head.outFeatures)
    var lines = [pictures.classes.isEmpty ? "path" : "path,label"]
    var isWhole = true
    for try await batch in loader.epoch() {
      for sample in batch.skipped {
        Console.printError("error: \(sample.error)")
        isWhole = false
      }
      guard batch.count > 0 else { continue }
      let features = model(batch.images)
      width = features.shape[1]
      rows += features.scalars(as: Float.self)
      for (index, label) in zip(batch.indices, batch.labels) {
        let path = CSVText.quoted(pictures.name(at: index))
        lines.append(pictures.classes.isEmpty ? path : "\(path),\(CSVText.quoted(pictures.classes[label]))")
      }
    }
    try Tensor(rows, [rows.count / width, width]).write(toNumPyFile: output)
    try writeList(lines)
    for path in [output, list] { try Console.print(path) }
    if !isWhole { throw ExitCode.failure }
  }

  /// The file beside the numbers that says whose they are.
  private var list: String { output.dropLast(4) + ".csv" }

  private func writeList(_ lines: [String]) throws {
    do {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: list), options: .atomic)
    } catch {
      throw LucidError(.fileUnreadable, doing: "writing \(list)", problem: error.localizedDescription)
    }
  }
}
