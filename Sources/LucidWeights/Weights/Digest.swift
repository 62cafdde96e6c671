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

  /// Whether a file with this full SHA-256 is the one meant. A prefix of fewer than eight digits matches nothing.
  public func matches(_ sha256: String) -> Bool {
    isFull ? sha256.lowercased() == hex : hex.count >= 8 && sha256.lowercased().hasPrefix(hex)
  }

  /// The digest that hexadecimal digits stand for: 64 are the whole, 8 to 63 a prefix; anything else is `nil`.
  public init?(hex: String) {
    guard hex.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    switch hex.utf8.count {
    case 64: self = .sha256(hex.lowercased())
    case 8..<64: self = .sha256Prefix(hex.lowercased())
    default: return nil
    }
  }

  /// The digits that are known, for messages.
  public var description: String { isFull ? "sha256:\(hex)" : "sha256:\(hex)… (first \(hex.count) digits)" }
}
