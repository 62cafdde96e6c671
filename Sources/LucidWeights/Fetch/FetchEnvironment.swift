import Foundation

/// What fetching takes from the process's environment. Read once; tests make their own.
public struct FetchEnvironment: Sendable {
  /// The limits of a transfer.
  public struct Limits: Sendable, Hashable {
    /// The seconds that finding and reaching a server may take.
    public var connectTimeout = 20.0
    /// The seconds that a connection may bring nothing.
    public var stallTimeout = 30.0
    /// How often a source is tried when it fails for a reason that may pass.
    public var attempts = 3
    /// The seconds before the second attempt; twice as many before each further one, give or take a quarter.
    public var retryDelay = 0.5
    /// The longest wait that a server's `Retry-After` is obeyed for, in seconds.
    public var longestRetryDelay = 60.0
    /// How many connections fetch a large file at the same time: `LUCID_CONNECTIONS`, else 4.
    public var connections = 4
    /// The bytes that must be missing for more than one connection to be used.
    public var parallelThreshold = 64 << 20
    /// The bytes that one connection fetches before it takes the next part.
    public var pieceSize = 16 << 20
    /// An attempt that brings as many bytes more than any before it does not count as one of ``attempts``.
    public var progressThatCounts = 1 << 20
    /// The seconds that another process which fetches the same file is waited for while it brings nothing.
    public var ownerTimeout = 120.0

    /// The limits that suit a person who waits.
    public init() {}
  }

  /// The root of the cache: `LUCID_HOME`, else `lucid` in `XDG_CACHE_HOME`, else `~/.cache/lucid`. Nil where none of
  /// these is known. An empty variable counts as absent; a relative `XDG_CACHE_HOME` does too, as its specification
  /// says, while `LUCID_HOME` may be relative to the working directory or begin with `~/`.
  public var cacheRoot: String?
  /// The variable that forbids the network, `LUCID_OFFLINE` or `HF_HUB_OFFLINE`, as in "LUCID_OFFLINE=1"; nil if it is allowed.
  public var offlineReason: String?
  /// The file of certificates that servers are checked against: `LUCID_CA_BUNDLE`, else `SSL_CERT_FILE`, else the
  /// system's.
  public var certificateFile: String?
  /// The person's home directory, for paths that begin with `~/`.
  public var homeDirectory: String?
  /// The environment that helper processes such as pip are given.
  public var variables: [String: String]
  /// The limits of a transfer.
  public var limits = Limits()
  /// How a process asks to be the one that fetches a file.
  var lockCall = ProcessFlight.systemLock

  /// The environment of this process as it was when this was first asked for.
  public static let process = FetchEnvironment(variables: ProcessInfo.processInfo.environment)

  /// What the given environment variables say.
  public init(variables: [String: String]) {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    self.variables = variables
    homeDirectory = value("HOME") ?? Self.accountHome()
    let home = homeDirectory
    if let root = value("LUCID_HOME") {
      cacheRoot = Self.absolutePath(root, home: home)
    } else if let caches = value("XDG_CACHE_HOME"), caches.hasPrefix("/") {
      cacheRoot = Self.absolutePath(caches + "/lucid", home: home)
    } else {
      cacheRoot = home.map { Self.absolutePath($0 + "/.cache/lucid", home: home) }
    }
    offlineReason =
      ["LUCID_OFFLINE", "HF_HUB_OFFLINE"].lazy.compactMap { name -> String? in
        value(name).flatMap { Self.switchValue($0) == true ? "\(name)=\($0)" : nil }
      }.first
    if let count = value("LUCID_CONNECTIONS").flatMap({ Int($0) }), count > 0 { limits.connections = min(count, 16) }
    certificateFile = (value("LUCID_CA_BUNDLE") ?? value("SSL_CERT_FILE")).map { Self.absolutePath($0, home: home) }
  }

  /// A path made absolute, with `~/` replaced and no slash at its end.
  static func absolutePath(_ path: String, home: String?) -> String {
    var path = path
    if path == "~" || path.hasPrefix("~/"), let home { path = home + path.dropFirst() }
    if !path.hasPrefix("/") { path = FileManager.default.currentDirectoryPath + "/" + path }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  private static func accountHome() -> String? {
    var account = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16384)
    guard getpwuid_r(getuid(), &account, &buffer, buffer.count, &found) == 0, found != nil,
      let path = account.pw_dir.map({ String(cString: $0) }), path.hasPrefix("/")
    else { return nil }
    return path
  }
}
