import Foundation
import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidWeights

/// A cache of a test's own, gone with it.
final class FetchScratch: Sendable {
  /// The folder that holds the cache and whatever else the test puts there.
  let folder: String
  let environment: FetchEnvironment
  let resolver: WeightResolver

  init(_ variables: [String: String] = [:], adjust: (inout FetchEnvironment) -> Void = { _ in }) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/lucid-fetch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.folder = folder
    var all = ProcessInfo.processInfo.environment.filter { $0.key == "PATH" }
    all["HOME"] = folder
    all["LUCID_HOME"] = folder + "/cache"
    var environment = FetchEnvironment(variables: all.merging(variables) { $1 })
    environment.limits.retryDelay = 0.01
    adjust(&environment)
    self.environment = environment
    resolver = WeightResolver(environment: environment)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var root: String { environment.cacheRoot! }

  /// A resolver as another process would have it, without this one's memory.
  func another(_ adjust: (inout FetchEnvironment) -> Void = { _ in }) -> WeightResolver {
    var environment = environment
    adjust(&environment)
    return WeightResolver(environment: environment)
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
