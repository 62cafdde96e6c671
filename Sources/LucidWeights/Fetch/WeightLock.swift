import Foundation
import LucidTensor
import Synchronization

/// A lock file, `lucid.lock`: the full SHA-256 of every file that a program uses, so that a build of tomorrow uses the
/// same bytes as one of today. It is JSON, to be kept beside the program's sources.
///
/// ```json
/// {"date": "2026-01-31T12:00:00Z", "lock": 1, "weights": {"ResNet_18_Weights.IMAGENET1K_V1": [
///   {"bytes": 46830571, "sha256": "f37072fd…", "source": "https://download.pytorch.org/models/resnet18-f37072fd.pth"}]}}
/// ```
public struct WeightLock: Sendable, Hashable, Codable {
  /// One place of a file, and what the file there is.
  public struct File: Sendable, Hashable, Codable {
    /// The place, as the entry's source describes it.
    public let source: String
    /// All 64 digits.
    public let sha256: String
    /// The size, where it is known.
    public let bytes: Int?
  }

  /// The version of the format.
  public let lock: Int
  /// When it was last changed, in UTC (ISO 8601).
  public private(set) var date: String
  /// By a checkpoint's full name, its files.
  public private(set) var weights: [String: [File]]

  static let version = 1

  /// A lock file without entries.
  public init() { (lock, date, weights) = (Self.version, Self.now(), [:]) }

  /// The lock file at a path. Throws ``LucidError`` where it cannot be read or is none.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LucidError(
        .fileUnreadable, doing: "reading the lock file \(path)",
        problem: "there is no such file, or it may not be read",
        advice: "`lucid weights lock NAME` writes one.")
    }
    let problem: String
    do {
      self = try JSONDecoder().decode(WeightLock.self, from: data)
      let files = weights.values.joined()
      if lock == Self.version, files.allSatisfy({ $0.sha256.isHexadecimal(count: 64...64) }) { return }
      problem = lock == Self.version ? "a SHA-256 in it has not 64 lower-case digits" : "its version is \(lock), not 1"
    } catch DecodingError.dataCorrupted {
      problem = "it is no JSON"
    } catch {
      problem = "it is no lock file of Lucid: it has not the version, the date and the checkpoints' files that one has"
    }
    throw LucidError(
      .corruptFile, doing: "reading the lock file \(path)", problem: problem,
      advice: "Take it back from version control; or remove it, and write it anew with `lucid weights lock NAME`.")
  }

  /// Writes the lock file, whole or not at all.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileSystem.replace(path, with: String(decoding: try encoder.encode(self), as: UTF8.self) + "\n")
  }

  /// Notes a checkpoint's files: every source whose full digest is known, and the weakly pinned one that `file` is.
  public mutating func set(_ name: String, _ sources: [WeightSource], file: VerifiedFile?) {
    weights[name] = sources.compactMap { source in
      let isFile = file.map { source.digest.matches($0.sha256) } ?? false
      guard source.digest.isFull || isFile else { return nil }
      return File(
        source: WebAddress.redacted(source.location.description), sha256: isFile ? file!.sha256 : source.digest.hex,
        bytes: isFile ? file!.byteCount : source.byteCount)
    }
    date = Self.now()
  }

  /// The sources of a checkpoint, each with the full digest that is noted for it.
  ///
  /// - Parameter isFrozen: whether only what is noted may be used.
  /// - Throws: ``LucidError`` with ``LucidError/Code/digestMismatch`` and both digests where the program's own pin is
  ///   another than the one noted; where `isFrozen`, with ``LucidError/Code/unknownName`` for a name that is not noted.
  public func apply(_ name: String, _ sources: [WeightSource], isFrozen: Bool) throws(LucidError) -> [WeightSource] {
    let files = weights[name] ?? []
    var locked: [WeightSource] = []
    for source in sources {
      let place = WebAddress.redacted(source.location.description)
      guard let file = files.first(where: { $0.source == place }) else {
        if !isFrozen { locked.append(source) }
        continue
      }
      guard source.digest.matches(file.sha256) else {
        throw LucidError(
          .digestMismatch, doing: "fetching \(name)",
          problem: "lucid.lock has sha256:\(file.sha256) for \(place), the checkpoint's entry has \(source.digest)",
          advice: "If the change is meant, write the lock file anew: `lucid weights lock \(name)`.")
      }
      locked.append(source.with(digest: .sha256(file.sha256), byteCount: file.bytes))
    }
    if !locked.isEmpty || sources.isEmpty { return locked }
    throw LucidError(
      .unknownName, doing: "fetching \(name)",
      problem: files.isEmpty ? "lucid.lock does not name it" : "lucid.lock names none of its sources",
      advice: "Add it: `lucid weights lock \(name)` without --frozen and LUCID_FROZEN.")
  }

  private static func now() -> String { Date().formatted(.iso8601) }
}

extension FetchEnvironment {
  /// Whether only files that the lock file names may be used: `LUCID_FROZEN=1`.
  public var isFrozen: Bool {
    get { value("LUCID_FROZEN").flatMap(Self.switchValue) == true }
    set { variables["LUCID_FROZEN"] = newValue ? "1" : nil }
  }

  /// The lock file that is honoured: what `LUCID_LOCK` names; else, only where `isFrozen`, `lucid.lock` in the working
  /// directory.
  public var lockFile: String? {
    (value("LUCID_LOCK") ?? (isFrozen ? "lucid.lock" : nil)).map { Self.absolutePath($0, home: homeDirectory) }
  }

  private static let lockFileWriters = Mutex(())

  /// The sources that the lock file allows.
  func locked(_ name: String, _ sources: [WeightSource]) throws -> [WeightSource] {
    guard let path = lockFile, isFrozen || FileManager.default.fileExists(atPath: path) else { return sources }
    return try WeightLock(contentsOf: path).apply(name, sources, isFrozen: isFrozen)
  }

  /// Notes the full digest of a weakly pinned file in the lock file at its first use.
  func noteInLockFile(_ name: String, _ sources: [WeightSource], _ file: VerifiedFile) throws {
    guard let path = lockFile, !isFrozen,
      sources.contains(where: { !$0.digest.isFull && $0.digest.matches(file.sha256) })
    else { return }
    try Self.lockFileWriters.withLock { _ in
      var lock = FileManager.default.fileExists(atPath: path) ? try WeightLock(contentsOf: path) : WeightLock()
      lock.set(name, sources, file: file)
      try lock.write(to: path)
    }
  }
}
