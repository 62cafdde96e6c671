import CCurl

/// The header fields of the answer under way, as libcurl hands them over line by line.
final class AnswerHead {
  private var fields: [String: String] = [:]

  /// A field's value; names are in lower case.
  subscript(_ name: String) -> String? { fields[name] }

  /// The entity tag where it is a strong one, quotes included: only then are equal tags equal bytes (RFC 9110, 8.8.3).
  var strongETag: String? {
    guard let tag = fields["etag"], tag.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\""), !tag.contains("\n") else {
      return nil
    }
    return tag
  }

  /// What `Content-Range: bytes 5-9/100` says: the first byte, the byte after the last, the whole size unless it is `*`.
  var contentRange: (start: Int, end: Int, total: Int?)? {
    guard let text = fields["content-range"], let (range, total) = Self.split(text, "/"),
      let (first, last) = Self.split(range, "-"), let start = Int(first), let last = Int(last), start >= 0,
      last >= start,
      last < Int.max
    else { return nil }
    if total == "*" { return (start, last + 1, nil) }
    guard let total = Int(total), total > last else { return nil }
    return (start, last + 1, total)
  }

  /// The whole size that `Content-Range: bytes */100` of a 416 answer says.
  var unsatisfiedSize: Int? {
    guard let text = fields["content-range"], let (range, total) = Self.split(text, "/"), range == "*" else {
      return nil
    }
    return Int(total)
  }

  /// The coding that the body is in, unless it is the file itself.
  var encoding: String? {
    fields["content-encoding"].flatMap { ["", "identity"].contains($0.lowercased()) ? nil : $0 }
  }

  static let write: lucid_curl_write = { bytes, size, count, context in
    let head = Unmanaged<AnswerHead>.fromOpaque(context!).takeUnretainedValue()
    head.take(String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self))
    return size * count
  }

  func take(_ line: String) {
    // The head of a proxy's or an interim answer comes before the one that counts.
    if line.hasPrefix("HTTP/") { return fields.removeAll() }
    guard let (name, value) = Self.split(line, ":") else { return }
    fields[name.lowercased()] = value
  }

  private static func split(_ text: some StringProtocol, _ mark: Character) -> (String, String)? {
    guard let at = text.firstIndex(of: mark) else { return nil }
    let trim = { (part: Substring) in
      String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
    let unit = "bytes "
    let (first, second) = (trim(Substring(text[..<at])), trim(Substring(text[text.index(after: at)...])))
    return (first.lowercased().hasPrefix(unit) ? trim(Substring(first.dropFirst(unit.count))) : first, second)
  }
}
