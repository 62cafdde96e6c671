/// The beginning of a file on a web server, in memory: as many bytes as a rule finds necessary.
///
/// A server that knows no ranges sends the whole file; the transfer is ended once enough of it has come.
final class FilePrefix: BodyTarget {
  /// What is there, from the first byte of the file on.
  fileprivate(set) var bytes: [UInt8] = []
  /// The size of the whole file, where the server has told.
  fileprivate(set) var fileSize: Int?
  /// The entity tag of the answer that the bytes came with.
  fileprivate(set) var etag: String?
  /// How many bytes of the file are needed, found from those that are there.
  private let rule: ([UInt8]) -> Int

  /// An empty beginning of a file.
  init(_ rule: @escaping ([UInt8]) -> Int) { self.rule = rule }

  /// How many bytes are needed, as far as the ones that are there tell.
  var neededCount: Int { min(rule(bytes), fileSize ?? .max) }
  /// Whether all that is needed is there.
  var isComplete: Bool { bytes.count >= neededCount }

  var receivedCount: Int { bytes.count }
  var expectedCount: Int? { neededCount }

  func receiver(for ask: BodySink.Ask) -> any BodyReceiver { PrefixReceiver(ask, self) }

  /// Notes that the file has no more bytes than are there.
  func end() { fileSize = bytes.count }

  /// Forgets everything, for another attempt.
  func restart() { (bytes, fileSize, etag) = ([], nil, nil) }
}

private final class PrefixReceiver: BodyReceiver {
  private let ask: BodySink.Ask
  private let prefix: FilePrefix
  /// The byte after the last of a part; nil where the answer is the whole file.
  private var partEnd: Int?

  init(_ ask: BodySink.Ask, _ prefix: FilePrefix) { (self.ask, self.prefix) = (ask, prefix) }

  func begin(_ head: AnswerHead, status: Int, announced: Int?) throws {
    if status == 206 {
      let got = try ask.part(head)
      let isChanged =
        got.start > 0
        && ((prefix.etag != nil && head.strongETag != nil && head.strongETag != prefix.etag)
          || (got.total != nil && prefix.fileSize != nil && got.total != prefix.fileSize))
      if isChanged {
        prefix.restart()
        throw SourceFailure(
          .unreachable, "the file on the server has changed since its first bytes came", isTransient: true)
      }
      prefix.fileSize = got.total ?? prefix.fileSize
      partEnd = got.end
    } else {
      prefix.restart()
      prefix.fileSize = announced
    }
    prefix.etag = head.strongETag
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let room = (partEnd ?? prefix.neededCount) - prefix.bytes.count
      if room <= 0 { return false }
      prefix.bytes.append(contentsOf: rest.prefix(room))
      rest = rest.dropFirst(room)
    }
    // Of the whole file no more is asked for than needed; a part ends by itself.
    return partEnd != nil || !prefix.isComplete || prefix.bytes.count == prefix.fileSize
  }
}
