/// Lines, shapes and words on a white page, which ``svg`` writes as SVG and ``image(scale:)`` draws as pixels.
///
/// Places and lengths are in points, x to the right and y down from the top left corner. What comes later covers what
/// came before.
package struct Drawing: Sendable {
  /// A place on the page.
  package struct Point: Sendable, Hashable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A part of the page.
  package struct Rectangle: Sendable, Hashable {
    package var x, y, width, height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    package var right: Double { x + width }
    package var bottom: Double { y + height }

    func overlaps(_ other: Rectangle) -> Bool {
      x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }
  }

  /// Red, green and blue of the sRGB colour space.
  package struct Color: Sendable, Hashable {
    package let red, green, blue: UInt8

    /// The colour that six hexadecimal digits stand for, as in 0xd55e00.
    package init(_ hex: UInt32) {
      (red, green, blue) = (UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }

    package static let black = Color(0x222222)
    package static let gray = Color(0x767676)
    package static let lightGray = Color(0xe4e4e4)
    package static let white = Color(0xffffff)

    /// Colours that people who see few colours can tell apart (Okabe and Ito, "Color Universal Design", 2008).
    package static let palette = [
      Color(0x0072b2), Color(0xd55e00), Color(0x009e73), Color(0xcc79a7), Color(0x56b4e9), Color(0xe69f00),
      Color(0x000000),
    ]
  }

  /// Where a text's place is in it.
  package enum Anchor: Sendable, Hashable {
    case start, middle, end
  }

  /// What can be on a page.
  package enum Mark: Sendable, Hashable {
    /// The straight lines from point to point, with round ends.
    case line([Point], Color, width: Double, isDashed: Bool = false)
    /// The area that the points enclose.
    case polygon([Point], Color)
    case circle(Point, radius: Double, Color)
    /// A line of text whose baseline is at the place; `isUpward` turns it by 90° counter-clockwise about the place.
    case text(String, Point, size: Double, Color, Anchor = .start, isUpward: Bool = false)
  }

  package let width: Double
  package let height: Double
  /// The marks, and what a viewer of the SVG shows where the pointer rests on one.
  private(set) var marks: [(mark: Mark, title: String?)] = []

  /// An empty page.
  package init(width: Double, height: Double) {
    precondition(width > 0 && height > 0, "a page has a size, not \(width)x\(height)")
    (self.width, self.height) = (width, height)
  }

  /// Adds a mark.
  package mutating func add(_ mark: Mark, title: String? = nil) { marks.append((mark, title)) }

  /// Adds a filled rectangle.
  package mutating func add(_ rectangle: Rectangle, _ color: Color, title: String? = nil) {
    let (left, top, right, bottom) = (rectangle.x, rectangle.y, rectangle.right, rectangle.bottom)
    let corners = [Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)]
    add(.polygon(corners, color), title: title)
  }
}
