import LucidTensor

/// Fetches a file from a web server into the cache.
struct WebSource {
  let source: WeightSource
  let address: String
  let environment: FetchEnvironment
  let cache: WeightCache

  private static let mostRedirects = 10

  func fetch(_ work: Work) throws -> VerifiedFile {
    let address = try WebAddress(address)
    let transfer = try WebTransfer(environment, work)
    let partial = try cache.makePartial(for: source)
    let limits = environment.limits
    for attempt in 1... {
      do {
        work.report(.connecting(address.description))
        try download(address, transfer, partial)
        return try cache.publish(partial, for: source)
      } catch let failure as SourceFailure where failure.isTransient && attempt < limits.attempts {
        let backoff = limits.retryDelay * Double(1 << min(attempt - 1, 16)) * Double.random(in: 0.75...1.25)
        let asked = failure.retryAfter.map { Double($0) } ?? 0
        // A server that wants to be left alone for longer than a person waits has failed.
        guard asked <= limits.longestRetryDelay else { throw failure }
        work.report(.warning("\(address.description): \(failure.problem); trying again"))
        try transfer.pause(seconds: max(backoff, asked))
        try partial.restart()
      } catch let failure as SourceFailure where failure.isTransient && limits.attempts > 1 {
        throw SourceFailure(failure.code, "\(failure.problem) (tried \(attempt) times)")
      }
    }
    preconditionFailure("WebSource: attempts do not end")
  }

  private func download(_ start: WebAddress, _ transfer: WebTransfer, _ partial: PartialFile) throws {
    var address = start
    for _ in 0...Self.mostRedirects {
      let answer = try transfer.get(address, into: partial, expecting: source.byteCount)
      switch answer.status {
      case 200: return try checkBody(answer, partial)
      case 301, 302, 303, 307, 308:
        guard let target = answer.redirect else {
          throw SourceFailure(.unreachable, "\(Self.statusText(answer.status)) that does not say where to")
        }
        address = try address.redirected(to: target)
      case let status:
        let place = address == start ? "" : " from \(address.description)"
        throw SourceFailure(
          .unreachable, Self.statusText(status) + place, isTransient: [408, 429, 500, 502, 503, 504].contains(status),
          retryAfter: answer.retryAfter)
      }
    }
    throw SourceFailure(.unreachable, "redirected more than \(Self.mostRedirects) times")
  }

  /// Explains what a digest would only reject.
  private func checkBody(_ answer: WebTransfer.Answer, _ partial: PartialFile) throws {
    if let expected = source.byteCount, partial.byteCount < expected {
      throw SourceFailure(
        .unreachable, "the connection was closed after \(partial.byteCount) of \(expected) bytes", isTransient: true)
    }
    let sha256 = try partial.sha256()
    if let type = answer.contentType?.lowercased(), type.hasPrefix("text/html"), !source.digest.matches(sha256) {
      throw SourceFailure(
        .digestMismatch,
        """
        the answer is a web page (sha256:\(sha256)), perhaps of a proxy or a page to log in, not the file \
        (\(source.digest))
        """)
    }
  }

  /// A status with its standard words (RFC 9110), which HTTP/2 leaves out.
  static func statusText(_ status: Int) -> String {
    let words =
      switch status {
      case 204: "No Content"
      case 206: "Partial Content"
      case 301, 302, 303, 307, 308: "Redirect"
      case 400: "Bad Request"
      case 401: "Unauthorized"
      case 403: "Forbidden"
      case 404: "Not Found"
      case 407: "Proxy Authentication Required"
      case 408: "Request Timeout"
      case 410: "Gone"
      case 416: "Range Not Satisfiable"
      case 429: "Too Many Requests"
      case 451: "Unavailable For Legal Reasons"
      case 500: "Internal Server Error"
      case 502: "Bad Gateway"
      case 503: "Service Unavailable"
      case 504: "Gateway Timeout"
      default: "(not the file)"
      }
    return "\(status) \(words)"
  }
}
