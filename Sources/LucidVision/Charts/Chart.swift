/// Points and lines over two axes.
package struct Chart: Sendable {
  /// A value on each axis.
  package struct Value: Sendable, Hashable {
    package let x: Double
    package let y: Double

    package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A point with a name.
  package struct Point: Sendable, Hashable {
    package let value: Value
    /// What is written beside it.
    package let label: String
    /// What a viewer of the SVG shows where the pointer rests on it.
    package let title: String

    package init(_ value: Value, label: String, title: String) {
      (self.value, self.label, self.title) = (value, label, title)
    }
  }

  /// Points that look alike, such as a family's checkpoints.
  package struct Group: Sendable, Hashable {
    package let name: String
    package let points: [Point]

    package init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }
  }

  /// A line from value to value.
  package struct Line: Sendable, Hashable {
    package let name: String
    package let values: [Value]
    package let isDashed: Bool
    package let color: Drawing.Color

    package init(name: String, values: [Value], color: Drawing.Color = .gray, isDashed: Bool = false) {
      (self.name, self.values, self.color, self.isDashed) = (name, values, color, isDashed)
    }
  }

  package let title: String
  package let x: ChartAxis
  package let y: ChartAxis
  package let groups: [Group]
  package let lines: [Line]

  /// A chart. Values outside of the axes' ranges are drawn outside of the frame: make the axes of all values.
  package init(title: String, x: ChartAxis, y: ChartAxis, groups: [Group], lines: [Line] = []) {
    (self.title, self.x, self.y, self.groups, self.lines) = (title, x, y, groups, lines)
  }

  private static let textSize = 12.0
  private static let radius = 4.0

  /// Draws the chart into a part of a page. A label that has no room beside its point without covering another is drawn
  /// nearby with a line to the point, or left out where there is none nearby either.
  package func draw(on page: inout Drawing, in area: Drawing.Rectangle) {
    let frame = Drawing.Rectangle(x: area.x + 58, y: area.y + 34, width: area.width - 74, height: area.height - 82)
    page.add(.text(title, Drawing.Point(area.x + 10, area.y + 20), size: 15, .black))
    drawAxes(on: &page, frame)
    func place(_ value: Value) -> Drawing.Point {
      Drawing.Point(frame.x + x.place(value.x) * frame.width, frame.bottom - y.place(value.y) * frame.height)
    }
    for line in lines {
      page.add(.line(line.values.map(place), line.color, width: 1.4, isDashed: line.isDashed), title: line.name)
    }
    var labels = LabelPlacement(
      within: frame, around: groups.flatMap { $0.points.map { place($0.value) } }, radius: Self.radius,
      along: lines.map { $0.values.map(place) })
    for (index, group) in groups.enumerated() {
      for point in group.points { page.add(Self.symbol(index, at: place(point.value)), title: point.title) }
    }
    // Those that a line goes through are what a reader looks for first.
    let ranked = groups.flatMap(\.points).sorted { rank($0) < rank($1) }
    for point in ranked {
      let spot = place(point.value)
      guard let found = labels.place(point.label, at: spot, size: Self.textSize - 1) else { continue }
      if let leader = found.leader {
        page.add(.line([spot, leader], Drawing.Color(0xb0b0b0), width: 0.7))
      }
      page.add(.text(point.label, found.baseline, size: Self.textSize - 1, .black))
    }
  }

  private func rank(_ point: Point) -> (Int, Double) {
    (lines.contains { $0.values.contains(point.value) } ? 0 : 1, -point.value.y)
  }

  private func drawAxes(on page: inout Drawing, _ frame: Drawing.Rectangle) {
    for tick in x.ticks {
      let place = frame.x + x.place(tick) * frame.width
      page.add(
        .line([Drawing.Point(place, frame.y), Drawing.Point(place, frame.bottom)], .lightGray, width: 1))
      page.add(
        .text(x.label(tick), Drawing.Point(place, frame.bottom + 17), size: Self.textSize, .gray, .middle))
    }
    for tick in y.ticks {
      let place = frame.bottom - y.place(tick) * frame.height
      page.add(.line([Drawing.Point(frame.x, place), Drawing.Point(frame.right, place)], .lightGray, width: 1))
      page.add(.text(y.label(tick), Drawing.Point(frame.x - 7, place + 4), size: Self.textSize, .gray, .end))
    }
    let corner = Drawing.Point(frame.x, frame.bottom)
    page.add(
      .line([Drawing.Point(frame.x, frame.y), corner, Drawing.Point(frame.right, frame.bottom)], .gray, width: 1))
    let middle = Drawing.Point(frame.x + frame.width / 2, frame.bottom + 38)
    page.add(.text(x.title, middle, size: Self.textSize + 1, .black, .middle))
    let beside = Drawing.Point(frame.x - 42, frame.y + frame.height / 2)
    page.add(.text(y.title, beside, size: Self.textSize + 1, .black, .middle, isUpward: true))
  }

  /// The names of the groups and lines with what they look like, from `start` on; returns the height that they need.
  @discardableResult
  package func drawLegend(on page: inout Drawing, at start: Drawing.Point, width: Double) -> Double {
    let (gap, row) = (22.0, 20.0)
    var place = start
    func room(for name: String) -> Double { 24 + StrokeFont.width(of: name, size: Self.textSize) * 1.1 }
    func next(_ name: String) {
      if place.x > start.x, place.x + room(for: name) > start.x + width {
        place = Drawing.Point(start.x, place.y + row)
      }
    }
    for (index, group) in groups.enumerated() {
      next(group.name)
      page.add(Self.symbol(index, at: Drawing.Point(place.x + 6, place.y)))
      page.add(.text(group.name, Drawing.Point(place.x + 16, place.y + 4), size: Self.textSize, .black))
      place.x += room(for: group.name) + gap - 8
    }
    for line in lines {
      next(line.name)
      let ends = [place, Drawing.Point(place.x + 18, place.y)]
      page.add(.line(ends, line.color, width: 1.4, isDashed: line.isDashed))
      page.add(.text(line.name, Drawing.Point(place.x + 24, place.y + 4), size: Self.textSize, .black))
      place.x += room(for: line.name) + gap
    }
    return place.y - start.y + row
  }

  /// A group's symbol: when all colours are used once, the next shape begins.
  private static func symbol(_ index: Int, at center: Drawing.Point) -> Drawing.Mark {
    let palette = Drawing.Color.palette
    let color = palette[index % palette.count]
    func corners(_ offsets: [(Double, Double)]) -> Drawing.Mark {
      .polygon(offsets.map { Drawing.Point(center.x + $0.0 * radius, center.y + $0.1 * radius) }, color)
    }
    switch index / palette.count % 3 {
    case 0: return .circle(center, radius: radius, color)
    case 1: return corners([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    default: return corners([(0, -1.3), (1.2, 0.8), (-1.2, 0.8)])
    }
  }
}

extension Chart.Value {
  /// Those of the values that no other beats in being low in x and high in y, in rising order of both: the Pareto
  /// frontier.
  package static func frontier(of values: [Chart.Value]) -> [Chart.Value] {
    var frontier: [Chart.Value] = []
    for value in values.sorted(by: { ($0.x, -$0.y) < ($1.x, -$1.y) }) where value.y > frontier.last?.y ?? -.infinity {
      frontier.append(value)
    }
    return frontier
  }
}
