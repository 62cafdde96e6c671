import ArgumentParser
import Lucid

struct WeightsPlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw the accuracy of checkpoints against what they cost.",
    discussion: """
      Draws the checkpoints that the filters leave, one chart for each cost, with the Pareto frontier: those that no \
      other beats in both. Accuracies of one data set only are comparable: of several, the one with the most \
      checkpoints is drawn, unless --dataset names another. The ending of the file chooses SVG or PNG. Prints the path \
      of the file.

      EXAMPLES:
        lucid weights plot --output accuracy.svg
        lucid weights plot --max-gflops 5 --against gflops --output small.png
      """)

  enum Cost: String, ExpressibleByArgument, CaseIterable {
    case gflops, size, params

    var title: String {
      switch self {
      case .gflops: "GFLOPs (10^9 multiply-adds of one forward pass)"
      case .size: "size of the file (MiB)"
      case .params: "parameters (millions)"
      }
    }

    func value(_ meta: WeightMeta) -> Double? {
      switch self {
      case .gflops: meta.gflops
      case .size: meta.fileSizeMB
      case .params: meta.numParams.map { Double($0) / 1e6 }
      }
    }
  }

  @OptionGroup var filter: WeightFilter

  @Option(name: .shortAndLong, help: "The file to write: .svg or .png.")
  var output: String

  @Option(help: "The cost: gflops, size or params; may be given more than once. Without it, gflops and size.")
  var against: [Cost] = []

  func validate() throws {
    guard [".svg", ".png"].contains(where: output.lowercased().hasSuffix) else {
      throw ValidationError("--output must end in .svg or .png, not \"\(output)\".")
    }
  }

  func run() async throws {
    let all = try filter.apply(to: WeightCatalog.builtIn.allWeights)
    let (dataset, rows) = Self.comparable(all)
    let costs = against.isEmpty ? [.gflops, .size] : against
    func isDrawn(_ row: WeightFilter.Row, _ cost: Cost) -> Bool {
      row.weights.meta.acc1 != nil && cost.value(row.weights.meta) != nil
    }
    if let cost = costs.first(where: { cost in !rows.contains { isDrawn($0, cost) } }) {
      throw LucidError(
        .invalidInput, doing: "drawing \(output)",
        problem: "of the \(all.count) checkpoints that the filters leave, none states both an accuracy and "
          + "\(cost.rawValue)",
        advice: "Filter less; `lucid weights list` with the same filters shows what is left.")
    }
    // A family has one colour in all charts, also where one of them has none of it.
    var families: [String] = []
    for row in rows where !families.contains(row.model.family) && costs.contains(where: { isDrawn(row, $0) }) {
      families.append(row.model.family)
    }
    let charts = costs.map { cost in Self.chart(rows.filter { isDrawn($0, cost) }, families, cost, dataset) }
    try Self.page(charts).write(to: output)
    // Who asked for a picture of all should know what is not in it.
    for cost in costs {
      let count = rows.count { !isDrawn($0, cost) }
      if count > 0 { Console.printError("\(count) without an accuracy or \(cost.rawValue) are not drawn") }
    }
    if rows.count < all.count {
      Console.printError(
        "\(all.count - rows.count) measured on other data than \(dataset) are not drawn; see --dataset")
    }
    try Console.print(output)
  }

  /// The data set that the most accuracies were measured on, and the checkpoints that were not measured on another.
  private static func comparable(_ rows: [WeightFilter.Row]) -> (dataset: String, rows: [WeightFilter.Row]) {
    let counts = Dictionary(rows.compactMap(\.weights.meta.acc1Dataset).map { ($0, 1) }, uniquingKeysWith: +)
    let dataset = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    return (dataset, rows.filter { $0.weights.meta.acc1Dataset ?? dataset == dataset })
  }

  private static func chart(
    _ rows: [WeightFilter.Row], _ families: [String], _ cost: Cost, _ dataset: String
  ) -> Chart {
    var points: [String: [Chart.Point]] = [:]
    for (model, weights) in rows {
      guard let x = cost.value(weights.meta), let y = weights.meta.acc1 else { continue }
      points[model.family, default: []].append(
        Chart.Point(
          Chart.Value(x, y), label: label(model, weights),
          title: "\(weights.name): acc@1 \(decimal(y)), \(cost.rawValue) \(decimal(x))"))
    }
    let values = points.values.joined().map(\.value)
    return Chart(
      title: "Accuracy against \(cost == .gflops ? "GFLOPs" : cost == .size ? "size" : "parameters")",
      x: ChartAxis(title: cost.title, values: values.map(\.x)),
      y: ChartAxis(title: "acc@1 on \(dataset) (%)", values: values.map(\.y), isLogarithmic: false),
      groups: families.map { Chart.Group(name: $0, points: points[$0] ?? []) },
      lines: [Chart.Line(name: "Pareto frontier", values: Chart.Value.frontier(of: values), isDashed: true)])
  }

  /// The model and, where it has several checkpoints, what tells them apart.
  private static func label(_ model: CatalogModel, _ weights: CatalogWeight) -> String {
    guard model.weights.count > 1 else { return model.typeName }
    return "\(model.typeName) \(weights.tag.replacing(/^IMAGENET1K_/, with: ""))"
  }

  private static func page(_ charts: [Chart]) -> Drawing {
    let (width, height, margin) = (960.0, 540.0, 20.0)
    // The legend's height depends on its words.
    var trial = Drawing(width: width, height: height)
    let start = Drawing.Point(margin, margin)
    let legend = charts[0].drawLegend(on: &trial, at: start, width: width - 2 * margin)
    var page = Drawing(width: width, height: margin + legend + height * Double(charts.count))
    charts[0].drawLegend(on: &page, at: start, width: width - 2 * margin)
    for (index, chart) in charts.enumerated() {
      chart.draw(
        on: &page,
        in: Drawing.Rectangle(x: 0, y: margin + legend + height * Double(index), width: width, height: height))
    }
    return page
  }
}
