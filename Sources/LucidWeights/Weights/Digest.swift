/// What is known of a file's SHA-256 before it is fetched.
///
/// A full digest pins the file. A prefix, as PyTorch's hub puts into file names (`resnet18-f37072fd.pth`), pins it
/// weakly: it catches damage, not a forger.
public enum Digest: Sendable, Hashable, CustomStringConvertible {
  /// All 64 hexadecimal digits.
  case sha256(String)
  /// The first digits, eight or more.
  case sha256Prefix(String)

  /// The digits that are known, lower case.
  public var hex: String {
    switch self {
    case .sha256(let hex), .sha256Prefix(let hex): hex.lowercased()
    }
  }

  /// Whether all 64 digits are known.
  public var isFull: Bool {
    if case .sha256 = self { true } else { false }
  }

  /// Whether a file with this full SHA-256 is the one meant.
  public func matches(_ sha256: String) -> Bool {
    isFull ? sha256.lowercased() == hex : sha256.lowercased().hasPrefix(hex)
  }

  public var description: String { isFull ? "sha256:\(hex)" : "sha256:\(hex)… (first \(hex.count) digits)" }
}
