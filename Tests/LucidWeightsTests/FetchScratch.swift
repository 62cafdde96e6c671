import Foundation
import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidWeights

/// A folder of a test's own, gone when nothing uses it any more.
private final class ScratchFolder: Sendable {
  let path: String
  private let isMounted = Mutex(false)

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/lucid-fetch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    let detach: Int32 = 2
    if isMounted.withLock({ $0 }) { umount2("\(path)/cache", detach) }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Puts the cache on a file system of 200 kB in memory.
  func mountSmallDisk() throws {
    try FileManager.default.createDirectory(atPath: "\(path)/cache", withIntermediateDirectories: true)
    try check(mount("lucid", "\(path)/cache", "tmpfs", 0, "size=200k"))
    isMounted.withLock { $0 = true }
  }

  func makeReadOnly() throws { try check(mount("lucid", "\(path)/cache", "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil)) }

  private func check(_ code: Int32) throws {
    if code != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
  }
}

/// A cache of a test's own, gone with it and with the resolvers that were made of it.
final class FetchScratch: Sendable {
  private let place: ScratchFolder
  let environment: FetchEnvironment
  let resolver: WeightResolver

  /// The folder that holds the cache and whatever else the test puts there.
  var folder: String { place.path }

  init(_ variables: [String: String] = [:], adjust: (inout FetchEnvironment) -> Void = { _ in }) throws {
    place = try ScratchFolder()
    var all = ProcessInfo.processInfo.environment.filter { $0.key == "PATH" }
    all["HOME"] = place.path
    all["LUCID_HOME"] = place.path + "/cache"
    var environment = FetchEnvironment(variables: all.merging(variables) { $1 })
    environment.limits.retryDelay = 0.01
    adjust(&environment)
    self.environment = Self.keeping(place, environment)
    resolver = WeightResolver(environment: self.environment)
  }

  /// An environment that keeps the folder for as long as anything holds it.
  private static func keeping(_ place: ScratchFolder, _ environment: FetchEnvironment) -> FetchEnvironment {
    var environment = environment
    let call = environment.lockCall
    environment.lockCall = { descriptor in withExtendedLifetime(place) { call(descriptor) } }
    return environment
  }

  /// Whether a test may mount a file system.
  static let hasSmallDisks: Bool = {
    guard let place = try? ScratchFolder() else { return false }
    return (try? place.mountSmallDisk()) != nil
  }()

  /// Puts the cache on a file system of 200 kB in memory.
  func mountSmallDisk() throws { try place.mountSmallDisk() }

  /// Takes a note folder away and makes the small disk read-only.
  func protectDisk(removing name: String) throws {
    FileSystem.removeTree("\(root)/\(name)")
    try place.makeReadOnly()
  }

  var root: String { environment.cacheRoot! }

  /// A resolver as another process would have it, without this one's memory.
  func another(_ adjust: (inout FetchEnvironment) -> Void = { _ in }) -> WeightResolver {
    var environment = environment
    adjust(&environment)
    return WeightResolver(environment: Self.keeping(place, environment))
  }

  /// Everything below the cache root, with what would tell a change.
  func snapshot() throws -> [String: FileIdentity] {
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [:] }
    var found: [String: FileIdentity] = [:]
    for case let path as String in paths {
      found[path] = try FileSystem.status(of: "\(root)/\(path)", followLinks: false).map { FileIdentity($0) }
    }
    return found
  }

  /// The names of published blobs and of partial files.
  func blobs() throws -> [String] { try snapshot().keys.filter { $0.hasPrefix("blobs/") && $0.count > 60 }.sorted() }
  func partials() -> [String] { FileSystem.names(in: root + "/partial") }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: FileSystem.parent(of: path), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// Bytes that look like no other file's.
func scrambled(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}

func sha256(_ bytes: [UInt8]) throws -> String {
  let hash = try IncrementalSHA256()
  try bytes.withUnsafeBytes { try hash.update($0) }
  return try hash.finish()
}

func source(_ url: String, _ bytes: [UInt8], sized: Bool = false) throws -> WeightSource {
  WeightSource(.url(url), digest: .sha256(try sha256(bytes)), byteCount: sized ? bytes.count : nil)
}

func contents(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }

/// Collects what a fetch tells of its progress.
final class ProgressLog: Sendable {
  private let events = Mutex<[TransferProgress]>([])
  var handler: ProgressHandler { { event in self.events.withLock { $0.append(event) } } }
  var all: [TransferProgress] { events.withLock { $0 } }
  var warnings: [String] {
    all.compactMap { if case .warning(let text) = $0.phase { text } else { nil } }
  }
}

/// The error that a fetch of one source ends with.
func failure(_ scratch: FetchScratch, _ sources: WeightSource...) async throws -> LucidError {
  try await #require(throws: LucidError.self) {
    try await scratch.resolver.resolve(sources, name: "Test_Weights.V1")
  }
}
