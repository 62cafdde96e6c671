/// Finds room for the labels of points, one after another: beside its point, else up to a few lines away.
struct LabelPlacement {
  /// Where a label goes.
  struct Spot {
    /// The beginning of its baseline.
    let baseline: Drawing.Point
    /// Where a line from the point to the label ends, if the label is not beside the point.
    let leader: Drawing.Point?
  }

  private let frame: Drawing.Rectangle
  /// What labels must not cover: the points, then the labels placed.
  private(set) var taken: [Drawing.Rectangle]
  private let lines: [[Drawing.Point]]

  /// An empty frame but for the points and the lines, which labels must not cover.
  init(
    within frame: Drawing.Rectangle, around points: [Drawing.Point], radius: Double, along lines: [[Drawing.Point]]
  ) {
    self.frame = frame
    self.lines = lines
    taken = points.map {
      Drawing.Rectangle(x: $0.x - radius, y: $0.y - radius, width: 2 * radius, height: 2 * radius)
    }
  }

  /// Takes room for a label, or says that there is none.
  mutating func place(_ label: String, at point: Drawing.Point, size: Double) -> Spot? {
    // Fonts differ: a little more than the strokes need.
    let (width, height) = (StrokeFont.width(of: label, size: size) * 1.08 + 2, size * 1.05)
    for distance in [7.0, 16, 26, 38, 52, 68] {
      for (x, y) in Self.directions {
        // The label's near edge is at this distance from the point.
        let box = Drawing.Rectangle(
          x: point.x + x * distance - (x > 0 ? 0 : x < 0 ? width : width / 2),
          y: point.y + y * distance - (y > 0 ? 0 : y < 0 ? height : height / 2), width: width, height: height)
        guard isFree(box) else { continue }
        taken.append(box)
        let near = Drawing.Point(min(max(point.x, box.x), box.right), min(max(point.y, box.y), box.bottom))
        return Spot(
          baseline: Drawing.Point(box.x + 1, box.bottom - height * 0.24), leader: distance > 7 ? near : nil)
      }
    }
    return nil
  }

  private static let directions: [(Double, Double)] = [
    (1, 0), (-1, 0), (0, -1), (0, 1), (0.75, -0.75), (0.75, 0.75), (-0.75, -0.75), (-0.75, 0.75), (1, -0.4), (1, 0.4),
    (-1, -0.4), (-1, 0.4), (0.4, -1), (0.4, 1), (-0.4, -1), (-0.4, 1),
  ]

  private func isFree(_ box: Drawing.Rectangle) -> Bool {
    box.x >= frame.x && box.y >= frame.y && box.right <= frame.right && box.bottom <= frame.bottom
      && !taken.contains { $0.overlaps(box) } && !lines.contains { crosses($0, box) }
  }

  /// Whether a line goes through a box, as far as places every two points along it tell.
  private func crosses(_ line: [Drawing.Point], _ box: Drawing.Rectangle) -> Bool {
    zip(line, line.dropFirst()).contains { start, end in
      let (x, y) = (end.x - start.x, end.y - start.y)
      let steps = max(1, Int((x * x + y * y).squareRoot() / 2))
      return (0...steps).contains { step in
        let share = Double(step) / Double(steps)
        let place = Drawing.Rectangle(x: start.x + share * x, y: start.y + share * y, width: 0.01, height: 0.01)
        return box.overlaps(place)
      }
    }
  }
}
