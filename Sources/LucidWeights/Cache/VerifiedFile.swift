/// A file of this machine whose bytes were found to have the digest that was asked for.
public struct VerifiedFile: Sendable, Hashable {
  /// Where it is: a readable path in the cache, or a person's own file. To be read, never written.
  public let path: String
  /// The SHA-256 of its bytes: all 64 digits, even where only a prefix was asked for.
  public let sha256: String
  /// Its size in bytes.
  public let byteCount: Int
}
