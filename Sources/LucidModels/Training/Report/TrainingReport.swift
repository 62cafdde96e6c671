import Foundation
import LucidNN
import LucidTensor
import LucidVision
import LucidWeights

/// What came out of a training, as one page that needs nothing but itself: the curves, the confusion matrix, how each class
/// fares, the worst mistakes as pictures, and the settings.
public struct TrainingReport {
  /// The title of the page.
  public var title: String
  /// The epochs.
  public var history: TrainingHistory
  /// What the best parameters make of the validation pictures; nil where there were none.
  public var validation: Validation?
  /// The data set that the validation's places refer to.
  public var pictures: (any ImageDataset)?
  /// The names of the classes.
  public var classes: [String]
  /// What else to list, in order, such as the model and the settings.
  public var facts: [(name: String, value: String)]

  /// A report of these parts.
  public init(
    title: String, history: TrainingHistory, validation: Validation?, pictures: (any ImageDataset)?,
    classes: [String], facts: [(name: String, value: String)]
  ) {
    (self.title, self.history, self.validation) = (title, history, validation)
    (self.pictures, self.classes, self.facts) = (pictures, classes, facts)
  }

  /// The page.
  public var html: String {
    var sections: [(String, String)] = [("Result", HTML.table([], result)), ("Learning curves", curves)]
    if let validation {
      let chart = ConfusionChart(matrix: validation.confusion, classes: classes)
      let note =
        chart.shown.count < classes.count
        ? "<p>The \(chart.shown.count) classes with the most mistakes, of \(classes.count).</p>\n" : ""
      sections.append(("Confusion matrix", note + chart.svg))
      sections.append(("Classes", classTable(validation.confusion)))
      sections.append(("Worst mistakes", mistakes(validation)))
    }
    sections.append(("Settings", HTML.table([], facts.map { [$0.name, $0.value] })))
    return HTML.page(title: title, sections)
  }

  /// Writes the page, whole or not at all. Throws ``LucidError`` where it cannot be written.
  public func write(to path: String) throws {
    do {
      try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: "writing the report \(path)", problem: error.localizedDescription,
        advice: "Check that the folder may be written to and that its disk has room.")
    }
  }

  private var result: [[String]] {
    guard let best = history.best else { return [["epochs", "none"]] }
    var rows = [["best epoch", "\(best.epoch + 1) of \(history.epochs.count)"]]
    if let validation {
      rows.append(["acc@1", Self.percent(validation.accuracy.top(1))])
      if classes.count > 5 { rows.append(["acc@5", Self.percent(validation.accuracy.top(5))]) }
      rows.append(["validation loss", Self.number(validation.loss.value)])
      rows.append(["validation pictures", "\(validation.accuracy.count)"])
      if !validation.skipped.isEmpty { rows.append(["unreadable pictures", "\(validation.skipped.count)"]) }
    }
    rows.append(["training loss", Self.number(best.trainingLoss)])
    return rows
  }

  private var curves: String {
    let rows = history.epochs.map { record in
      [
        "\(record.epoch + 1)", Self.number(record.trainingLoss), Self.percent(record.trainingAccuracy),
        Self.number(record.validationLoss), Self.percent(record.validationAccuracy),
        String(format: "%.3g", record.learningRate), record.isBackboneFrozen ? "head" : "all",
      ]
    }
    let header = ["epoch", "training loss", "acc@1", "validation loss", "acc@1", "learning rate", "trained"]
    return LearningCurves(history: history).svg
      + "\n<details><summary>Numbers</summary>\n\(HTML.table(header, rows, numbers: [0, 1, 2, 3, 4, 5]))</details>"
  }

  private func classTable(_ matrix: ConfusionMatrix) -> String {
    let rows = classes.indices.map { index in
      let row = classes.indices.map { matrix[label: index, prediction: $0] }
      let wrong = row.indices.filter { $0 != index && row[$0] > 0 }.max { (row[$0], $1) < (row[$1], $0) }
      return [
        classes[index], "\(row.reduce(0, +))", Self.percent(matrix.recall(of: index)),
        Self.percent(matrix.precision(of: index)), wrong.map { "\(classes[$0]) (\(row[$0]))" } ?? "",
      ]
    }
    return HTML.table(["class", "pictures", "recall", "precision", "most taken for"], rows, numbers: [1, 2, 3])
  }

  private func mistakes(_ validation: Validation) -> String {
    guard !validation.mistakes.isEmpty else { return "<p>None.</p>" }
    let figures = validation.mistakes.map { mistake in
      let caption =
        "\(classes[mistake.prediction]) (\(Self.percent(Double(mistake.probability)))), is \(classes[mistake.label]) "
        + "(\(Self.percent(Double(mistake.rightProbability))))"
      let name = pictures?.name(at: mistake.index) ?? ""
      return "<figure>\(picture(mistake.index))<figcaption title=\"\(name.markupEscaped)\">\(caption.markupEscaped)"
        + "</figcaption></figure>"
    }
    return figures.joined(separator: "\n")
  }

  /// The picture, small, as part of the page; what cannot be read any more is named.
  private func picture(_ index: Int) -> String {
    guard let pictures else { return "" }
    let side = 168
    do {
      let image = try pictures.image(at: index)
      let small = min(image.height, image.width) > side ? image.resized(shorterSide: side) : image
      return "<img alt=\"\(pictures.name(at: index).markupEscaped)\" "
        + "src=\"data:image/png;base64,\(try small.pngData().base64EncodedString())\">"
    } catch {
      return "<p>\("\(error)".markupEscaped)</p>"
    }
  }

  private static func percent(_ part: Double?) -> String { part.map { String(format: "%.2f %%", $0 * 100) } ?? "" }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "" }
}
