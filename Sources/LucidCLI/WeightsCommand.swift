import ArgumentParser
import Lucid

struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "List, describe and fetch published checkpoints.",
    subcommands: [List.self, Info.self, Download.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the published checkpoints.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let all = WeightCatalog.builtIn.allWeights
      if json { return try printJSON(all.map { WeightFacts($0.model, $0.weights) }) }
      let rows = all.map { model, weights in
        [
          weights.name + (weights.isDefault ? " *" : ""), decimal(weights.meta.acc1), decimal(weights.meta.acc5),
          weights.meta.numParams.map(millions) ?? "", decimal(weights.meta.gflops),
          weights.meta.fileSizeMB.map { decimal($0, places: 1) } ?? "",
        ]
      }
      printTable(
        ["weights", "acc@1", "acc@5", "params", "GFLOPs", "MiB"], rows, rightAligned: [1, 2, 3, 4, 5])
      print("\n* used where only the model is named")
    }
  }

  struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what is known about a checkpoint.",
      discussion: "EXAMPLE:\n  lucid weights info ResNet_18_Weights.IMAGENET1K_V1")

    @Argument(help: "A name that `lucid weights list` shows; a model's name means its default.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let (model, weights) = try WeightCatalog.builtIn.weights(named: name)
      let facts = WeightFacts(model, weights)
      if json { return try printJSON(facts) }
      print(facts.text(weights))
    }
  }

  struct Download: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch and verify checkpoints, so that they are there when the network is not.",
      discussion: "Prints the path of each file. EXAMPLE:\n  lucid weights download efficientnet_lite0 resnet50")

    @Argument(help: "Names that `lucid weights list` shows.")
    var names: [String]

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if names.isEmpty { throw ValidationError("Name at least one checkpoint.") }
    }

    private struct Result: Encodable {
      let weights, path, sha256: String
      let bytes: Int
    }

    func run() async throws {
      try await cancellingOnInterrupt {
        let checkpoints = try names.map { try WeightCatalog.builtIn.weights(named: $0).weights }
        var results: [Result] = []
        for checkpoint in checkpoints {
          let file = try await withProgress {
            try await WeightResolver.shared.resolve(
              checkpoint.entry.sources, name: checkpoint.name, progress: $0)
          }
          results.append(
            Result(weights: checkpoint.name, path: file.path, sha256: file.sha256, bytes: file.byteCount))
          if !json { print(file.path) }
        }
        if json { try printJSON(results) }
      }
    }
  }
}
