extension Drawing {
  /// The page as pixels, `scale` of them to a point along each side, with smooth edges: a pixel is covered as far as its
  /// centre's distance from a mark's edge says. Text is drawn in ``StrokeFont``.
  package func image(scale: Double = 1) -> Image {
    precondition(scale > 0, "image: the scale must be above 0, not \(scale)")
    let (columns, rows) = (max(1, Int((width * scale).rounded())), max(1, Int((height * scale).rounded())))
    return Image(height: rows, width: columns) { pixels in
      var canvas = Canvas(pixels, rows: rows, columns: columns, scale: scale)
      for (mark, _) in marks { canvas.draw(mark) }
    }
  }
}

/// Pixels that marks are blended into.
private struct Canvas {
  private let pixels: UnsafeMutablePointer<UInt8>
  private let rows: Int
  private let columns: Int
  private let scale: Double

  init(_ pixels: UnsafeMutablePointer<UInt8>, rows: Int, columns: Int, scale: Double) {
    (self.pixels, self.rows, self.columns, self.scale) = (pixels, rows, columns, scale)
    pixels.update(repeating: 255, count: rows * columns * 3)
  }

  mutating func draw(_ mark: Drawing.Mark) {
    switch mark {
    case .line(let points, let color, let width, let isDashed):
      let strokes = isDashed ? Self.dashes(points) : [points]
      for stroke in strokes { draw([stroke], color, width) }
    case .polygon(let points, let color):
      fill(points, margin: 0, color) { Self.signedDistance(from: $0, to: points) }
    case .circle(let center, let radius, let color):
      fill([center], margin: radius, color) { Self.distance(from: $0, to: center) - radius }
    case .text(let words, let place, let size, let color, let anchor, let isUpward):
      let width = StrokeFont.width(of: words, size: size)
      let start =
        switch anchor {
        case .start: 0.0
        case .middle: -width / 2
        case .end: -width
        }
      for glyph in StrokeFont.glyphs(of: words, size: size) {
        let strokes = glyph.map { stroke in
          stroke.map { point -> Drawing.Point in
            let (x, y) = (point.x + start, point.y)
            return isUpward ? Drawing.Point(place.x + y, place.y - x) : Drawing.Point(place.x + x, place.y + y)
          }
        }
        draw(strokes, color, StrokeFont.lineWidth * size)
      }
    }
  }

  /// Draws lines that belong together, so that a pixel near two of them is covered once.
  private func draw(_ strokes: [[Drawing.Point]], _ color: Drawing.Color, _ width: Double) {
    fill(strokes.flatMap { $0 }, margin: width / 2, color) { place in
      var nearest = Double.infinity
      for stroke in strokes {
        if stroke.count == 1 { nearest = min(nearest, Self.distance(from: place, to: stroke[0])) }
        for (start, end) in zip(stroke, stroke.dropFirst()) {
          nearest = min(nearest, Self.distance(from: place, toSegment: start, end))
        }
      }
      return nearest - width / 2
    }
  }

  /// Blends a colour into each pixel around the points as far as `distance`, in points and negative inside, says.
  private func fill(
    _ points: [Drawing.Point], margin: Double, _ color: Drawing.Color, _ distance: (Drawing.Point) -> Double
  ) {
    guard let left = points.map(\.x).min(), let right = points.map(\.x).max(), let top = points.map(\.y).min(),
      let bottom = points.map(\.y).max(), [left, right, top, bottom].allSatisfy(\.isFinite)
    else { return }
    func pixel(_ place: Double, _ limit: Int) -> Int { Int(min(max(place * scale, 0), Double(limit))) }
    let around = margin + 1 / scale
    let first = (row: pixel(top - around, rows), column: pixel(left - around, columns))
    let last = (row: pixel(bottom + around, rows - 1), column: pixel(right + around, columns - 1))
    guard first.row <= last.row, first.column <= last.column else { return }
    for row in first.row...last.row {
      for column in first.column...last.column {
        let center = Drawing.Point((Double(column) + 0.5) / scale, (Double(row) + 0.5) / scale)
        let coverage = min(1, 0.5 - distance(center) * scale)
        if coverage <= 0 { continue }
        let pixel = pixels + (row * columns + column) * 3
        for (channel, value) in [color.red, color.green, color.blue].enumerated() {
          let old = Double(pixel[channel])
          pixel[channel] = UInt8((old + (Double(value) - old) * coverage).rounded())
        }
      }
    }
  }

  private static func distance(from place: Drawing.Point, to other: Drawing.Point) -> Double {
    let (x, y) = (place.x - other.x, place.y - other.y)
    return (x * x + y * y).squareRoot()
  }

  private static func distance(
    from place: Drawing.Point, toSegment start: Drawing.Point, _ end: Drawing.Point
  ) -> Double {
    let (x, y) = (end.x - start.x, end.y - start.y)
    let length = x * x + y * y
    if length == 0 { return distance(from: place, to: start) }
    let along = min(1, max(0, ((place.x - start.x) * x + (place.y - start.y) * y) / length))
    return distance(from: place, to: Drawing.Point(start.x + along * x, start.y + along * y))
  }

  /// The distance to a polygon's edge, negative inside of it by the even-odd rule.
  private static func signedDistance(from place: Drawing.Point, to corners: [Drawing.Point]) -> Double {
    var nearest = Double.infinity
    var isInside = false
    for (start, end) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
      nearest = min(nearest, distance(from: place, toSegment: start, end))
      let crosses = (start.y > place.y) != (end.y > place.y)
      if crosses, place.x < start.x + (place.y - start.y) / (end.y - start.y) * (end.x - start.x) { isInside.toggle() }
    }
    return isInside ? -nearest : nearest
  }

  /// A line cut into dashes.
  private static func dashes(_ points: [Drawing.Point]) -> [[Drawing.Point]] {
    var dashes: [[Drawing.Point]] = []
    var current = Array(points.prefix(1))
    var isDrawn = true
    var left = Drawing.dash
    for (start, end) in zip(points, points.dropFirst()) {
      let length = distance(from: start, to: end)
      var done = 0.0
      while length - done > left {
        done += left
        let share = done / length
        let place = Drawing.Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
        if isDrawn { dashes.append(current + [place]) }
        current = [place]
        isDrawn.toggle()
        left = isDrawn ? Drawing.dash : Drawing.gap
      }
      left -= length - done
      current.append(end)
    }
    return isDrawn && current.count > 1 ? dashes + [current] : dashes
  }
}
