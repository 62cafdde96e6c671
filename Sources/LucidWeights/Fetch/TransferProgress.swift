/// How far the fetching of one file is.
public struct TransferProgress: Sendable, Hashable {
  /// What is being done.
  public enum Phase: Sendable, Hashable {
    /// A source is being asked for the file, the one described.
    case connecting(String)
    /// Bytes are arriving.
    case downloading
    /// Bytes that are on this machine are being hashed.
    case verifying
    /// The file is on its way again after something that a person should know, such as a damaged copy thrown out.
    case warning(String)
  }

  /// The file's name.
  public let fileName: String
  /// What is being done.
  public let phase: Phase
  /// The bytes handled in this phase; falls back to 0 when a transfer begins again.
  public let byteCount: Int
  /// The bytes there will be, where that is known.
  public let totalByteCount: Int?
}

/// Is told how far a fetch is, on any thread, some times a second, and must return soon.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void
