import CCurl

/// Where the body of an answer goes.
protocol BodyTarget: AnyObject {
  /// The bytes that it has.
  var byteCount: Int { get }
  func append(_ bytes: UnsafeRawBufferPointer) throws
}

extension PartialFile: BodyTarget {}

/// Takes the body of an answer from libcurl and hands it on, as long as it can still be the right one.
final class BodySink {
  private let target: any BodyTarget
  private let easy: UnsafeMutableRawPointer
  /// The size that the file must have.
  private let expected: Int?
  private var isChecked = false
  /// The size that the file will have.
  private(set) var total: Int?
  /// Why the transfer was broken off from this side.
  private(set) var error: (any Error)?
  /// The status that an answer with the right body has.
  private let rightStatus: Int
  /// Whether the status is another one, so that the body is not the file.
  private var isOther = false
  private var discarded = 0
  /// Whether the body was broken off since it is not the file.
  private(set) var isRefused = false
  /// The most that is read of a body that is not the file, so that the transfer ends as such.
  private static let mostDiscarded = 1 << 20

  init(_ target: any BodyTarget, easy: UnsafeMutableRawPointer, expected: Int?, status: Int = 200) {
    (self.target, self.easy, self.expected, rightStatus) = (target, easy, expected, status)
    total = expected
  }

  var byteCount: Int { target.byteCount }

  var progressText: String { total.map { "\(byteCount) of \($0) bytes" } ?? "\(byteCount) bytes" }

  static let write: lucid_curl_write = { bytes, size, count, context in
    let sink = Unmanaged<BodySink>.fromOpaque(context!).takeUnretainedValue()
    return sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      if !isChecked { try checkHead() }
      if isOther {
        discarded += bytes.count
        isRefused = discarded > Self.mostDiscarded
        return !isRefused
      }
      if let expected, byteCount + bytes.count > expected {
        throw SourceFailure(.digestMismatch, "the server sends more than the \(expected) bytes expected")
      }
      try target.append(bytes)
      return true
    } catch {
      self.error = error
      return false
    }
  }

  private func checkHead() throws {
    isChecked = true
    var status = 0
    lucid_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    guard status == rightStatus else {
      isOther = true
      return
    }
    var announced: curl_off_t = -1
    lucid_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
    guard announced >= 0 else { return }
    if let expected, expected != Int(announced) {
      throw SourceFailure(.digestMismatch, "the server's file has \(announced) bytes, expected \(expected)")
    }
    total = Int(announced)
  }
}
