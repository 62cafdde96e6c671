import Foundation
import LucidTensor

extension Drawing {
  /// The page as an SVG 1.1 document. <https://www.w3.org/TR/SVG11/>
  package var svg: String {
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Self.text(width))\" height=\"\(Self.text(height))\" "
        + "viewBox=\"0 0 \(Self.text(width)) \(Self.text(height))\" "
        + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
    ]
    for (mark, title) in marks {
      let (name, attributes, content) = Self.element(mark)
      let inside = (title.map { "<title>\($0.markupEscaped)</title>" } ?? "") + content
      lines.append(inside.isEmpty ? "<\(name) \(attributes)/>" : "<\(name) \(attributes)>\(inside)</\(name)>")
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// Writes the page to a file, as SVG or, where the name ends in `.png`, as PNG of twice as many pixels as points; whole
  /// or not at all. Throws ``LucidError`` with the code `file-unreadable`.
  package func write(to path: String) throws {
    if path.lowercased().hasSuffix(".png") { return try image(scale: 2).writePNG(to: path) }
    do {
      try Data(svg.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: "writing the drawing \(path)", problem: error.localizedDescription,
        advice: "Check that the folder exists and may be written to.")
    }
  }

  private static func element(_ mark: Mark) -> (name: String, attributes: String, content: String) {
    switch mark {
    case .line(let points, let color, let width, let isDashed):
      let dashes = isDashed ? " stroke-dasharray=\"\(text(Self.dash)) \(text(Self.gap))\"" : ""
      return (
        "polyline",
        "points=\"\(list(points))\" fill=\"none\" stroke=\"\(hex(color))\" stroke-width=\"\(text(width))\" "
          + "stroke-linecap=\"round\" stroke-linejoin=\"round\"\(dashes)", ""
      )
    case .polygon(let points, let color):
      return ("polygon", "points=\"\(list(points))\" fill=\"\(hex(color))\"", "")
    case .circle(let center, let radius, let color):
      return (
        "circle", "cx=\"\(text(center.x))\" cy=\"\(text(center.y))\" r=\"\(text(radius))\" fill=\"\(hex(color))\"", ""
      )
    case .text(let words, let place, let size, let color, let anchor, let isUpward):
      let turn = isUpward ? " transform=\"rotate(-90 \(text(place.x)) \(text(place.y)))\"" : ""
      return (
        "text",
        "x=\"\(text(place.x))\" y=\"\(text(place.y))\" font-size=\"\(text(size))\" fill=\"\(hex(color))\" "
          + "text-anchor=\"\(anchor)\"\(turn)", words.markupEscaped
      )
    }
  }

  /// The lengths of a dash and of the gap after it.
  static let dash = 6.0
  static let gap = 5.0

  private static func list(_ points: [Point]) -> String {
    points.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
  }

  /// A length with at most two decimals.
  private static func text(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  private static func hex(_ color: Color) -> String {
    "#" + [color.red, color.green, color.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
