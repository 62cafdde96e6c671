import Foundation
import Synchronization

/// A web server on the loopback interface that answers from a script and counts what it is asked.
public final class LoopbackServer: Sendable {
  /// What one request gets.
  public enum Response: Sendable {
    /// A status with headers and a whole body.
    case answer(status: Int, headers: [String: String], body: [UInt8])
    /// A redirect to an address.
    case redirect(String)
    /// A header that promises `total` bytes, and fewer.
    case truncated([UInt8], total: Int)
    /// A header that promises `total` bytes, these, and then silence until the client goes.
    case stall([UInt8], total: Int)
    /// A head of one's own that promises `total` bytes, these, and then silence until the client goes.
    case partial([UInt8], status: Int, headers: [String: String], total: Int)
    /// The connection is closed at once.
    case hangUp
    /// The whole body without a length, ended by closing the connection.
    case unmeasured([UInt8])
    /// A file with an entity tag, of which parts may be asked for (RFC 9110, 14); `cut` closes the connection after as
    /// many bytes of the body.
    case file([UInt8], etag: String?, cut: Int? = nil)
    /// What a closure makes of the request's head.
    case script(@Sendable (String) -> Response)
    /// Silence for some seconds, then another response.
    indirect case late(Double, Response)
    /// Silence until the semaphore is signalled, then another response.
    indirect case held(DispatchSemaphore, Response)

    /// The body with status 200.
    public static func ok(_ body: [UInt8], headers: [String: String] = [:]) -> Response {
      .answer(status: 200, headers: headers, body: body)
    }

    /// Another status.
    public static func status(_ status: Int, headers: [String: String] = [:], _ body: [UInt8] = []) -> Response {
      .answer(status: status, headers: headers, body: body)
    }
  }

  private let listener: Int32
  private let script: Script
  /// The port it listens on.
  public let port: UInt16

  private final class Script: Sendable {
    struct State {
      var responses: [String: [Response]]
      var requests: [String] = []
      var heads: [String] = []
    }
    let state: Mutex<State>
    let sent = Mutex(0)

    init(_ responses: [String: [Response]]) { state = Mutex(State(responses: responses)) }

    func count(_ bytes: Int) { sent.withLock { $0 += bytes } }

    func next(_ head: String) -> Response {
      let words = head.split(separator: " ")
      let path = words.count > 1 ? String(words[1]) : "?"
      return state.withLock { state in
        state.requests.append(path)
        state.heads.append(head)
        guard let left = state.responses[path], let first = left.first else { return .status(404) }
        if left.count > 1 { state.responses[path]!.removeFirst() }
        return first
      }
    }
  }

  /// Starts to listen. Each path is answered from its list, the last of which is repeated; any other path with 404.
  public init(_ responses: [String: [Response]]) throws {
    script = Script(responses)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isListening else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    port = UInt16(bigEndian: address.sin_port)
    let script = script
    Thread.detachNewThread {
      while true {
        let connection = accept(descriptor, nil, nil)
        if connection < 0 {
          if errno == EINTR || errno == ECONNABORTED { continue }
          close(descriptor)
          return
        }
        Thread.detachNewThread {
          Self.serve(connection, script)
          close(connection)
        }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The address of a path on this server.
  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// The paths asked for so far.
  public var requests: [String] { script.state.withLock { $0.requests } }

  /// The request heads so far.
  public var heads: [String] { script.state.withLock { $0.heads } }

  /// Waits until it was asked `count` times.
  public func waitForRequests(_ count: Int) async throws {
    while requests.count < count { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// The bytes of bodies that were sent so far.
  public var sentBytes: Int { script.sent.withLock { $0 } }

  private static func serve(_ connection: Int32, _ script: Script) {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return }
      head += buffer.prefix(count)
    }
    let text = String(decoding: head, as: UTF8.self)
    respond(script.next(text), connection, text, script)
    // Closing with unread bytes would reset the connection and lose what was sent.
    shutdown(connection, Int32(SHUT_WR))
    while recv(connection, &buffer, buffer.count, 0) > 0 {}
  }

  private static func respond(_ response: Response, _ connection: Int32, _ head: String, _ script: Script) {
    switch response {
    case .answer(let status, let headers, let body):
      let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
      send(
        "HTTP/1.1 \(status) Scripted\r\n\(lines)Content-Length: \(body.count)\r\nConnection: close\r\n\r\n", connection)
      script.count(send(body, connection))
    case .redirect(let target):
      respond(.status(302, headers: ["Location": target], Array("moved".utf8)), connection, head, script)
    case .truncated(let body, let total):
      send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\nConnection: close\r\n\r\n", connection)
      script.count(send(body, connection))
    case .stall(let body, let total):
      respond(.truncated(body, total: total), connection, head, script)
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    case .partial(let body, let status, let headers, let total):
      let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
      send(
        "HTTP/1.1 \(status) Scripted\r\n\(lines)Content-Length: \(total)\r\nConnection: close\r\n\r\n", connection)
      script.count(send(body, connection))
      var byte: UInt8 = 0
      while body.count < total, recv(connection, &byte, 1, 0) > 0 {}
    case .hangUp: break
    case .unmeasured(let body):
      send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", connection)
      script.count(send(body, connection))
    case .file(let body, let etag, let cut):
      let part = Part(of: body.count, head, etag)
      let length = part.range.count
      let tag = etag.map { "ETag: \($0)\r\n" } ?? ""
      let range = part.contentRange.map { "Content-Range: \($0)\r\n" } ?? ""
      send(
        "HTTP/1.1 \(part.status) Scripted\r\n\(tag)\(range)Accept-Ranges: bytes\r\nContent-Length: \(length)\r\n"
          + "Connection: close\r\n\r\n", connection)
      script.count(send(Array(body[part.range].prefix(cut ?? .max)), connection))
    case .script(let make): respond(make(head), connection, head, script)
    case .late(let seconds, let response):
      Thread.sleep(forTimeInterval: seconds)
      respond(response, connection, head, script)
    case .held(let gate, let response):
      gate.wait()
      respond(response, connection, head, script)
    }
  }

  private static func send(_ text: String, _ connection: Int32) { _ = send(Array(text.utf8), connection) }

  private static func send(_ bytes: [UInt8], _ connection: Int32) -> Int {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return done }
      done += count
    }
    return done
  }

  /// The value of a field of a request's head.
  public static func field(_ name: String, in head: String) -> String? {
    let lines = head.split(separator: "\r\n")
    let line = lines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
    return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }

  /// The part of a file that a request asks for.
  private struct Part {
    var status = 200
    var range: Range<Int>
    var contentRange: String?

    init(of size: Int, _ head: String, _ etag: String?) {
      range = 0..<size
      guard let asked = LoopbackServer.field("Range", in: head), asked.hasPrefix("bytes=") else { return }
      if let tag = LoopbackServer.field("If-Range", in: head), tag != etag { return }
      let ends = asked.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
      let start = Int(ends[0]) ?? 0
      let end = min(size, (Int(ends[1]) ?? size - 1) + 1)
      guard start < end else {
        (status, range, contentRange) = (416, 0..<0, "bytes */\(size)")
        return
      }
      (status, range, contentRange) = (206, start..<end, "bytes \(start)-\(end - 1)/\(size)")
    }
  }
}
