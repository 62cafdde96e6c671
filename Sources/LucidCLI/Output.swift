import Foundation

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Prints a line to standard error.
func printError(_ message: String) {
  FileHandle.standardError.write(Data((message + "\n").utf8))
}

/// Prints rows in columns as wide as they need to be.
func printTable(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
  let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
  for row in [header] + rows {
    let cells = row.enumerated().map { column, cell in
      rightAligned.contains(column)
        ? String(repeating: " ", count: widths[column] - cell.count) + cell : cell.padded(to: widths[column])
    }
    var line = cells.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    print(line)
  }
}

extension String {
  /// The string with spaces after it up to a width.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// 0.9123 as " 91.23 %".
func percent(_ probability: Float) -> String { String(format: "%6.2f %%", Double(probability) * 100) }

/// A number with at most three decimals, or exactly `places`; nothing for nil.
func decimal(_ value: Double?, places: Int? = nil) -> String {
  guard let value else { return "" }
  if let places { return String(format: "%.\(places)f", value) }
  return value == value.rounded() ? String(format: "%.0f", value) : String(format: "%.3f", value)
}

/// 11689512 as "11.7 M".
func millions(_ count: Int) -> String { String(format: "%.1f M", Double(count) / 1e6) }
