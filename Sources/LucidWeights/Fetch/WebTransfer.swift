import CCurl
import LucidTensor

/// One request after another over libcurl, on the thread that made it.
final class WebTransfer {
  /// What a server answered to one request.
  struct Answer {
    var status: Int
    /// The absolute address that a redirect leads to.
    var redirect: String?
    var contentType: String?
    var retryAfter: Int?
  }

  private let easy: UnsafeMutableRawPointer
  private let multi: UnsafeMutableRawPointer
  private let environment: FetchEnvironment
  private let work: Work
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// `curl_multi_wakeup` is documented to be safe to call from any thread while the handle lives, and `Cancellation`
  /// calls it under the lock under which `deinit` takes it away.
  private struct Wakeable: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  init(_ environment: FetchEnvironment, _ work: Work) throws {
    guard Self.isReady, let easy = curl_easy_init() else { throw Self.unusable }
    guard let multi = curl_multi_init() else {
      curl_easy_cleanup(easy)
      throw Self.unusable
    }
    (self.easy, self.multi, self.environment, self.work) = (easy, multi, environment, work)
    let wakeable = Wakeable(multi: multi)
    work.cancellation.setWake { curl_multi_wakeup(wakeable.multi) }
  }

  deinit {
    work.cancellation.setWake(nil)
    curl_easy_cleanup(easy)
    curl_multi_cleanup(multi)
    errorText.deallocate()
  }

  private static var unusable: LucidError {
    LucidError(
      .unreachable, doing: "starting a download", problem: "libcurl cannot be initialised",
      advice: "Check the libcurl of this machine (package libcurl4).")
  }

  /// Asks for an address and writes the body of a 200 answer to `target`, no more than the `expected` bytes. No
  /// redirect is followed. A transfer that breaks off is a transient `SourceFailure`.
  ///
  /// With a range of bytes, only these are asked for, and the body of a 206 answer is written.
  func get(
    _ address: WebAddress, into target: any BodyTarget, expecting expected: Int?, range: ClosedRange<Int>? = nil
  ) throws -> Answer {
    let sink = BodySink(target, easy: easy, expected: expected, status: range == nil ? 200 : 206)
    try withExtendedLifetime(sink) {
      try prepare(address, sink)
      if let range {
        let text = "\(range.lowerBound)-\(range.upperBound)"
        guard lucid_curl_set_string(easy, CURLOPT_RANGE, text) == CURLE_OK else { throw Self.unusable }
      }
      guard curl_multi_add_handle(multi, easy) == CURLM_OK else { throw Self.unusable }
      defer { curl_multi_remove_handle(multi, easy) }
      try perform(sink)
    }
    var status = 0
    lucid_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    var delay: curl_off_t = 0
    lucid_curl_get_offset(easy, CURLINFO_RETRY_AFTER, &delay)
    return Answer(
      status: status, redirect: string(CURLINFO_REDIRECT_URL), contentType: string(CURLINFO_CONTENT_TYPE),
      retryAfter: delay > 0 ? Int(delay) : nil)
  }

  /// Waits, and stops waiting when cancelled.
  func pause(seconds: Double) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      try work.checkCancellation()
      let left = ContinuousClock.now.duration(to: end)
      if left <= .zero { return }
      wait(seconds: left / .seconds(1))
    }
  }

  private func prepare(_ address: WebAddress, _ sink: BodySink) throws {
    curl_easy_reset(easy)
    errorText.pointee = 0
    let limits = environment.limits
    let codes = [
      lucid_curl_set_string(easy, CURLOPT_URL, address.text),
      lucid_curl_set_web_only(easy),
      lucid_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
      lucid_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
      lucid_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connectTimeout * 1000)),
      lucid_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
      lucid_curl_set_string(easy, CURLOPT_USERAGENT, "lucid-swift"),
      lucid_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
      lucid_curl_set_write(easy, BodySink.write, Unmanaged.passUnretained(sink).toOpaque()),
    ]
    guard codes.allSatisfy({ $0 == CURLE_OK }) else { throw Self.unusable }
    // Only faster, and refused where an attempt that failed has left its buffer.
    lucid_curl_set_long(easy, CURLOPT_BUFFERSIZE, 256 * 1024)
    // A proxy cannot reach this machine's own services.
    if address.isLoopback { lucid_curl_set_string(easy, CURLOPT_NOPROXY, "*") }
    if let file = environment.certificateFile { lucid_curl_set_string(easy, CURLOPT_CAINFO, file) }
  }

  private func perform(_ sink: BodySink) throws {
    let limits = environment.limits
    var running: Int32 = 1
    var lastByteCount = -1
    var lastChange = ContinuousClock.now
    var lastReport = ContinuousClock.now - .seconds(1)
    while true {
      try work.checkCancellation()
      guard curl_multi_perform(multi, &running) == CURLM_OK else { throw Self.unusable }
      if let error = sink.error { throw error }
      if running == 0 { break }
      let now = ContinuousClock.now
      // Until the request is out, the connect timeout rules.
      var ready: curl_off_t = 0
      lucid_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &ready)
      if sink.byteCount != lastByteCount || ready == 0 {
        (lastByteCount, lastChange) = (sink.byteCount, now)
      } else if lastChange.duration(to: now) > .seconds(limits.stallTimeout) {
        throw SourceFailure(
          .unreachable, "nothing arrived for \(limits.stallTimeout) seconds, after \(sink.progressText)",
          isTransient: true)
      }
      if sink.byteCount > 0, lastReport.duration(to: now) > .milliseconds(50) {
        work.report(.downloading, sink.byteCount, sink.total)
        lastReport = now
      }
      wait(seconds: min(0.5, limits.stallTimeout / 4))
    }
    var left: Int32 = 0
    guard let message = curl_multi_info_read(multi, &left), message.pointee.msg == CURLMSG_DONE else {
      throw Self.unusable
    }
    let code = message.pointee.data.result
    if sink.isRefused || code == CURLE_OK {
      if sink.byteCount > 0 { work.report(.downloading, sink.byteCount, sink.total) }
      return
    }
    throw failure(code, sink)
  }

  private func wait(seconds: Double) {
    curl_multi_poll(multi, nil, 0, Int32(max(1, seconds * 1000)), nil)
  }

  private func failure(_ code: CURLcode, _ sink: BodySink) -> SourceFailure {
    let detail = errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    switch code {
    case CURLE_PARTIAL_FILE:
      return SourceFailure(.unreachable, "the connection was closed after \(sink.progressText)", isTransient: true)
    case CURLE_SSL_CACERT_BADFILE:
      return SourceFailure(
        .unreachable,
        "the certificates in \(environment.certificateFile ?? "the system's store") cannot be read: \(detail)")
    case CURLE_PEER_FAILED_VERIFICATION:
      return SourceFailure(
        .unreachable, "the server's certificate is not trusted (\(detail)); LUCID_CA_BUNDLE can name a file of others")
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
      CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      let progress = sink.byteCount > 0 ? " after \(sink.progressText)" : ""
      return SourceFailure(.unreachable, detail + progress, isTransient: true)
    default: return SourceFailure(.unreachable, detail)
    }
  }

  private func string(_ info: CURLINFO) -> String? {
    var text: UnsafePointer<CChar>?
    lucid_curl_get_string(easy, info, &text)
    return text.map { String(cString: $0) }
  }
}
