import LucidVision

/// Pieces of an HTML page.
enum HTML {
  /// A table; columns in `numbers` are set to the right.
  static func table(_ header: [String], _ rows: [[String]], numbers: Set<Int> = []) -> String {
    func line(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { column, cell in
          "<\(tag)\(numbers.contains(column) ? " class=\"n\"" : "")>\(cell.markupEscaped)</\(tag)>"
        }.joined() + "</tr>"
    }
    let head = header.isEmpty ? "" : "<thead>\(line(header, "th"))</thead>\n"
    return "<table>\n\(head)<tbody>\n" + rows.map { line($0, "td") }.joined(separator: "\n") + "\n</tbody></table>"
  }

  /// A whole page that needs nothing but itself.
  static func page(title: String, _ sections: [(heading: String, content: String)]) -> String {
    let body = sections.map { "<h2>\($0.heading.markupEscaped)</h2>\n\($0.content)" }.joined(separator: "\n")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title.markupEscaped)</title>
      <style>
      body { font: 15px/1.5 Helvetica, Arial, sans-serif; color: #222; max-width: 62em; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; }
      table { border-collapse: collapse; } th, td { padding: 0.2em 0.9em 0.2em 0; text-align: left; }
      th { border-bottom: 1px solid #767676; } td { border-bottom: 1px solid #e4e4e4; }
      .n { text-align: right; font-variant-numeric: tabular-nums; }
      figure { display: inline-block; margin: 0 1em 1em 0; width: 10.5em; vertical-align: top; }
      figure img { width: 10.5em; height: 10.5em; object-fit: contain; background: #f2f2f2; }
      figcaption { font-size: 0.85em; overflow-wrap: anywhere; } svg { max-width: 100%; height: auto; }
      </style>
      </head>
      <body>
      <h1>\(title.markupEscaped)</h1>
      \(body)
      </body>
      </html>

      """
  }
}
