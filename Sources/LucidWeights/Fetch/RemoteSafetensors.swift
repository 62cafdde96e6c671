import LucidTensor

extension StateDict {
  /// The names and types in a safetensors file on a server, of which only the header is fetched: a ``LucidTensor/LoadPlan``
  /// can be made from it. Asking for a tensor throws.
  ///
  /// - Parameters:
  ///   - address: an `https` address, or an `http` one of this machine.
  ///   - environment: what the process's environment says of certificates and whether the network may be used.
  /// - Throws: ``LucidError`` with ``LucidError/Code/unreachable`` where the server does not answer or cannot send parts of
  ///   files, and what reading a safetensors file throws.
  public init(remoteSafetensors address: String, environment: FetchEnvironment = .process) async throws {
    let shown = WebAddress.redacted(address)
    let doing = "fetching the header of \(shown)"
    if let reason = environment.offlineReason {
      throw LucidError(
        .unreachable, doing: doing, problem: "the network may not be used: \(reason)", advice: "Unset that variable.")
    }
    do {
      self = try await Work.run(shown, { _ in }) { work in
        let header = try RemoteHeader(WebAddress(address), WebTransfer(environment, work), shown).fetch()
        return try SafetensorsReader.readHeader(header) { name in
          throw LucidError(
            .fileUnreadable, doing: "reading tensor \(name.quoted) of \(shown)", problem: "only its header was fetched",
            advice: "Fetch the file and open that.")
        }
      }
    } catch let failure as SourceFailure {
      throw LucidError(failure.code, doing: doing, problem: failure.problem, advice: "Or fetch the file and open that.")
    }
  }
}

/// Fetches the beginning of a safetensors file by range requests (RFC 9110, 14.2).
private struct RemoteHeader {
  private let start: WebAddress
  private let transfer: WebTransfer
  private let name: String

  /// What is asked for first: most headers are smaller.
  private static let firstRequest = 1 << 16
  private static let mostRedirects = 10

  init(_ start: WebAddress, _ transfer: WebTransfer, _ name: String) {
    (self.start, self.transfer, self.name) = (start, transfer, name)
  }

  /// The eight bytes of the size and the header.
  func fetch() throws -> MappedFile {
    var bytes = try request(Self.firstRequest)
    guard bytes.count >= 8 else { throw SourceFailure(.corruptFile, "the file has \(bytes.count) bytes") }
    let size = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard size <= SafetensorsReader.maximumHeaderSize else {
      throw SourceFailure(.corruptFile, "it is no safetensors file: its header would have \(size) bytes")
    }
    let end = 8 + Int(size)
    if bytes.count < end { bytes = try request(end) }
    guard bytes.count >= end else {
      throw SourceFailure(.corruptFile, "the file ends after \(bytes.count) bytes, within its header of \(size)")
    }
    return MappedFile(bytes: bytes.prefix(end), named: name)
  }

  /// The first `count` bytes, fewer where the file has not as many.
  private func request(_ count: Int) throws -> [UInt8] {
    var address = start
    for _ in 0...Self.mostRedirects {
      let body = Body(limit: count)
      let answer = try transfer.get(address, into: body, expecting: nil, range: 0...count - 1)
      switch answer.status {
      case 206: return body.bytes
      case 200: throw SourceFailure(.unreachable, "the server does not send parts of files")
      case 301, 302, 303, 307, 308:
        guard let target = answer.redirect else {
          throw SourceFailure(.unreachable, "\(WebSource.statusText(answer.status)) that does not say where to")
        }
        address = try address.redirected(to: target)
      case let status: throw SourceFailure(.unreachable, WebSource.statusText(status))
      }
    }
    throw SourceFailure(.unreachable, "redirected more than \(Self.mostRedirects) times")
  }

  private final class Body: BodyTarget {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var byteCount: Int { bytes.count }

    func append(_ more: UnsafeRawBufferPointer) throws {
      guard bytes.count + more.count <= limit else {
        throw SourceFailure(.unreachable, "the server sends more than the \(limit) bytes that were asked for")
      }
      bytes.append(contentsOf: more)
    }
  }
}
