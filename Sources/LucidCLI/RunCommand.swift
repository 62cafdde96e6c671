import ArgumentParser
import Foundation
import Lucid

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on raw numbers.",
    discussion: """
      The input is a NumPy file of float32 numbers, [N, C, H, W] as the model takes them, already preprocessed; the output
      is one too.

      EXAMPLES:
        lucid run resnet18 --weights IMAGENET1K_V1 --input x.npy --output y.npy
        lucid run resnet18 --weights ./mine.safetensors --classes 10 --input x.npy --output y.npy
      """)

  @Argument(help: "The model: a name that `lucid models list` shows.")
  var model: String

  @Option(help: "A checkpoint's name or tag, or the path of a file (one with a slash or an ending).")
  var weights: String

  @Option(help: "The NumPy file to read.", completion: .file(extensions: ["npy"]))
  var input: String

  @Option(help: "The NumPy file to write.", completion: .file(extensions: ["npy"]))
  var output: String

  @Option(help: "The number of the model's classes, where a file's is not 1000.")
  var classes: Int?

  func validate() throws {
    if let classes, classes < 1 { throw ValidationError("--classes must be at least 1, not \(classes).") }
  }

  func run() async throws {
    try await cancellingOnInterrupt {
      let entry = try WeightCatalog.builtIn.model(named: model)
      let x = try Tensor(contentsOfNumPyFile: input)
      guard x.dtype.isFloatingPoint, x.rank == 4 else {
        throw LucidError(
          .invalidInput, doing: "reading \(input)",
          problem: "expected floating-point numbers [N, C, H, W], found \(x.dtype)\(x.shape)")
      }
      let network: any PretrainedModel
      if isFile(weights) {
        network = entry.makeModel(numClasses: classes ?? 1000)
        try network.load(StateDict(contentsOf: weights).withoutDataParallelPrefix())
      } else {
        let checkpoint = try checkpoint(entry)
        network = entry.makeModel(for: checkpoint)
        try network.load(await withProgress { try await checkpoint.stateDict(progress: $0) })
      }
      guard let channels = network.parameters().first?.shape, x.shape[1] == channels[1] else {
        throw LucidError(
          .invalidInput, doing: "running \(entry.typeName)",
          problem: "\(input) has \(x.shape[1]) channels; the model takes \(network.parameters()[0].shape[1])")
      }
      try network.eval()(x.to(.float32)).write(toNumPyFile: output)
    }
  }

  /// A name of a checkpoint of this model, or only its tag.
  private func checkpoint(_ entry: CatalogModel) throws -> CatalogWeight {
    if let checkpoint = entry.weights(tagged: weights) { return checkpoint }
    let (owner, checkpoint) = try WeightCatalog.builtIn.weights(named: weights)
    guard owner.name == entry.name else {
      throw LucidError(
        .invalidInput, doing: "running \(entry.typeName)",
        problem: "\(checkpoint.name) are parameters of \(owner.typeName)",
        advice: "Its own are \(entry.weights.map(\.name).joined(separator: ", ")).")
    }
    return checkpoint
  }

  private func isFile(_ name: String) -> Bool {
    name.contains("/") || [".pth", ".pt", ".bin", ".safetensors", ".ckpt"].contains { name.hasSuffix($0) }
      || FileManager.default.fileExists(atPath: name)
  }
}
