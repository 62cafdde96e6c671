import Foundation

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
