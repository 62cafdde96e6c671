import LucidTensor

/// What a safetensors checkpoint on a web server says of itself, from its header alone.
public struct CheckpointHeader: Sendable {
  /// ``CheckpointFormat/safetensors``, or ``CheckpointFormat/shardIndex`` for the index of several files.
  public let format: CheckpointFormat
  /// The names, shapes and element types, for a load plan; asking for a tensor throws.
  public let stateDict: StateDict
  /// The bytes that were kept of what the server sent.
  public let fetchedByteCount: Int
}

extension WeightResolver {
  /// Reads the header of a safetensors file on a web server, or those of the shards of an index there. The tensors are not
  /// fetched: the first request asks for 64 kB, a second for the rest of a longer header, and a server that sends the whole
  /// file in answer is broken off once the header has come. Nothing is put into the cache.
  ///
  /// ```swift
  /// let header = try await WeightResolver.shared.checkpointHeader(at: "hf://timm/resnet50.a1_in1k/model.safetensors")
  /// print(model.loadPlan(for: header.stateDict))
  /// ```
  ///
  /// - Parameters:
  ///   - address: `https`, `http` of this machine, or `hf://owner/repo@revision/path`; mirrors, credentials, redirects and
  ///     proxies are as in a fetch. Shards lie beside their index.
  ///   - progress: is told of warnings and how far it is.
  /// - Throws: ``LucidError`` with ``LucidError/Code/unreachable`` where the server does not give it,
  ///   ``LucidError/Code/invalidInput`` for what is no address, ``LucidError/Code/unsupportedFormat`` for a file of another
  ///   format, of which there is no header to fetch, and what reading a safetensors file throws;
  ///   and `CancellationError`.
  public func checkpointHeader(
    at address: String, progress: ProgressHandler? = nil
  ) async throws -> CheckpointHeader {
    if let fault = environment.fault { throw fault }
    let environment = environment
    let name = WebAddress.redacted(address)
    do {
      let places = try environment.webAddresses(of: address)
      if let reason = environment.offlineReason {
        throw SourceFailure(.unreachable, "not asked, since \(reason) forbids the network")
      }
      return try await Work.run(name, progress ?? { _ in }) { work in
        let reader = try HeaderReader(environment, work)
        for place in places.dropLast() {
          do {
            return try reader.read(place)
          } catch let failure as SourceFailure {
            work.report(.warning("\(WebAddress.redacted(place)): \(failure.problem)"))
          }
        }
        return try reader.read(places[places.count - 1])
      }
    } catch let failure as SourceFailure {
      throw LucidError(
        failure.code, doing: "reading the header of \(name)", problem: failure.problem, advice: failure.remedy.advice)
    }
  }
}

/// Reads headers over one set of connections, on one thread.
private struct HeaderReader {
  private let environment: FetchEnvironment
  private let work: Work
  private let transfer: WebTransfer

  /// What the first request asks for: most headers, and the place of the rest of all others.
  private static let firstCount = 1 << 16
  private static let whole = "Fetch the whole file, or use a safetensors file of the same tensors."
  /// The bytes that tell every format.
  private static let formatCount = 512

  init(_ environment: FetchEnvironment, _ work: Work) throws {
    (self.environment, self.work) = (environment, work)
    transfer = try WebTransfer(environment, work)
  }

  func read(_ address: String, isShard: Bool = false) throws -> CheckpointHeader {
    let start = try WebAddress(address, environment)
    let beginning = try fetch(start)
    let file = MappedFile(bytes: beginning.bytes, named: start.description)
    // The directory of a zip archive is at its end.
    if try file.has([0x50, 0x4b, 0x03, 0x04], at: 0) {
      throw file.unsupported("a zip archive, which torch.save writes, has no header to fetch by itself", Self.whole)
    }
    let format = try CheckpointFormat(of: file)
    // An index that names itself would never end.
    guard format == .safetensors || !isShard else {
      throw file.unsupported("the index names it as a shard, and it is a \(format.rawValue) file")
    }
    switch format {
    case .safetensors:
      let dict = try SafetensorsReader.readBeginning(file, fileSize: beginning.fileSize)
      return CheckpointHeader(format: format, stateDict: dict, fetchedByteCount: file.count)
    case .shardIndex:
      var shards: [String: StateDict] = [:]
      var count = file.count
      for name in try ShardIndexReader.shardNames(file) {
        let shard = try read(Self.address(of: name, beside: start.text), isShard: true)
        shards[name] = shard.stateDict
        count += shard.fetchedByteCount
      }
      let dict = try ShardIndexReader.read(file, where: nil) { shards[$0]! }
      return CheckpointHeader(format: format, stateDict: dict, fetchedByteCount: count)
    case .torchZip, .torchLegacy, .torchTar, .torchScript, .npz:
      throw file.unsupported(
        "a \(format.rawValue) file has no header to fetch by itself", Self.whole)
    }
  }

  /// The beginning of a file up to the end of its header; the whole file where it is an index.
  private func fetch(_ start: WebAddress) throws -> FilePrefix {
    let prefix = FilePrefix(Self.neededCount)
    let limits = environment.limits
    var attempt = 1
    while true {
      do {
        work.report(.connecting(start.description))
        repeat { try fetchMore(prefix, start) } while !prefix.isComplete
        return prefix
      } catch let failure as SourceFailure where failure.isTransient {
        let asked = failure.retryAfter.map { Double($0) } ?? 0
        guard attempt < limits.attempts, asked <= limits.longestRetryDelay else { throw failure }
        work.report(.warning("\(start.description): \(failure.problem); trying again"))
        try transfer.pause(seconds: max(limits.retryDelay * Double(1 << min(attempt - 1, 16)), asked))
        attempt += 1
      }
    }
  }

  /// One request, for what is known to be needed.
  private func fetchMore(_ prefix: FilePrefix, _ start: WebAddress) throws {
    var ask = BodySink.Ask(address: start)
    let before = prefix.bytes.count
    ask.range = (before, max(prefix.neededCount, Self.firstCount))
    ask.ifRange = prefix.etag
    let answer = try transfer.follow(&ask, from: start, into: prefix)
    switch answer.status {
    case 200:
      if !prefix.isComplete { prefix.end() }
    case 206:
      guard prefix.bytes.count > before else {
        throw SourceFailure(.unreachable, "the server sent nothing of the part that was asked for", isTransient: true)
      }
    case 416 where answer.unsatisfiedSize == before: prefix.end()
    default: throw answer.failure(ask.address == start ? "" : " from \(ask.address.description)")
    }
  }

  /// How many bytes of a file are needed, as far as its first ones tell. What is not as it should be is left to the
  /// readers to say.
  private static func neededCount(_ bytes: [UInt8]) -> Int {
    guard bytes.count >= formatCount || bytes.count >= 9 && bytes[8] == UInt8(ascii: "{") else { return formatCount }
    let brace = UInt8(ascii: "{")
    if bytes[8] == brace, bytes[0] != brace || bytes[0..<8].contains(0) {
      let size = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
      return size <= SafetensorsReader.maximumHeaderSize ? 8 + Int(size) : formatCount
    }
    // One byte more than an index may have, so that a larger one is seen to be one.
    return bytes[0] == brace ? Int(SafetensorsReader.maximumHeaderSize) + 1 : formatCount
  }

  /// What needs no escape in an address (RFC 3986, 2.3).
  private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

  /// The address of a file beside another: what comes after the path, such as a signature, is kept.
  private static func address(of name: String, beside other: String) -> String {
    let end = other.firstIndex { $0 == "?" || $0 == "#" } ?? other.endIndex
    let slash = other[..<end].lastIndex(of: "/") ?? other.startIndex
    let escaped = name.utf8.map { (byte: UInt8) -> String in
      if unreserved.contains(byte) { return String(Unicode.Scalar(byte)) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    return "\(other[...slash])\(escaped.joined())\(other[end...])"
  }
}
