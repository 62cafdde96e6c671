import ArgumentParser
import Lucid

struct CheckpointCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what of a checkpoint fits a model, from its header alone.",
    discussion: """
      The exit status is 0 where all fits and 1 otherwise. Of an address (https, or hf://owner/repo@revision/path) only the
      header is fetched.

      EXAMPLES:
        lucid checkpoint check mine.pth --model resnet50
        lucid checkpoint check birds.safetensors --model resnet50 --classes 10 --json
        lucid checkpoint check hf://me/birds/model.safetensors --model resnet50
      """)

  @Argument(help: "The file, or an address.")
  var file: String

  @Option(help: "The model: a name that `lucid models list` shows.")
  var model: String

  @Option(help: "The number of the model's classes.")
  var classes: Int?

  @Option(help: "Which dictionary of a training checkpoint, as in model_ema.")
  var key: String?

  @Option(parsing: .unconditional, help: "Rules that rename the file's names; see `lucid checkpoint convert --help`.")
  var map: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let classes, classes < 1 { throw ValidationError("--classes must be at least 1, not \(classes).") }
  }

  func run() async throws {
    let entry = try WeightCatalog.builtIn.model(named: model)
    var dict = try await CheckpointInput(file, key: key).dict
    if let map { dict = try dict.renamed(keyMap(from: map)) }
    let fit = try CheckpointFit(file, dict, entry, classes: classes)
    if json { try Console.printJSON(fit) } else { try Console.print(fit.text) }
    if !fit.isComplete { throw ExitCode.failure }
  }
}

/// How a checkpoint fits a model.
struct CheckpointFit: Encodable {
  struct Difference: Encodable {
    let name, expected, found: String

    init(_ difference: LoadPlan.Difference) {
      (name, expected, found) = (difference.name, "\(difference.expected)", "\(difference.found)")
    }
  }

  let file, model: String
  let isComplete: Bool
  let matched, missing, unexpected: [String]
  /// Names of an element type that cannot be read, which `text` tells.
  let unreadable: [String]
  let shapeDifferences, dtypeDifferences: [Difference]
  let hints: [String]
  let text: String

  init(_ file: String, _ dict: StateDict, _ entry: CatalogModel, classes: Int?) throws {
    let model = classes.map { entry.makeModel(numClasses: $0) } ?? entry.makeModel()
    let plan = model.loadPlan(for: dict, namings: Naming.known)
    self.file = file
    self.model = entry.typeName
    isComplete = plan.isComplete
    (matched, missing, unexpected) = (plan.matched, plan.missing, plan.unexpected)
    unreadable = plan.unreadable.map(\.name)
    shapeDifferences = plan.shapeDifferences.map(Difference.init)
    dtypeDifferences = plan.dtypeDifferences.map(Difference.init)
    hints = plan.hints.map(\.description)
    text = "\(file) for \(entry.typeName): \(plan)"
  }
}
