import ArgumentParser
import Foundation
import Lucid

struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "List, describe, draw and fetch checkpoints.",
    subcommands: [
      List.self, WeightsSearchCommand.self, Info.self, WeightsPlotCommand.self, Download.self,
      WeightsFetchCommand.self, WeightsVerifyCommand.self, WeightsLockCommand.self, WeightsAddCommand.self,
    ], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the published checkpoints.",
      discussion: """
        EXAMPLES:
          lucid weights list --family ResNet --sort accuracy
          lucid weights list --max-size 50 --min-accuracy 70 --sort gflops
        """)

    @OptionGroup var filter: WeightFilter

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      let rows = try filter.apply(to: WeightCatalog.builtIn.allWeights)
      if rows.isEmpty, !json {
        let licenses = Set(WeightCatalog.builtIn.allWeights.map { $0.weights.meta.license ?? "none" }).sorted()
        throw LucidError(
          .unknownName, doing: "listing checkpoints", problem: "the filters leave none",
          advice: "Loosen one. The licenses are \(licenses.joined(separator: ", ")).")
      }
      try printWeights(rows, json: json)
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

    @Option(help: "How many to fetch at the same time.")
    var jobs = 4

    @Flag(help: "Take only what the lock file says, as LUCID_FROZEN=1 does.")
    var frozen = false

    func validate() throws {
      if jobs < 1 { throw ValidationError("--jobs must be at least 1, not \(jobs).") }
    }

    private struct Result: Encodable {
      let weights: String
      var path, sha256: String?
      var bytes: Int?
      var error: String?
    }

    func run() async throws {
      if frozen { setenv("LUCID_FROZEN", "1", 1) }
      let checkpoints = try names.map { try WeightCatalog.builtIn.weights(named: $0).weights }
      let jobs = jobs
      let results = try await fetching { progress in
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
          var results = [Result?](repeating: nil, count: checkpoints.count)
          var printed = 0
          for (index, checkpoint) in checkpoints.enumerated() {
            if index >= jobs, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await Self.fetch(checkpoint, progress)) }
            try printFinished(results, &printed)
          }
          for try await (done, result) in group {
            results[done] = result
            try printFinished(results, &printed)
          }
          return results.compactMap { $0 }
        }
      }
      if json { try Console.printJSON(results) }
      if results.contains(where: { $0.error != nil }) { throw ExitCode.failure }
    }

    private static func fetch(_ checkpoint: CatalogWeight, _ progress: @escaping ProgressHandler) async throws -> Result
    {
      var result = Result(weights: checkpoint.name)
      do {
        let file = try await WeightResolver.shared.resolve(
          checkpoint.entry.sources, name: checkpoint.name, progress: progress)
        (result.path, result.sha256, result.bytes) = (file.path, file.sha256, file.byteCount)
      } catch let error as LucidError {
        result.error = "\(error)"
        Console.printError("error: \(error)")
      }
      return result
    }

    /// Prints the paths in the order asked for, each as soon as all before it are known.
    private func printFinished(_ results: [Result?], _ printed: inout Int) throws {
      while printed < results.count, let result = results[printed] {
        if !json, let path = result.path { try Console.print(path) }
        printed += 1
      }
    }
  }
}
