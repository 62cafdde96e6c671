import CCurl
import LucidTensor

/// Requests over libcurl, several at once where asked for, on the thread that made it.
final class WebTransfer {
  /// What a server answered to one request.
  struct Answer {
    var status: Int
    /// The absolute address that a redirect leads to.
    var redirect: String?
    var contentType: String?
    var retryAfter: Int?
    /// The whole size that a 416 answer tells.
    var unsatisfiedSize: Int?
  }

  /// One request under way.
  private final class Exchange {
    let easy: UnsafeMutableRawPointer
    let sink: BodySink
    let fields: UnsafeMutablePointer<curl_slist>?
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// The bytes that had come when the request was last looked at, and when the last of them came.
    var count = 0
    var lastChange = ContinuousClock.now

    init(_ easy: UnsafeMutableRawPointer, _ sink: BodySink, fields: [String]) {
      (self.easy, self.sink) = (easy, sink)
      self.fields = fields.reduce(nil) { curl_slist_append($0, $1) }
      errorText.pointee = 0
    }

    deinit {
      curl_slist_free_all(fields)
      errorText.deallocate()
    }
  }

  private let multi: UnsafeMutableRawPointer
  private var idle: [UnsafeMutableRawPointer] = []
  private var active: [UnsafeMutableRawPointer: Exchange] = [:]
  let environment: FetchEnvironment
  private let work: Work

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// `curl_multi_wakeup` is documented to be safe to call from any thread while the handle lives, and `Cancellation`
  /// calls it under the lock under which `deinit` takes it away.
  private struct Wakeable: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  init(_ environment: FetchEnvironment, _ work: Work) throws {
    guard Self.isReady, let multi = curl_multi_init() else { throw Self.unusable }
    (self.multi, self.environment, self.work) = (multi, environment, work)
    let wakeable = Wakeable(multi: multi)
    work.cancellation.setWake { curl_multi_wakeup(wakeable.multi) }
  }

  deinit {
    work.cancellation.setWake(nil)
    stopAll()
    for easy in idle { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  private static var unusable: LucidError {
    LucidError(
      .unreachable, doing: "starting a download", problem: "libcurl cannot be initialised",
      advice: "Check the libcurl of this machine (package libcurl4).")
  }

  /// Asks once and gives the body of a 200 or a 206 answer to `target`. No redirect is followed. A transfer that breaks
  /// off is a transient `SourceFailure`.
  func get(_ ask: BodySink.Ask, into target: any BodyTarget) throws -> Answer {
    var asks = [ask]
    var result: Answer?
    try run(limit: 1, into: target, next: { asks.popLast() }) { result = $0 }
    guard let result else { throw Self.unusable }
    return result
  }

  /// Asks for what `next` gives, up to `limit` requests at a time, until it gives no more; `finished` judges each answer.
  /// A request that stalls while others bring something is given up, and `stalled` is told.
  func run(
    limit: Int, into target: any BodyTarget, next: () throws -> BodySink.Ask?,
    stalled: (BodySink.Ask) throws -> Void = { _ in }, finished: (Answer) throws -> Void
  ) throws {
    defer { stopAll() }
    let watch = Watch(target)
    while true {
      while active.count < limit, let ask = try next() { try start(ask, target) }
      if active.isEmpty { break }
      try work.checkCancellation()
      var running: Int32 = 0
      guard curl_multi_perform(multi, &running) == CURLM_OK else { throw Self.unusable }
      for exchange in active.values { if let error = exchange.sink.error { throw error } }
      var left: Int32 = 0
      var hasEnded = false
      while let message = curl_multi_info_read(multi, &left) {
        guard message.pointee.msg == CURLMSG_DONE, let exchange = active[message.pointee.easy_handle] else { continue }
        let code = message.pointee.data.result
        hasEnded = true
        let answer = try finish(exchange, code)
        stop(exchange)
        try finished(answer)
      }
      if watch.shouldReport(isLast: hasEnded) {
        work.report(.downloading, target.receivedCount, target.expectedCount)
      }
      if hasEnded {
        watch.lastArrival = .now
        continue
      }
      try giveUpStalled(watch, target, stalled)
      wait(seconds: min(0.5, environment.limits.stallTimeout / 4))
    }
  }

  /// Gives up each request that nothing has come for in a long time. Where nothing has come for any other since, the
  /// transfer has failed.
  private func giveUpStalled(
    _ watch: Watch, _ target: any BodyTarget, _ stalled: (BodySink.Ask) throws -> Void
  ) throws {
    let now = ContinuousClock.now
    // Until a request has been sent, the connect timeout rules.
    for exchange in active.values where exchange.sink.count != exchange.count || !Self.isOut(exchange.easy) {
      (exchange.count, exchange.lastChange) = (exchange.sink.count, now)
      watch.lastArrival = now
    }
    let patience = environment.limits.stallTimeout
    for exchange in Array(active.values) where exchange.lastChange.duration(to: now) > .seconds(patience) {
      guard exchange.lastChange < watch.lastArrival else {
        let total = target.expectedCount.map { " of \($0)" } ?? ""
        throw SourceFailure(
          .unreachable, "nothing arrived for \(patience) seconds, after \(target.receivedCount)\(total) bytes",
          isTransient: true, remedy: .network)
      }
      let ask = exchange.sink.ask
      stop(exchange)
      work.report(
        .warning(
          "\(ask.address.description): one of several connections brought nothing for \(patience) seconds; asking for "
            + "its part again"))
      try stalled(ask)
    }
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

  private func start(_ ask: BodySink.Ask, _ target: any BodyTarget) throws {
    guard let easy = idle.popLast() ?? curl_easy_init() else { throw Self.unusable }
    // The file itself, not packed: its digest is over its own bytes.
    var fields = ["Accept-Encoding: identity"]
    if let tag = ask.ifRange { fields.append("If-Range: \(tag)") }
    if let authorization = ask.authorization { fields.append("Authorization: \(authorization)") }
    let sink = BodySink(ask, target, easy: easy)
    let exchange = Exchange(easy, sink, fields: fields)
    curl_easy_reset(easy)
    let limits = environment.limits
    let context = Unmanaged.passUnretained(sink).toOpaque()
    var codes = [
      lucid_curl_set_string(easy, CURLOPT_URL, ask.address.text),
      lucid_curl_set_web_only(easy),
      lucid_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
      lucid_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
      lucid_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connectTimeout * 1000)),
      lucid_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
      lucid_curl_set_string(easy, CURLOPT_USERAGENT, "lucid-swift"),
      lucid_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, exchange.errorText),
      lucid_curl_set_list(easy, CURLOPT_HTTPHEADER, exchange.fields),
      lucid_curl_set_write(easy, BodySink.write, context),
      lucid_curl_set_header(easy, AnswerHead.write, Unmanaged.passUnretained(sink.head).toOpaque()),
    ]
    if let range = ask.range {
      let last = range.end.map { "\($0 - 1)" } ?? ""
      codes.append(lucid_curl_set_string(easy, CURLOPT_RANGE, "\(range.start)-\(last)"))
    }
    if let file = ask.netrcFile {
      codes.append(lucid_curl_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue)))
      codes.append(lucid_curl_set_string(easy, CURLOPT_NETRC_FILE, file))
    }
    // Only faster, and refused where an attempt that failed has left its buffer.
    lucid_curl_set_long(easy, CURLOPT_BUFFERSIZE, 256 * 1024)
    // A proxy cannot reach this machine's own services.
    if ask.address.isLoopback { lucid_curl_set_string(easy, CURLOPT_NOPROXY, "*") }
    if let file = environment.certificateFile { lucid_curl_set_string(easy, CURLOPT_CAINFO, file) }
    guard codes.allSatisfy({ $0 == CURLE_OK }), curl_multi_add_handle(multi, easy) == CURLM_OK else {
      idle.append(easy)
      throw Self.unusable
    }
    active[easy] = exchange
  }

  private func finish(_ exchange: Exchange, _ code: CURLcode) throws -> Answer {
    let (easy, sink) = (exchange.easy, exchange.sink)
    if !sink.isCut, code != CURLE_OK { throw failure(code, exchange) }
    try sink.checkHead()
    var status = 0
    lucid_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    var delay: curl_off_t = 0
    lucid_curl_get_offset(easy, CURLINFO_RETRY_AFTER, &delay)
    return Answer(
      status: status, redirect: Self.string(easy, CURLINFO_REDIRECT_URL),
      contentType: Self.string(easy, CURLINFO_CONTENT_TYPE), retryAfter: delay > 0 ? Int(delay) : nil,
      unsatisfiedSize: sink.head.unsatisfiedSize)
  }

  private func stop(_ exchange: Exchange) {
    curl_multi_remove_handle(multi, exchange.easy)
    // Nothing of the exchange may be in the handle once it is gone.
    curl_easy_reset(exchange.easy)
    active[exchange.easy] = nil
    idle.append(exchange.easy)
  }

  private func stopAll() {
    for exchange in Array(active.values) { stop(exchange) }
  }

  private func wait(seconds: Double) {
    curl_multi_poll(multi, nil, 0, Int32(max(1, seconds * 1000)), nil)
  }

  /// Whether the request has been sent; until then the connect timeout rules.
  private static func isOut(_ easy: UnsafeMutableRawPointer) -> Bool {
    var ready: curl_off_t = 0
    lucid_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &ready)
    return ready != 0
  }

  private func failure(_ code: CURLcode, _ exchange: Exchange) -> SourceFailure {
    let (sink, text) = (exchange.sink, exchange.errorText)
    var proxyStatus = 0
    lucid_curl_get_long(exchange.easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
    if proxyStatus >= 300 {
      return SourceFailure(
        .unreachable, "the proxy does not let it through: \(Self.statusText(proxyStatus))",
        isTransient: proxyStatus >= 500, remedy: .network)
    }
    let detail = text.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: text)
    switch code {
    case CURLE_PARTIAL_FILE:
      return SourceFailure(
        .unreachable, "the connection was closed after \(sink.progressText)", isTransient: true, remedy: .network)
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
      return SourceFailure(.unreachable, detail + progress, isTransient: true, remedy: .network)
    default: return SourceFailure(.unreachable, detail, remedy: .network)
    }
  }

  private static func string(_ easy: UnsafeMutableRawPointer, _ info: CURLINFO) -> String? {
    var text: UnsafePointer<CChar>?
    lucid_curl_get_string(easy, info, &text)
    return text.map { String(cString: $0) }
  }
}

/// When something last arrived, and when it is time to tell how far a transfer is.
private final class Watch {
  private let target: any BodyTarget
  var lastArrival = ContinuousClock.now
  private var lastReport = ContinuousClock.now - .seconds(1)

  init(_ target: any BodyTarget) { self.target = target }

  func shouldReport(isLast: Bool) -> Bool {
    let now = ContinuousClock.now
    guard target.receivedCount > 0, isLast || lastReport.duration(to: now) > .milliseconds(50) else { return false }
    lastReport = now
    return true
  }
}
