import Foundation

/// What the system says about this process.
enum ProcessMemory {
  /// The most memory that it had so far, pages of files included, in kB.
  static var peakKilobytes: Int { kilobytes("VmHWM") }

  /// A field of /proc/self/status; 0 where there is none.
  static func kilobytes(_ field: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line.flatMap { Int($0.split(whereSeparator: { " \t".contains($0) })[1]) } ?? 0
  }
}
