import CCurl

/// Takes the body of an answer from libcurl and hands it on, as long as it can still be what was asked for.
final class BodySink {
  /// What is asked for.
  struct Ask {
    var address: WebAddress
    /// The piece of a partial file that the bytes are for.
    var piece = 0
    /// The first byte, and the one after the last where not all up to the end is asked for; nil for the whole file.
    var range: (start: Int, end: Int?)?
    /// The entity tag without which the range is not wanted.
    var ifRange: String?
    var authorization: String?
    var netrcFile: String?
    /// Whether this is one of several requests at once, which may not begin the file anew.
    var isSide = false
  }

  let ask: Ask
  let head = AnswerHead()
  private let target: any BodyTarget
  private let receiver: any BodyReceiver
  private let easy: UnsafeMutableRawPointer
  private var isChecked = false
  /// Why the transfer was broken off from this side.
  private(set) var error: (any Error)?
  /// Whether the answer does not bring the file, so that the body is not it.
  private var isOther = false
  private var discarded = 0
  /// Whether the body was broken off without a fault: it is not the file, or enough of it has come.
  private(set) var isCut = false
  /// The bytes that this answer has brought.
  private(set) var count = 0
  /// The most that is read of a body that is not the file, so that the transfer ends as such.
  private static let mostDiscarded = 1 << 20

  init(_ ask: Ask, _ target: any BodyTarget, easy: UnsafeMutableRawPointer) {
    (self.ask, self.target, self.easy) = (ask, target, easy)
    receiver = target.receiver(for: ask)
  }

  var byteCount: Int { target.receivedCount }

  var progressText: String { target.expectedCount.map { "\(byteCount) of \($0) bytes" } ?? "\(byteCount) bytes" }

  static let write: lucid_curl_write = { bytes, size, count, context in
    let sink = Unmanaged<BodySink>.fromOpaque(context!).takeUnretainedValue()
    return sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      try checkHead()
      if isOther {
        discarded += bytes.count
        isCut = discarded > Self.mostDiscarded
      } else {
        isCut = try !receiver.take(bytes)
        count += bytes.count
      }
      return !isCut
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
    var announced: curl_off_t = -1
    lucid_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
    try receiver.begin(head, status: status, announced: announced >= 0 ? Int(announced) : nil)
  }
}
