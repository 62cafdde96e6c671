import Foundation
import Testing

@testable import LucidVision

/// Axes, frontiers, labels and the two ways to draw a page.
@Suite struct ChartTests {
  @Test func everyPrintableCharacterHasALetter() {
    for code in UInt8(32)..<127 { #expect(StrokeFont.has(Character(Unicode.Scalar(code)))) }
    #expect(!StrokeFont.has("é"))
    #expect(StrokeFont.width(of: "", size: 12) == 0)
    #expect(StrokeFont.width(of: "ii", size: 24) == 2 * StrokeFont.width(of: "ii", size: 12))
  }

  static let axes: [(values: [Double], isLogarithmic: Bool, labels: [String])] = [
    ([0, 10], false, ["0", "2", "4", "6", "8", "10"]), ([69.758, 71.2], false, ["69.75", "70.00", "70.25"]),
    ([0.3, 19.6], true, ["0.5", "1", "2", "5", "10", "20"]), ([5, 5], false, ["4.8", "4.9", "5.0", "5.1", "5.2"]),
    ([1e-3, 1e9], true, ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "10000"]), ([], false, ["0.0", "0.2"]),
    ([-5, 5], false, ["-4", "-2", "0", "2", "4"]),
  ]

  @Test(arguments: axes)
  func ticksAreRoundAndWithin(values: [Double], isLogarithmic: Bool, labels: [String]) {
    let axis = ChartAxis(title: "x", values: values)
    #expect(axis.isLogarithmic == isLogarithmic)
    #expect((2...13).contains(axis.ticks.count) && axis.ticks.allSatisfy { axis.range.contains($0) })
    let found = axis.ticks.map(axis.label)
    #expect(Set(found).count == found.count, "two ticks read the same: \(found)")
    if labels.count > 4 { #expect(found.starts(with: labels), "\(found)") }
    for value in values { #expect((0.0...1.0).contains(axis.place(value))) }
    #expect(axis.place(axis.range.lowerBound) == 0 && axis.place(axis.range.upperBound) == 1)
  }

  @Test func barsBeginAtZero() {
    #expect(ChartAxis(title: "ms", values: [3, 40], isLogarithmic: false, includesZero: true).range.lowerBound == 0)
  }

  @Test func frontierIsWhatNothingBeats() {
    let values = [(3, 80), (1, 70), (2, 69), (4, 80), (3, 75), (1, 60)].map { Chart.Value($0.0, $0.1) }
    #expect(Chart.Value.frontier(of: values) == [Chart.Value(1, 70), Chart.Value(3, 80)])
    #expect(Chart.Value.frontier(of: []) == [])
  }

  @Test func labelsCoverNothing() throws {
    let frame = Drawing.Rectangle(x: 0, y: 0, width: 600, height: 400)
    let points = (0..<40).map { index -> Drawing.Point in
      let (x, y) = (index * 7919 % 560, index * 104_729 % 360)
      return Drawing.Point(Double(x) + 20, Double(y) + 20)
    }
    let line = [Drawing.Point(0, 400), Drawing.Point(600, 0)]
    var labels = LabelPlacement(within: frame, around: points, radius: 4, along: [line])
    let spots = points.enumerated().compactMap { labels.place("ResNet\($0.offset)", at: $0.element, size: 11) }
    #expect(spots.count >= 35)
    let boxes = labels.taken.dropFirst(points.count)
    for (index, box) in boxes.enumerated() {
      #expect(box.x >= 0 && box.y >= 0 && box.right <= 600 && box.bottom <= 400)
      #expect(!labels.taken.prefix(points.count).contains { $0.overlaps(box) })
      #expect(!boxes.dropFirst(index + 1).contains { $0.overlaps(box) })
    }
    var full = LabelPlacement(
      within: Drawing.Rectangle(x: 0, y: 0, width: 20, height: 9), around: [], radius: 1, along: [])
    #expect(full.place("no room", at: Drawing.Point(10, 5), size: 11) == nil)
  }

  private func chart() -> Chart {
    let points = [(1.0, 70.0), (2, 75), (4, 73)].enumerated().map {
      Chart.Point(Chart.Value($1.0, $1.1), label: "M\($0)", title: "<M\($0)> & \"co\"")
    }
    return Chart(
      title: "T", x: ChartAxis(title: "GFLOPs", values: [1, 2, 4]), y: ChartAxis(title: "acc@1 (%)", values: [70, 75]),
      groups: [.init(name: "A", points: Array(points.prefix(2))), .init(name: "B", points: [points[2]])],
      lines: [.init(name: "frontier", values: Chart.Value.frontier(of: points.map(\.value)), isDashed: true)])
  }

  @Test func svgHasEveryPointByName() {
    var page = Drawing(width: 400, height: 300)
    chart().draw(on: &page, in: .init(x: 0, y: 0, width: 400, height: 300))
    let height = chart().drawLegend(on: &page, at: Drawing.Point(10, 10), width: 60)
    #expect(height == 60, "three entries in so little width are three rows")
    let svg = page.svg
    #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
    #expect(svg.components(separatedBy: "<circle").count == 1 + 3 + 2)
    for index in 0..<3 {
      #expect(svg.contains("<title>&lt;M\(index)&gt; &amp; &quot;co&quot;</title>"))
      #expect(svg.contains(">M\(index)</text>"))
    }
    for text in ["GFLOPs", "acc@1 (%)", "frontier", "stroke-dasharray"] { #expect(svg.contains(text)) }
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func pixelsAreWhereTheMarksAre() {
    var page = Drawing(width: 60, height: 40)
    page.add(.circle(.init(10, 10), radius: 5, .init(0xff0000)))
    page.add(.init(x: 30, y: 5, width: 10, height: 10), .init(0x00ff00))
    page.add(.line([.init(5, 30), .init(55, 30)], .init(0x0000ff), width: 2))
    let image = page.image(scale: 2)
    #expect(image.size == ImageSize(height: 80, width: 120))
    #expect(image[20, 20] == SIMD3(255, 0, 0) && image[20, 70] == SIMD3(0, 255, 0))
    #expect(image[60, 60] == SIMD3(0, 0, 255))
    for (row, column) in [(0, 0), (20, 8), (20, 50), (9, 70), (64, 60), (60, 4)] {
      #expect(image[row, column] == SIMD3(repeating: 255), "row \(row), column \(column)")
    }
    // A circle of radius 10 pixels covers π·100 of them, counted by how red they are.
    let red = (0..<80).reduce(0.0) { total, row in
      total + (0..<45).reduce(0.0) { $0 + (255 - Double(image[row, $1].y)) / 255 * (row < 50 ? 1 : 0) }
    }
    #expect(abs(red - .pi * 100) < 2)
  }

  @Test func dashesLeaveGaps() {
    var page = Drawing(width: 60, height: 10)
    page.add(.line([.init(0, 5), .init(20, 5), .init(60, 5)], .black, width: 2, isDashed: true))
    let row = page.image()
    let inked = (0..<60).map { row[5, $0].x < 128 }
    let changes = zip(inked, inked.dropFirst()).filter { $0 != $1 }.count
    #expect((9...11).contains(changes), "60 points are five and a half dashes with their gaps")
  }

  @Test(arguments: [Drawing.Anchor.start, .middle, .end], [false, true])
  func textIsAtItsAnchor(anchor: Drawing.Anchor, isUpward: Bool) {
    var page = Drawing(width: 200, height: 200)
    page.add(.text("HE", .init(100, 100), size: 20, .black, anchor, isUpward: isUpward))
    let image = page.image()
    // Along the text, to its right or up the page, and across it.
    var along: [Double] = []
    var across: [Double] = []
    for row in 0..<200 {
      for column in 0..<200 where image[row, column].x < 128 {
        along.append(Double(isUpward ? 100 - row : column - 100))
        across.append(Double(isUpward ? column - 100 : row - 100))
      }
    }
    let width = StrokeFont.width(of: "HE", size: 20)
    let start = anchor == .start ? 0 : anchor == .middle ? -width / 2 : -width
    #expect(abs(along.min()! - start) < 2 && abs(along.max()! - start - width) < 2)
    #expect(abs(across.min()! + 20 * 0.72) < 2 && abs(across.max()!) < 2)
  }

  @Test func fileThatCannotBeWrittenIsNamed() {
    let page = Drawing(width: 10, height: 10)
    for path in ["/nonexistent/x.svg", "/nonexistent/x.png"] {
      #expect(throws: (any Error).self) { try page.write(to: path) }
    }
  }
}
