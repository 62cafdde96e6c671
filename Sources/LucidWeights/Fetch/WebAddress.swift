import CCurl
import LucidTensor

/// A web address that may be fetched from: `https`, or `http` to this machine itself or a host that was asked for.
struct WebAddress: Sendable, Hashable {
  /// The address as libcurl takes it, credentials included. Never shown.
  let text: String
  let isSecure: Bool
  /// Whether the host is this machine.
  let isLoopback: Bool
  /// Scheme, host and port: what credentials belong to.
  let origin: String
  /// Whether the address itself holds a user's name.
  let hasCredentials: Bool

  /// The address without credentials and query, for people.
  var description: String { Self.redacted(text) }

  /// Throws a `SourceFailure` for what cannot be read as a web address or may not be fetched from.
  init(_ text: String, _ environment: FetchEnvironment? = nil) throws {
    guard let parts = curl_url() else { throw SourceFailure(.unreachable, "out of memory") }
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK,
      let scheme = Self.part(parts, CURLUPART_SCHEME)?.lowercased(),
      let host = Self.part(parts, CURLUPART_HOST)?.lowercased()
    else { throw SourceFailure(.invalidInput, "\(Self.redacted(text)) is not a web address") }
    self.text = text
    isSecure = scheme == "https"
    isLoopback = host == "localhost" || host == "[::1]" || Self.isLoopbackIPv4(host)
    let port = Self.part(parts, CURLUPART_PORT).flatMap { Int($0) } ?? (isSecure ? 443 : 80)
    origin = "\(scheme)://\(host):\(port)"
    hasCredentials = Self.part(parts, CURLUPART_USER) != nil
    guard isSecure || (scheme == "http" && (isLoopback || environment?.plainHosts.contains(host) == true)) else {
      throw SourceFailure(
        .unreachable,
        "\(Self.redacted(text)) is refused: only https is secure enough to fetch from another machine "
          + "(LUCID_HTTP_HOSTS names hosts to allow http from)")
    }
  }

  /// Where a redirect from here leads; throws a `SourceFailure` for a place that is less secure than this one.
  func redirected(to text: String, _ environment: FetchEnvironment? = nil) throws -> WebAddress {
    let target: WebAddress
    do {
      target = try WebAddress(text, environment)
    } catch let failure as SourceFailure {
      throw SourceFailure(failure.code, "redirected to another address: \(failure.problem)")
    }
    guard target.isSecure || !isSecure else {
      throw SourceFailure(.unreachable, "redirected from https to \(target.description), which is refused")
    }
    // A server elsewhere has no business with the services of this machine.
    guard isLoopback || !target.isLoopback else {
      throw SourceFailure(.unreachable, "redirected to \(target.description), on this machine itself, which is refused")
    }
    return target
  }

  private static func part(_ parts: OpaquePointer, _ which: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(parts, which, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  private static func isLoopbackIPv4(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  /// A text with the credentials and the query, which may be a signature, cut out of every address in it.
  static func redacted(_ text: String) -> String {
    guard text.contains("://") else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "://") {
      result += rest[..<mark.upperBound]
      rest = rest[mark.upperBound...]
      let end = rest.firstIndex { $0.isWhitespace || "\"'<>),;".contains($0) } ?? rest.endIndex
      var address = rest[..<end]
      rest = rest[end...]
      let authorityEnd = address.firstIndex { "/?#".contains($0) } ?? address.endIndex
      if let at = address[..<authorityEnd].lastIndex(of: "@") { address = address[address.index(after: at)...] }
      if let query = address.firstIndex(of: "?") {
        // A colon after an address in a sentence is the sentence's.
        result += address[..<query] + "?…" + (address.hasSuffix(":") ? ":" : "")
      } else {
        result += address
      }
    }
    return result + rest
  }
}
