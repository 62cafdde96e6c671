import ArgumentParser
import Lucid

struct WeightsVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash the checkpoints that are on this machine and compare with what was published.",
    discussion: """
      Nothing is fetched. Without names, all checkpoints that are there are verified. The exit status is 1 where one is \
      not what it should be, or is named and not there.

      EXAMPLE:
        lucid weights verify resnet18
      """)

  @Argument(help: "Names that `lucid weights list` shows; a model's name means its default.")
  var names: [String] = []

  @Flag(help: "Print JSON.")
  var json = false

  private struct Result: Encodable {
    let weights, state: String
    let path, sha256, expected: String?
  }

  func run() async throws {
    let catalog = WeightCatalog.builtIn
    let chosen =
      try names.isEmpty ? catalog.allWeights.map(\.weights) : names.map { try catalog.weights(named: $0).weights }
    var results: [Result] = []
    for weights in chosen {
      guard let file = try WeightResolver.shared.cachedFile(for: weights.entry.sources) else {
        if !names.isEmpty { try report(&results, weights, "missing", nil, nil) }
        continue
      }
      let found = try CacheDoctor.sha256(ofFileAt: file.path)
      let isRight = found == file.sha256 && weights.entry.sources.contains { $0.digest.matches(found) }
      try report(&results, weights, isRight ? "right" : "damaged", file, found)
    }
    if json { try Console.printJSON(results) }
    if !json, results.isEmpty { try Console.print("No checkpoint is on this machine yet.") }
    if results.contains(where: { $0.state != "right" }) { throw ExitCode.failure }
  }

  private func report(
    _ results: inout [Result], _ weights: CatalogWeight, _ state: String, _ file: VerifiedFile?, _ found: String?
  ) throws {
    results.append(
      Result(weights: weights.name, state: state, path: file?.path, sha256: found, expected: file?.sha256))
    if json { return }
    switch state {
    case "right": try Console.print("right    \(weights.name)  \(file?.path ?? "")")
    case "damaged":
      Console.printError(
        "error: \(file?.path ?? "") is damaged: its SHA-256 is \(found ?? ""), expected \(file?.sha256 ?? ""). "
          + "`lucid cache doctor --fix` removes it; then it can be fetched again.")
    default:
      Console.printError(
        "error: \(weights.name) is not on this machine. `lucid weights download \(weights.name)` fetches it.")
    }
  }
}
