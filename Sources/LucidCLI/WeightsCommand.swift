import ArgumentParser
import Lucid

struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "List, describe and fetch published checkpoints.",
    subcommands: [List.self, Info.self, Download.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the published checkpoints.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let all = WeightCatalog.builtIn.allWeights
      if json { return try Console.printJSON(all.map { WeightFacts($0.model, $0.weights) }) }
      let rows = all.map { model, weights in
        [
          weights.name + (weights.isDefault ? " *" : ""), decimal(weights.meta.acc1), decimal(weights.meta.acc5),
          weights.meta.numParams.map(millions) ?? "", decimal(weights.meta.gflops),
          weights.meta.fileSizeMB.map { decimal($0, places: 1) } ?? "",
        ]
      }
      try Console.printTable(
        ["weights", "acc@1", "acc@5", "params", "GFLOPs", "MiB"], rows, rightAligned: [1, 2, 3, 4, 5])
      try Console.print("\n* used where only the model is named")
    }
  }

  struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info",
      abstract: "Print what is known about a checkpoint.",
      discussion: "EXAMPLE:\n  lucid weights info ResNet_18_Weights.IMAGENET1K_V1")

    @Argument(help: "A name that `lucid weights list` shows; a model's name means its default.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let (model, weights) = try WeightCatalog.builtIn.weights(named: name)
      let facts = WeightFacts(model, weights)
      if json { return try Console.printJSON(facts) }
      try Console.print(facts.text(weights))
    }
  }

  struct Download: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "download",
      abstract: "Fetch and verify checkpoints, so that they are there when the network is not.",
      discussion: """
        Prints the path of each file. One that cannot be had is reported and the others are still fetched; the exit \
        status is then 1. With --json it carries "error" in place of "path".

        EXAMPLE:
          lucid weights download efficientnet_lite0 resnet50
        """)

    @Argument(help: "Names that `lucid weights list` shows; a model's name means its default.")
    var names: [String]

    @Flag(help: "Print JSON.")
    var json = false

    private struct Result: Encodable {
      let weights: String
      var path, sha256: String?
      var bytes: Int?
      var error: String?
    }

    func run() async throws {
      let checkpoints = try names.map { try WeightCatalog.builtIn.weights(named: $0).weights }
      var results: [Result] = []
      for checkpoint in checkpoints {
        var result = Result(weights: checkpoint.name)
        do {
          let file = try await fetching {
            try await WeightResolver.shared.resolve(checkpoint.entry.sources, name: checkpoint.name, progress: $0)
          }
          (result.path, result.sha256, result.bytes) = (file.path, file.sha256, file.byteCount)
        } catch let error as LucidError {
          result.error = "\(error)"
          Console.printError("error: \(error)")
        }
        results.append(result)
        if !json, let path = result.path { try Console.print(path) }
      }
      if json { try Console.printJSON(results) }
      if results.contains(where: { $0.error != nil }) { throw ExitCode.failure }
    }
  }
}
