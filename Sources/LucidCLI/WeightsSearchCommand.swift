import ArgumentParser
import Lucid

struct WeightsSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find checkpoints by words in what is known about them.",
    discussion: """
      A checkpoint is found where every word is in its names, family, task, license or notes, or among its classes.

      EXAMPLES:
        lucid weights search wide resnet
        lucid weights search espresso --max-size 50 --sort accuracy
      """)

  @Argument(help: "The words.")
  var words: [String]

  @OptionGroup var filter: WeightFilter

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let rows = WeightCatalog.builtIn.allWeights.filter { model, weights in
      let meta = weights.meta
      let names = [model.name, model.typeName, model.family, weights.name] + model.otherNames + weights.aliases
      let text = (names + [meta.task, meta.license, meta.notes].compactMap { $0 }).map { $0.lowercased() }
      return words.allSatisfy { word in
        let key = NameMatching.key(word)
        return text.contains { $0.contains(word.lowercased()) || NameMatching.key($0).contains(key) }
          || meta.categories.contains { $0.lowercased() == word.lowercased() }
      }
    }
    let found = try filter.apply(to: rows.isEmpty || filter.family == nil ? rows : WeightCatalog.builtIn.allWeights)
      .filter { row in rows.contains { $0.weights.name == row.weights.name } }
    guard !found.isEmpty || json else {
      throw LucidError(
        .unknownName, doing: "searching for \"\(words.joined(separator: " "))\"", problem: "no checkpoint fits",
        advice: "Use fewer words, or `lucid weights list`.")
    }
    try printWeights(found, json: json)
  }
}
