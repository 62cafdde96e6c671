import LucidNN
import LucidVision

extension PlanProfile {
  /// The profile as an SVG document: a bar for each operation, as long as its time, in the colour of its kernel, with the
  /// floating-point operations a second that it did as a part of the machine's peak.
  public func svg(title: String) -> String { drawing(title: title).svg }

  /// The profile as a page.
  package func drawing(title: String) -> Drawing {
    let (left, longest, row, top) = (330.0, 420.0, 17.0, 78.0)
    var page = Drawing(width: left + longest + 210, height: top + row * Double(layers.count) + 16)
    page.add(.text(title, Drawing.Point(14, 26), size: 16, .black))
    let summary = "\(fixed(milliseconds, 2)) ms; the machine's peak is \(fixed(peakGigaflops, 0)) GFLOP/s"
    page.add(.text(summary, Drawing.Point(14, 46), size: 12, .gray))
    drawLegend(on: &page, at: Drawing.Point(14, 64))
    let slowest = max(layers.map(\.milliseconds).max() ?? 0, .leastNormalMagnitude)
    for (index, layer) in layers.enumerated() {
      let y = top + row * Double(index)
      let name = "\(index + 1)  \(layer.operation)  \(layer.weight.map { "\($0)" } ?? "\(layer.input)")"
      page.add(.text(name, Drawing.Point(left - 8, y + 12), size: 11, .black, .end))
      let bar = Drawing.Rectangle(
        x: left, y: y + 2, width: max(layer.milliseconds / slowest * longest, 0.5), height: row - 4)
      let kernel = layer.kernel ?? "loops"
      page.add(bar, color(of: layer), title: "\(kernel): \(layer.input) to \(layer.output)")
      var figures = "\(fixed(layer.milliseconds, 3)) ms"
      if let rate = layer.gigaflops, let part = utilization(of: layer) {
        figures += ", \(fixed(rate, 0)) GFLOP/s, \(fixed(part * 100, 0)) %"
      }
      page.add(.text(figures, Drawing.Point(bar.right + 6, y + 12), size: 11, .gray))
    }
    return page
  }

  /// The kernels in the order in which they first run.
  private var kernels: [String] {
    layers.reduce(into: []) { names, layer in
      let name = layer.kernel ?? "loops"
      if !names.contains(name) { names.append(name) }
    }
  }

  private func color(of layer: Layer) -> Drawing.Color {
    let index = kernels.firstIndex(of: layer.kernel ?? "loops") ?? 0
    return Drawing.Color.palette[index % Drawing.Color.palette.count]
  }

  private func drawLegend(on page: inout Drawing, at start: Drawing.Point) {
    var x = start.x
    for (index, kernel) in kernels.enumerated() {
      let color = Drawing.Color.palette[index % Drawing.Color.palette.count]
      page.add(Drawing.Rectangle(x: x, y: start.y - 9, width: 10, height: 10), color)
      page.add(.text(kernel, Drawing.Point(x + 14, start.y), size: 12, .black))
      x += 32 + StrokeFont.width(of: kernel, size: 12) * 1.1
    }
  }
}
