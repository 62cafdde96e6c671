import LucidVision

/// Loss and accuracy over the epochs, drawn.
struct LearningCurves {
  let history: TrainingHistory

  /// Both charts, one under the other, with one legend each.
  var svg: String { [loss, accuracy].compactMap { $0.map(drawn) }.joined(separator: "\n") }

  private var loss: Chart? {
    chart(
      "Loss", "cross entropy",
      [("training", { $0.trainingLoss }), ("validation", { $0.validationLoss })])
  }

  private var accuracy: Chart? {
    chart(
      "Accuracy", "acc@1 (%)",
      [
        ("training", { $0.trainingAccuracy.map { $0 * 100 } }),
        ("validation", { $0.validationAccuracy.map { $0 * 100 } }),
      ])
  }

  /// A chart of the lines that have values; nil where none has.
  private func chart(_ title: String, _ unit: String, _ lines: [(String, (EpochRecord) -> Double?)]) -> Chart? {
    let drawn = zip(lines, Drawing.Color.palette).compactMap { line, color -> Chart.Line? in
      let values = history.epochs.compactMap { record in
        line.1(record).flatMap { $0.isFinite ? Chart.Value(Double(record.epoch + 1), $0) : nil }
      }
      return values.isEmpty ? nil : Chart.Line(name: line.0, values: values, color: color)
    }
    let values = drawn.flatMap(\.values)
    guard !values.isEmpty else { return nil }
    let marked = drawn.map { line in
      Chart.Group(
        name: line.name,
        points: line.values.map {
          Chart.Point($0, label: "", title: "epoch \(Int($0.x)), \(line.name): \(Self.rounded($0.y))")
        })
    }
    return Chart(
      title: title, x: ChartAxis(title: "epoch", values: values.map(\.x), isLogarithmic: false),
      y: ChartAxis(title: unit, values: values.map(\.y), isLogarithmic: false), groups: marked, lines: drawn)
  }

  private func drawn(_ chart: Chart) -> String {
    var page = Drawing(width: 720, height: 340)
    let legend = Chart(
      title: "", x: chart.x, y: chart.y, groups: chart.groups, lines: [])
    chart.draw(on: &page, in: Drawing.Rectangle(x: 0, y: 0, width: 720, height: 320))
    legend.drawLegend(on: &page, at: Drawing.Point(420, 18), width: 280)
    return page.svg
  }

  private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
