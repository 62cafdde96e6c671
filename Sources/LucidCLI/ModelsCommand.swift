import ArgumentParser
import Lucid

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List and describe architectures.",
    subcommands: [List.self, Info.self], defaultSubcommand: List.self)

  private struct Facts: Encodable {
    let name, type, family: String
    let numParams: Int
    let weights: [String]

    init(_ model: CatalogModel) {
      name = model.name
      type = model.typeName
      family = model.family
      numParams = model.defaultWeights?.meta.numParams ?? model.makeModel().parameterCount
      weights = model.weights.map(\.name)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the architectures.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let models = WeightCatalog.builtIn.models.map(Facts.init)
      if json { return try Console.printJSON(models) }
      try Console.printTable(
        ["model", "Swift type", "params", "weights"],
        models.map { model in
          [
            model.name, model.type, millions(model.numParams),
            model.weights.map { String($0.split(separator: ".").last ?? "") }.joined(separator: ", "),
          ]
        }, rightAligned: [2])
    }
  }

  struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info",
      abstract: "Print an architecture layer by layer, with shapes and parameter counts.",
      discussion: "EXAMPLE:\n  lucid models info resnet18")

    @Argument(help: "A name that `lucid models list` shows.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let model = try WeightCatalog.builtIn.model(named: name)
      if json { return try Console.printJSON(Facts(model)) }
      try Console.print("\(model.makeModel())\n\nweights: \(model.weights.map(\.name).joined(separator: ", "))")
    }
  }
}
