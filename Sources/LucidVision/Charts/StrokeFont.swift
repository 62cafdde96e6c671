/// Letters made of lines of one width, for pictures that are drawn without the fonts of a machine: the printable
/// characters of ASCII. Any other character is an empty box.
package enum StrokeFont {
  /// The width of the lines, in parts of the text's size.
  static let lineWidth = 0.085
  /// A unit of the grid that letters are designed on: capitals are 12 units high.
  private static let unit = 0.06
  private static let letterGap = 3.0
  private static let wordGap = 4.0

  /// The width of a line of text, in the unit of its size.
  package static func width(of text: String, size: Double) -> Double {
    let advances = text.map { letter($0).width + letterGap }
    return max(0, advances.reduce(0, +) - letterGap) * unit * size
  }

  /// The lines of each letter of a text whose baseline begins at the origin.
  static func glyphs(of text: String, size: Double) -> [[[Drawing.Point]]] {
    var start = 0.0
    return text.map { character in
      let letter = letter(character)
      defer { start += letter.width + letterGap }
      return letter.strokes.map { stroke in
        stroke.map { Drawing.Point((start + $0.x) * unit * size, ($0.y - baseline) * unit * size) }
      }
    }
  }

  /// Whether a character has a letter of its own.
  static func has(_ character: Character) -> Bool { character == " " || designs[character] != nil }

  private static let baseline = 12.0

  private struct Letter {
    var width: Double
    var strokes: [[Drawing.Point]]
  }

  private static func letter(_ character: Character) -> Letter {
    character == " " ? Letter(width: wordGap, strokes: []) : letters[character] ?? box
  }

  private static let box = parse("00707c0c00")
  private static let letters = designs.mapValues { parse($0) }

  /// Reads a design: lines between blanks; a line's points are two digits each, in base 36, x from the left and y down from
  /// the height of capitals. A line after `~` is rounded.
  private static func parse(_ design: String) -> Letter {
    var letter = Letter(width: 0, strokes: [])
    for word in design.split(separator: " ") {
      let isRound = word.hasPrefix("~")
      let digits = (isRound ? word.dropFirst() : word).compactMap { Int(String($0), radix: 36).map(Double.init) }
      let points = stride(from: 0, to: digits.count - 1, by: 2).map { Drawing.Point(digits[$0], digits[$0 + 1]) }
      letter.width = max(letter.width, points.map(\.x).max() ?? 0)
      letter.strokes.append(isRound ? rounded(rounded(points)) : points)
    }
    return letter
  }

  /// Cuts the corners of a line at a quarter of its sides (Chaikin, "An algorithm for high-speed curve generation", 1974).
  private static func rounded(_ points: [Drawing.Point]) -> [Drawing.Point] {
    func between(_ start: Drawing.Point, _ end: Drawing.Point, _ share: Double) -> Drawing.Point {
      Drawing.Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
    }
    let cut = zip(points, points.dropFirst()).flatMap { [between($0, $1, 0.25), between($0, $1, 0.75)] }
    return points.prefix(1) + cut + points.suffix(1)
  }

  private static let designs: [Character: String] = [
    "A": "0c408c 1878", "B": "0c00 ~00707606 ~06868c0c", "C": "~8380000c8c89", "D": "0c00 ~00808c0c",
    "E": "80000c8c 0666", "F": "80000c 0666", "G": "~8380000c8c87 8747", "H": "000c 808c 0686", "I": "000c",
    "J": "~606c0c09", "K": "000c 8007 348c", "L": "000c7c", "M": "0c0048808c", "N": "0c008c80", "O": "~40808c0c0040",
    "P": "0c00 ~00808707", "Q": "~40808c0c0040 598c", "R": "0c00 ~00808707 478c", "S": "~83800006868c0c09",
    "T": "0080 404c", "U": "~000c8c80", "V": "004c80", "W": "002c538ca0", "X": "008c 800c", "Y": "004680 464c",
    "Z": "00800c8c",
    "a": "~34646c0c0434 646c", "b": "000c ~34646c0c0434", "c": "~6664040c6c6a", "d": "606c ~34646c0c0434",
    "e": "0868 ~6864040c6c6a", "f": "~50202c 0454", "g": "~34646c0c0434 ~646g0g0e", "h": "000c ~0704646c",
    "i": "040c 0001", "j": "~343g0g 3031", "k": "000c 6409 276c", "l": "000c", "m": "040c ~0704545c ~5754a4ac",
    "n": "040c ~0704646c", "o": "~34646c0c0434", "p": "040g ~34646c0c0434", "q": "646g ~34646c0c0434",
    "r": "040c ~070444", "s": "~66640408686c0c0a", "t": "~212c5c 0454", "u": "~040c6c69 646c", "v": "043c64",
    "w": "042c456c84", "x": "046c 640c", "y": "043c 641g", "z": "04640c6c",
    "0": "~30707c0c0030", "1": "03303c", "2": "~030070740c 0c7c", "3": "~0200707626 ~26767c0c0a", "4": "5c500878",
    "5": "700005 ~05757c0c0a", "6": "~7270000c7c7606", "7": "00703c", "8": "~307076060030 ~36767c0c0636",
    "9": "~0a0c7c70000676",
    ".": "0b0c", ",": "1b0e", ":": "0506 0b0c", ";": "1516 1b0e", "!": "0008 0b0c", "?": "~020060653638 3b3c",
    "-": "0757", "+": "0868 353b", "=": "0666 0a6a", "*": "3238 0357 0753", "/": "0d50", "\\": "005d", "|": "000g",
    "(": "~30040c3g", ")": "~00343c0g", "[": "30000g3g", "]": "00303g0g", "{": "~40202707 ~07272g4g",
    "}": "~00202747 ~47272g0g", "<": "64086c", ">": "04680c", "_": "0d7d", "#": "201c 605c 0474 0878",
    "%": "~204044040020 ~68888c4c4868 800c", "@": "~547479393454 ~7479a9a0000c8c", "&": "~8c13105053080c5c87",
    "$": "~83800006868c0c09 404c", "^": "043064", "`": "0022", "'": "0003", "\"": "0003 3033", "~": "~0a07373a6a67",
  ]
}
