/// Writes the bodies of answers to a partial file, as long as it can still be the right one.
final class PartialTarget: BodyTarget {
  fileprivate let partial: PartialFile
  /// The size that the file must have.
  fileprivate let size: Int?
  /// The address that the bytes are noted to come from.
  fileprivate let noted: (digest: String, place: String)

  init(_ partial: PartialFile, size: Int?, noted: (digest: String, place: String)) {
    (self.partial, self.size, self.noted) = (partial, size, noted)
  }

  var receivedCount: Int { partial.receivedCount }
  var expectedCount: Int? { partial.total ?? size }

  func receiver(for ask: BodySink.Ask) -> any BodyReceiver { PartialReceiver(ask, self) }
}

private final class PartialReceiver: BodyReceiver {
  private let ask: BodySink.Ask
  private let target: PartialTarget
  private var partial: PartialFile { target.partial }
  private var expected: Int? { target.size }
  /// The piece that the bytes go to: the first of all where the file begins anew.
  private var piece: Int
  /// The byte after the last that this answer brings, where that is known.
  private var end: Int?

  init(_ ask: BodySink.Ask, _ target: PartialTarget) {
    (self.ask, self.target) = (ask, target)
    piece = ask.piece
  }

  func begin(_ head: AnswerHead, status: Int, announced: Int?) throws {
    if status == 206 { try beginPart(head) } else { try beginWhole(head, announced) }
    if let total = partial.total { try partial.reserve(total) }
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    let room = (end ?? .max) - partial.pieces[piece].next
    if bytes.count > room {
      throw SourceFailure(.digestMismatch, "the server sends more than the \(end!) bytes expected")
    }
    try partial.write(bytes, piece: piece)
    return true
  }

  private func beginWhole(_ head: AnswerHead, _ size: Int?) throws {
    if ask.isSide {
      throw SourceFailure(.unreachable, "the server sends the whole file where a part was asked for", isTransient: true)
    }
    try checkSize(size)
    // No ranges here, or another file than before: from the beginning.
    if partial.receivedCount > 0 || partial.origin != nil { try partial.restart() }
    piece = 0
    try note(head, size ?? expected)
    end = size ?? expected
  }

  private func beginPart(_ head: AnswerHead) throws {
    let got = try ask.part(head)
    guard got.total != nil || expected != nil || ask.range?.end == nil else {
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
    if !ask.isSide { try note(head, got.total ?? expected) }
    end = min(got.end, partial.pieces[piece].end)
  }

  private func checkSize(_ size: Int?) throws {
    guard let size, let expected, size != expected else { return }
    throw SourceFailure(.digestMismatch, "the server's file has \(size) bytes, expected \(expected)")
  }

  private func note(_ head: AnswerHead, _ size: Int?) throws {
    try partial.note(
      PartialOrigin(
        addressDigest: target.noted.digest, place: target.noted.place, etag: head.strongETag, byteCount: size))
  }
}

extension BodySink.Ask {
  /// The part that a 206 answer brings; throws a `SourceFailure` where it is not what was asked for.
  func part(_ head: AnswerHead) throws -> (start: Int, end: Int, total: Int?) {
    guard let asked = range, let got = head.contentRange else {
      throw SourceFailure(.unreachable, "206 Partial Content without a range that can be understood")
    }
    guard got.start == asked.start, got.end <= asked.end ?? .max else {
      throw SourceFailure(
        .unreachable,
        "206 Partial Content with bytes \(got.start)-\(got.end - 1) where \(asked.start)-"
          + (asked.end.map { "\($0 - 1)" } ?? "") + " were asked for")
    }
    return got
  }
}
