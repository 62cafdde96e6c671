import ArgumentParser
import Lucid

/// The options that choose and order checkpoints.
struct WeightFilter: ParsableArguments {
  enum Order: String, ExpressibleByArgument, CaseIterable {
    case accuracy, size, params, gflops, name
  }

  @Option(help: "Only this family, such as ResNet.")
  var family: String?

  @Option(help: "Only this license, such as bsd-3-clause; none for those that state none.")
  var license: String?

  @Option(help: "Only accuracies that were measured on this data set, such as ImageNet-1K.")
  var dataset: String?

  @Option(help: "Only acc@1 of at least this many percent.")
  var minAccuracy: Double?

  @Option(help: "Only files of at most this many MiB.")
  var maxSize: Double?

  @Option(help: "Only at most this many million parameters.")
  var maxParams: Double?

  @Option(help: "Only at most this many GFLOPs.")
  var maxGflops: Double?

  @Option(help: "Order by accuracy (best first, each data set by itself), size, params, gflops (least first) or name.")
  var sort: Order?

  typealias Row = (model: CatalogModel, weights: CatalogWeight)

  /// The checkpoints that were asked for. One that does not state a number is not within any limit on it.
  func apply(to rows: [Row]) throws -> [Row] {
    if let family, !rows.contains(where: { same($0.model.family, family) }) {
      let families = Set(rows.map(\.model.family)).sorted().joined(separator: ", ")
      throw LucidError(
        .unknownName, doing: "listing checkpoints", problem: "no family is named \"\(family)\"",
        advice: "There are \(families).")
    }
    let datasets = rows.compactMap(\.weights.meta.acc1Dataset)
    if let dataset, !datasets.contains(where: { same($0, dataset) }) {
      throw LucidError(
        .unknownName, doing: "listing checkpoints", problem: "no accuracy was measured on \"\(dataset)\"",
        advice: "There are \(Set(datasets).sorted().joined(separator: ", ")).")
    }
    let kept = rows.filter { row in
      let meta = row.weights.meta
      let isLicensed = license.map { same(meta.license ?? "none", $0) } ?? true
      let isFamily = family.map { same(row.model.family, $0) } ?? true
      let isMeasured = dataset.map { dataset in meta.acc1Dataset.map { same($0, dataset) } ?? false } ?? true
      return isFamily && isLicensed && isMeasured && within(meta.acc1, minAccuracy, { $0 >= $1 })
        && within(meta.fileSizeMB, maxSize, { $0 <= $1 })
        && within(meta.numParams.map { Double($0) / 1e6 }, maxParams, { $0 <= $1 })
        && within(meta.gflops, maxGflops, { $0 <= $1 })
    }
    guard let sort else { return kept }
    func key(_ row: Row) -> Double {
      let meta = row.weights.meta
      let value: Double? =
        switch sort {
        case .accuracy: meta.acc1.map { -$0 }
        case .size: meta.fileSizeMB
        case .params: meta.numParams.map(Double.init)
        case .gflops: meta.gflops
        case .name: 0
        }
      return value ?? .infinity
    }
    // Accuracies of one data set stay together, those of the data set with the most checkpoints first.
    let counts = Dictionary(datasets.map { ($0, 1) }, uniquingKeysWith: +)
    func place(_ row: Row) -> Int { sort == .accuracy ? -(counts[row.weights.meta.acc1Dataset ?? ""] ?? 0) : 0 }
    return kept.map { (place($0), key($0), $0) }
      .sorted { ($0.0, $0.1, $0.2.weights.name) < ($1.0, $1.1, $1.2.weights.name) }.map(\.2)
  }

  private func same(_ left: String, _ right: String) -> Bool { NameMatching.key(left) == NameMatching.key(right) }

  private func within(_ value: Double?, _ limit: Double?, _ holds: (Double, Double) -> Bool) -> Bool {
    guard let limit else { return true }
    return value.map { holds($0, limit) } ?? false
  }
}

/// Prints checkpoints as `weights list` and `weights search` do.
func printWeights(_ rows: [WeightFilter.Row], json: Bool) throws {
  if json { return try Console.printJSON(rows.map { WeightFacts($0.model, $0.weights) }) }
  try Console.printTable(
    ["weights", "acc@1", "acc@5", "on", "params", "GFLOPs", "MiB", "license"],
    rows.map { model, weights in
      [
        weights.name + (weights.isDefault ? " *" : ""), decimal(weights.meta.acc1), decimal(weights.meta.acc5),
        weights.meta.acc1Dataset ?? "", weights.meta.numParams.map(millions) ?? "", decimal(weights.meta.gflops),
        weights.meta.fileSizeMB.map { decimal($0, places: 1) } ?? "", weights.meta.license ?? "",
      ]
    }, rightAligned: [1, 2, 4, 5, 6])
  if rows.contains(where: \.weights.isDefault) { try Console.print("\n* used where only the model is named") }
}
