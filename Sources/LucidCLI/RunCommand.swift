import ArgumentParser
import Foundation
import Lucid

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on raw numbers.",
    discussion: """
      The input is a NumPy file of float32 numbers, [N, C, H, W] as the model takes them, already preprocessed; the \
      output is one too, [N, classes].

      EXAMPLES:
        lucid run resnet18 --weights IMAGENET1K_V1 --input x.npy --output y.npy
        lucid run resnet18 --weights ./mine.safetensors --classes 10 \\
          --input x.npy --output y.npy
      """)

  @Argument(help: "The model: a name that `lucid models list` shows.")
  var model: String

  @Option(help: "A checkpoint's name or tag, or the path of a file (one with a slash or an ending).")
  var weights: String

  @Option(help: "The NumPy file to read.", completion: .file(extensions: ["npy"]))
  var input: String

  @Option(help: "The NumPy file to write.", completion: .file(extensions: ["npy"]))
  var output: String

  @Option(help: "The number of classes that a file's parameters are for. (default: 1000)")
  var classes: Int?

  func validate() throws {
    guard let classes else { return }
    // More would be a typing error, and could not be allocated.
    guard (1...1_000_000).contains(classes) else {
      throw ValidationError("--classes must be from 1 to 1000000, not \(classes).")
    }
    if !isFile {
      throw ValidationError("--classes is for a file's parameters; \(weights) is the name of published ones.")
    }
  }

  func run() async throws {
    let entry = try WeightCatalog.builtIn.model(named: model)
    let parameters = try NetworkParameters(weights, of: entry, doing: "running \(entry.typeName)")
    let x = try Tensor(contentsOfNumPyFile: input)
    let network = parameters.makeNetwork(classes: classes ?? 1000)
    try InputRule(entry, network).check(x, from: input)
    try checkOutput(output)
    try await parameters.load(into: network)
    try network.eval()(x.to(.float32)).write(toNumPyFile: output)
  }

  /// Whether `--weights` is the path of a file.
  private var isFile: Bool { Classifier.isPath(weights) }
}
