import CCurl

/// Takes the body of an answer from libcurl and writes it to a partial file, as long as it can still be the right one.
final class BodySink {
  /// What is asked for.
  struct Ask {
    var address: WebAddress
    /// The piece of the partial file that the bytes are for.
    var piece = 0
    /// The first byte, and the one after the last where not all up to the end is asked for; nil for the whole file.
    var range: (start: Int, end: Int?)?
    /// The entity tag without which the range is not wanted.
    var ifRange: String?
    var authorization: String?
    var netrcFile: String?
    /// The address that the bytes are noted to come from.
    var noted: (digest: String, place: String)
    /// Whether this is one of several requests at once, which may not begin the file anew.
    var isSide = false
  }

  let ask: Ask
  let head = AnswerHead()
  private let partial: PartialFile
  private let easy: UnsafeMutableRawPointer
  /// The size that the file must have.
  private let expected: Int?
  private var isChecked = false
  /// Why the transfer was broken off from this side.
  private(set) var error: (any Error)?
  /// Whether the answer does not bring the file, so that the body is not it.
  private var isOther = false
  private var discarded = 0
  /// Whether the body was broken off since it is not the file.
  private(set) var isRefused = false
  /// The piece that the bytes go to: the first of all where the file begins anew.
  private var piece: Int
  /// The byte after the last that this answer brings, where that is known.
  private var end: Int?
  /// The bytes that this answer has brought.
  private(set) var count = 0
  /// The most that is read of a body that is not the file, so that the transfer ends as such.
  private static let mostDiscarded = 1 << 20

  init(_ ask: Ask, _ partial: PartialFile, easy: UnsafeMutableRawPointer, expected: Int?) {
    (self.ask, self.partial, self.easy, self.expected) = (ask, partial, easy, expected)
    piece = ask.piece
  }

  var byteCount: Int { partial.receivedCount }

  /// The size that the file will have.
  var total: Int? { partial.total ?? expected }

  var progressText: String { total.map { "\(byteCount) of \($0) bytes" } ?? "\(byteCount) bytes" }

  static let write: lucid_curl_write = { bytes, size, count, context in
    let sink = Unmanaged<BodySink>.fromOpaque(context!).takeUnretainedValue()
    return sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      try checkHead()
      if isOther {
        discarded += bytes.count
        isRefused = discarded > Self.mostDiscarded
        return !isRefused
      }
      let room = (end ?? .max) - partial.pieces[piece].next
      if bytes.count > room {
        throw SourceFailure(.digestMismatch, "the server sends more than the \(end!) bytes expected")
      }
      try partial.write(bytes, piece: piece)
      count += bytes.count
      return true
    } catch {
      self.error = error
      return false
    }
  }

  /// Judges the answer before its first byte, and again at its end where it has none.
  func checkHead() throws {
    if isChecked { return }
    isChecked = true
    var status = 0
    lucid_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    isOther = status != 200 && status != 206
    if isOther { return }
    if let encoding = head.encoding {
      throw SourceFailure(
        .unreachable, "the server sends the file in the coding \"\(encoding)\", though it was asked for it as it is")
    }
    if status == 206 { try checkPart() } else { try checkWhole() }
    if let total = partial.total { try partial.reserve(total) }
  }

  private func checkWhole() throws {
    if ask.isSide {
      throw SourceFailure(.unreachable, "the server sends the whole file where a part was asked for", isTransient: true)
    }
    var announced: curl_off_t = -1
    lucid_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
    let size = announced >= 0 ? Int(announced) : nil
    try checkSize(size)
    // No ranges here, or another file than before: from the beginning.
    if partial.receivedCount > 0 || partial.origin != nil { try partial.restart() }
    piece = 0
    try note(size ?? expected)
    end = size ?? expected
  }

  private func checkPart() throws {
    guard let asked = ask.range, let got = head.contentRange else {
      throw SourceFailure(.unreachable, "206 Partial Content without a range that can be understood")
    }
    guard got.start == asked.start, got.end <= asked.end ?? .max else {
      throw SourceFailure(
        .unreachable,
        "206 Partial Content with bytes \(got.start)-\(got.end - 1) where \(asked.start)-"
          + (asked.end.map { "\($0 - 1)" } ?? "") + " were asked for")
    }
    guard got.total != nil || expected != nil || asked.end == nil else {
      throw SourceFailure(.unreachable, "206 Partial Content that does not tell the size of the whole")
    }
    try checkSize(got.total)
    let isChanged =
      partial.receivedCount > 0
      && ((ask.ifRange != nil && head.strongETag != nil && head.strongETag != ask.ifRange)
        || (got.total != nil && partial.total != nil && got.total != partial.total))
    if isChanged {
      try partial.restart()
      throw SourceFailure(
        .unreachable, "the file on the server has changed since its first bytes came", isTransient: true)
    }
    if partial.receivedCount > 0, ask.ifRange == nil { partial.isPatched = true }
    if !ask.isSide { try note(got.total ?? expected) }
    end = min(got.end, partial.pieces[piece].end)
  }

  private func checkSize(_ size: Int?) throws {
    guard let size, let expected, size != expected else { return }
    throw SourceFailure(.digestMismatch, "the server's file has \(size) bytes, expected \(expected)")
  }

  private func note(_ size: Int?) throws {
    try partial.note(
      PartialOrigin(
        addressDigest: ask.noted.digest, place: ask.noted.place, etag: head.strongETag, byteCount: size))
  }
}
