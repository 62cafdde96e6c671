import LucidNN
import LucidVision

/// A confusion matrix as coloured squares: a row for each right class, a column for each predicted one.
struct ConfusionChart {
  let matrix: ConfusionMatrix
  let classes: [String]

  /// The classes that are drawn: all, or those with the most mistakes where there are too many to be told apart.
  var shown: [Int] {
    let limit = 40
    guard classes.count > limit else { return Array(classes.indices) }
    func mistakes(_ label: Int) -> Int {
      classes.indices.reduce(0) { $1 == label ? $0 : $0 + matrix[label: label, prediction: $1] }
    }
    return classes.indices.sorted { (mistakes($0), $1) > (mistakes($1), $0) }.prefix(limit).sorted()
  }

  /// The drawing as SVG; each square says what it counts.
  var svg: String {
    let shown = shown
    let cell = max(12, min(44, 560 / Double(max(shown.count, 1))))
    let size = min(12, cell * 0.62)
    let margin = 12 + (classes.map { min(StrokeFont.width(of: $0, size: size) * 1.1, 170) }.max() ?? 0)
    let side = cell * Double(shown.count)
    var page = Drawing(width: margin + side + 20, height: side + margin + 44)
    let most = shown.flatMap { row in shown.map { matrix[label: row, prediction: $0] } }.max() ?? 0
    for (row, label) in shown.enumerated() {
      let y = 24 + Double(row) * cell
      page.add(
        .text(short(classes[label]), Drawing.Point(margin - 6, y + cell * 0.65), size: size, .black, .end))
      page.add(
        .text(
          short(classes[label]), Drawing.Point(margin + (Double(row) + 0.65) * cell, 24 + side + 8), size: size, .black,
          .end, isUpward: true))
      for (column, prediction) in shown.enumerated() {
        let count = matrix[label: label, prediction: prediction]
        let x = margin + Double(column) * cell
        page.add(
          Drawing.Rectangle(x: x, y: y, width: cell - 1, height: cell - 1),
          color(count, most, isRight: label == prediction),
          title: "\(classes[label]) taken for \(classes[prediction]): \(count)")
        guard count > 0, cell >= 18 else { continue }
        let isDark = Double(count) > 0.55 * Double(most)
        page.add(
          .text(
            "\(count)", Drawing.Point(x + cell / 2, y + cell * 0.65), size: size, isDark ? .white : .black, .middle))
      }
    }
    page.add(.text("right class, predicted class", Drawing.Point(margin, 14), size: 12, .gray))
    return page.svg
  }

  private func short(_ name: String) -> String { name.count > 24 ? "\(name.prefix(23))…" : name }

  /// White for none, else the darker the more: blue for what is right, vermilion for what is not.
  private func color(_ count: Int, _ most: Int, isRight: Bool) -> Drawing.Color {
    guard count > 0, most > 0 else { return Drawing.Color(0xf4f4f4) }
    let share = 0.15 + 0.85 * (Double(count) / Double(most)).squareRoot()
    let full: (Double, Double, Double) = isRight ? (0x00, 0x72, 0xb2) : (0xd5, 0x5e, 0x00)
    func mixed(_ value: Double) -> UInt32 { UInt32((255 + (value - 255) * share).rounded()) }
    return Drawing.Color(mixed(full.0) << 16 | mixed(full.1) << 8 | mixed(full.2))
  }
}
