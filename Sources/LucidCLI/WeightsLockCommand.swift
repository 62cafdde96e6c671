import ArgumentParser
import Foundation
import Lucid

struct WeightsLockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Write the full digests of checkpoints into a lock file.",
    discussion: """
      The file, lucid.lock or what LUCID_LOCK names, belongs beside a program's sources. With LUCID_FROZEN=1 a program \
      then uses these bytes and no others. A checkpoint of which only the first digits are published is fetched to \
      learn the rest. Entries of other checkpoints stay; without names, those that are there are written anew.

      EXAMPLES:
        lucid weights lock resnet18 efficientnet_lite0
        LUCID_FROZEN=1 lucid classify cat.jpg
      """)

  @Argument(help: "Names that `lucid weights list` shows; a model's name means its default.")
  var names: [String] = []

  @Option(name: [.short, .long], help: "The lock file.", completion: .file(extensions: ["lock"]))
  var output: String?

  func run() async throws {
    let path =
      output ?? ProcessInfo.processInfo.environment["LUCID_LOCK"].flatMap { $0.isEmpty ? nil : $0 } ?? "lucid.lock"
    let isThere = FileManager.default.fileExists(atPath: path)
    var lock = isThere ? try WeightLock(contentsOf: path) : WeightLock()
    let chosen = names.isEmpty ? lock.weights.keys.sorted() : names
    guard !chosen.isEmpty else {
      throw LucidError(
        .invalidInput, doing: "writing \(path)", problem: "no checkpoint is named, and there is no lock file yet",
        advice: "Name those that your program uses: `lucid weights lock resnet18`.")
    }
    // What is to be written cannot bind the writing.
    var environment = FetchEnvironment.process
    environment.variables["LUCID_LOCK"] = nil
    environment.isFrozen = false
    let resolver = WeightResolver(environment: environment)
    for name in chosen {
      let weights = try WeightCatalog.builtIn.weights(named: name).weights
      let sources = weights.entry.sources
      var file = try resolver.cachedFile(for: sources)
      if file == nil, sources.contains(where: { !$0.digest.isFull }) {
        file = try await fetching { try await resolver.resolve(sources, name: weights.name, progress: $0) }
      }
      lock.set(weights.name, sources, file: file)
      for entry in lock.weights[weights.name] ?? [] {
        try Console.print("\(weights.name)  \(entry.sha256)  \(entry.source)")
      }
    }
    try lock.write(to: path)
  }
}
