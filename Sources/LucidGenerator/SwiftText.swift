/// Pieces of Swift source.
enum SwiftText {
  /// A string literal.
  static func literal(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// A whole number with its thousands marked, as swift-format wants it: 11_689_512.
  static func literal(_ number: Int) -> String {
    let digits = String(number)
    guard digits.count >= 7 else { return digits }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append("_") }
      text.append(digit)
    }
    return text
  }

  /// A number; whole ones without a point.
  static func literal(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// An array literal of literals, on one line.
  static func array(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }

  /// A string literal over as many lines as it needs: `indent` spaces before each, none above 120 columns where words allow.
  static func longLiteral(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    let lines = wrapped(escaped(text), width: 120 - indent - 2)
    return "\"\"\"\n" + lines.map { margin + $0 }.joined(separator: " \\\n") + "\n\(margin)\"\"\""
  }

  /// A documentation comment; each paragraph wrapped to 120 columns, and a line of its own for what cannot be.
  static func doc(_ paragraphs: [String], indent: Int) -> String {
    let margin = String(repeating: " ", count: indent) + "///"
    return paragraphs.map { paragraph in
      wrapped(paragraph, width: 120 - margin.count - 1).map { "\(margin) \($0)\n" }.joined()
    }.joined(separator: "\(margin)\n")
  }

  /// The text's words in lines of up to `width` characters; a longer word has a line of its own.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.properties.generalCategory == .control || scalar.properties.isNoncharacterCodePoint:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
