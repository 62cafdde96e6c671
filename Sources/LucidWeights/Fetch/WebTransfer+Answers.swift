import LucidTensor

extension WebTransfer {
  private static let mostRedirects = 10

  /// Asks as `get` does, following redirects from `start` and letting a person in where they have what is needed; `ask`
  /// is left with the last address.
  func follow(_ ask: inout BodySink.Ask, from start: WebAddress, into target: any BodyTarget) throws -> Answer {
    for _ in 0...Self.mostRedirects {
      ask.authorization = environment.authorization(for: ask.address, from: start)
      ask.netrcFile = ask.authorization == nil ? environment.netrcFile(for: ask.address, from: start) : nil
      let answer = try get(ask, into: target)
      guard [301, 302, 303, 307, 308].contains(answer.status) else { return answer }
      guard let redirect = answer.redirect else {
        throw SourceFailure(.unreachable, "\(Self.statusText(answer.status)) that does not say where to")
      }
      ask.address = try ask.address.redirected(to: redirect, environment)
    }
    throw SourceFailure(.unreachable, "redirected more than \(Self.mostRedirects) times")
  }

  /// A status with its standard words (RFC 9110), which HTTP/2 leaves out.
  static func statusText(_ status: Int) -> String {
    let words =
      switch status {
      case 200: "OK"
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

extension WebTransfer.Answer {
  /// Why an answer that brings nothing is of no use.
  func failure(_ place: String = "") -> SourceFailure {
    let hint =
      status == 401 || status == 403 ? " (HF_TOKEN, LUCID_TOKENS or ~/.netrc can hold what lets you in)" : ""
    return SourceFailure(
      .unreachable, WebTransfer.statusText(status) + place + hint,
      isTransient: [408, 429, 500, 502, 503, 504].contains(status), retryAfter: retryAfter,
      remedy: [404, 410].contains(status) ? .address : nil)
  }
}
