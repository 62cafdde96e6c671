import Foundation

/// How a plan computes those convolutions that there are several algorithms for: windows of 3x3 with stride 1.
public enum Convolutions: String, Sendable, CaseIterable {
  /// All directly: the most accurate. Said by `LUCID_CONV`, it goes for training, too, where large batches otherwise take
  /// Winograd's F(2x2, 3x3), and F(4x4, 3x3) with `winograd`.
  case direct
  /// All by Winograd's algorithm F(4x4, 3x3), where it can. Logits differ by some millionths of the greatest.
  case winograd
  /// Each by the algorithm that is measured to be faster on this machine, when a plan first needs to know; the choice is
  /// remembered in the cache folder (`LUCID_HOME`, else `XDG_CACHE_HOME/lucid`, else `~/.cache/lucid`).
  case measured = "auto"

  /// What `LUCID_CONV` says: `direct`, `winograd` or `auto`, which is also what an empty or missing variable means. Traps
  /// when it says something else.
  public static let standard = Convolutions(variable: ProcessInfo.processInfo.environment["LUCID_CONV"])

  init(variable: String?) {
    guard let variable, !variable.isEmpty else {
      self = .measured
      return
    }
    guard let known = Convolutions(rawValue: variable) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
      preconditionFailure("LUCID_CONV is \"\(variable)\", but must be one of: \(names)")
    }
    self = known
  }
}
