import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

@Suite struct FetchWebTests {
  static let bytes = scrambled(300_000)
  let bytes = Self.bytes

  /// One way to fail: what the server does, what the error must say, how often the server is asked.
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let responses: [LoopbackServer.Response]
    let says: [String]
    var code = LucidError.Code.unreachable
    var requests = 1
    var sized = false
    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(name: "not found", responses: [.status(404, Array("no".utf8))], says: ["404 Not Found"]),
    Fault(name: "forbidden", responses: [.status(403)], says: ["403 Forbidden"]),
    Fault(name: "busy", responses: [.status(503)], says: ["503 Service Unavailable", "tried 3 times"], requests: 3),
    Fault(
      name: "busy for an hour", responses: [.status(429, headers: ["Retry-After": "3600"])],
      says: ["429 Too Many Requests"]),
    Fault(
      name: "other bytes", responses: [.ok(scrambled(300_000, seed: 2))], says: ["expected sha256:"],
      code: .digestMismatch),
    Fault(
      name: "other size", responses: [.ok(Array(bytes.dropLast()))], says: ["299999 bytes, expected 300000"],
      code: .digestMismatch, sized: true),
    Fault(
      name: "endless", responses: [.unmeasured(bytes + bytes)], says: ["more than the 300000 bytes"],
      code: .digestMismatch, sized: true),
    Fault(
      name: "log-in page", responses: [.ok(Array("<html>".utf8), headers: ["Content-Type": "text/html"])],
      says: ["web page"], code: .digestMismatch),
    Fault(
      name: "truncated", responses: [.truncated(Array(bytes.prefix(5000)), total: 300_000)],
      says: ["closed after 5000 of 300000 bytes"], requests: 3),
    Fault(
      name: "truncated without a length", responses: [.unmeasured(Array(bytes.prefix(5000)))],
      says: ["closed after 5000 of 300000 bytes"], requests: 3, sized: true),
    Fault(
      name: "stall", responses: [.stall(Array(bytes.prefix(5000)), total: 300_000)],
      says: ["nothing arrived for 1.0 seconds", "5000 of 300000 bytes"], requests: 3),
    Fault(name: "hang-up", responses: [.hangUp], says: ["Empty reply"], requests: 3),
    Fault(name: "empty", responses: [.ok([])], says: ["e3b0c442"], code: .digestMismatch),
    Fault(
      name: "unasked part", responses: [.status(206, Array(bytes.prefix(9)))], says: ["206 Partial Content"]),
    Fault(
      name: "redirect to http", responses: [.redirect("http://user:secret@example.invalid/x?sig=1")],
      says: ["http://example.invalid/x", "refused"]),
    Fault(name: "redirect to a file", responses: [.redirect("file:///etc/passwd")], says: ["file:///etc/passwd"]),
    Fault(name: "redirect to nowhere", responses: [.status(302)], says: ["does not say where"]),
    Fault(name: "redirect loop", responses: [.redirect("/m")], says: ["redirected more than 10 times"], requests: 11),
  ]

  @Test(arguments: faults)
  func faultPublishesNothing(fault: Fault) async throws {
    let server = try LoopbackServer(["/m": fault.responses])
    // Short only where it is what is tested: a machine may be busy with other tests.
    let scratch = try FetchScratch { if fault.name == "stall" { $0.limits.stallTimeout = 1 } }
    let error = try await failure(scratch, source(server.url("/m"), bytes, sized: fault.sized))
    #expect(error.code == fault.code)
    for text in fault.says + ["Test_Weights.V1", "/manual/m", server.url("/m")] {
      #expect(error.description.contains(text), "\(error)")
    }
    #expect(!error.description.contains("secret") && !error.description.contains("sig=1"))
    #expect(server.requests.count == fault.requests)
    #expect(try scratch.blobs() == [])
    #expect(scratch.partials() == [])
  }

  @Test func digestMismatchShowsBoth() async throws {
    let server = try LoopbackServer(["/m": [.ok([1, 2, 3])]])
    let error = try await failure(FetchScratch(), source(server.url("/m"), bytes))
    #expect(try error.description.contains(try sha256(bytes)) && error.description.contains(sha256([1, 2, 3])))
  }

  @Test func faultsThatPassAreOvercome() async throws {
    let server = try LoopbackServer([
      "/m": [.hangUp, .truncated(Array(bytes.prefix(70_000)), total: bytes.count), .status(503), .ok(bytes)]
    ])
    let scratch = try FetchScratch { $0.limits.attempts = 4 }
    let log = ProgressLog()
    let file = try await scratch.resolver.resolve(
      [source(server.url("/m"), bytes)], name: "m", progress: log.handler)
    #expect(try contents(file.path) == bytes)
    #expect(server.requests.count == 4)
    #expect(log.warnings.count == 3)
  }

  @Test(arguments: [429, 503]) func retryAfterIsObeyed(status: Int) async throws {
    let server = try LoopbackServer(["/m": [.status(status, headers: ["Retry-After": "1"]), .ok(bytes)]])
    let clock = ContinuousClock()
    let scratch = try FetchScratch()
    let took = try await clock.measure {
      _ = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m")
    }
    #expect(took >= .seconds(1))
  }

  /// A server that takes the connection and never answers what TLS begins with.
  @Test func connectingHasATimeLimit() async throws {
    let server = try LoopbackServer([:])
    let scratch = try FetchScratch {
      $0.limits.connectTimeout = 0.2
      $0.limits.attempts = 2
    }
    let error = try await failure(
      scratch, source(server.url("/m").replacing("http://", with: "https://"), bytes))
    #expect(error.code == .unreachable && error.description.contains("tried 2 times"), "\(error)")
  }

  @Test func redirectsWithinTheRulesAreFollowed() async throws {
    let server = try LoopbackServer(["/m": [.redirect("other/place")], "/other/place": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let file = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m")
    #expect(try contents(file.path) == bytes)
    #expect(server.requests == ["/m", "/other/place"])
  }

  @Test func credentialsOfAnAddressAreUsedAndStayWithIt() async throws {
    let other = try LoopbackServer(["/m": [.ok(bytes)]])
    let server = try LoopbackServer(["/m": [.redirect(other.url("/m"))]])
    let address = server.url("/m").replacing("http://", with: "http://me:secret@")
    let log = ProgressLog()
    let scratch = try FetchScratch()
    _ = try await scratch.resolver.resolve([source(address, bytes)], name: "m", progress: log.handler)
    #expect(server.heads[0].contains("Authorization: Basic"))
    #expect(!other.heads[0].contains("Authorization"))
    #expect(!log.all.contains { "\($0)".contains("secret") })
  }

  @Test func nextSourceServesWhenOneFails() async throws {
    let server = try LoopbackServer(["/wrong": [.ok([1])], "/right": [.ok(bytes)]])
    let scratch = try FetchScratch()
    let sources = try ["/gone", "/wrong", "/right"].map { try source(server.url($0), bytes) }
    let file = try await scratch.resolver.resolve(sources, name: "m")
    #expect(try contents(file.path) == bytes)
    #expect(server.requests == ["/gone", "/wrong", "/right"])
  }

  @Test func noServerIsAnErrorThatListsAllSources() async throws {
    let scratch = try FetchScratch()
    let error = try await failure(
      scratch, source("http://127.0.0.1:1/a.pth", bytes), source("http://me:secret@127.0.0.1:1/b.pth", bytes))
    #expect(error.code == .unreachable)
    let text = error.description
    #expect(text.contains("127.0.0.1:1/a.pth") && text.contains("127.0.0.1:1/b.pth") && !text.contains("secret"))
    #expect(text.contains("\(scratch.root)/manual/a.pth") && text.contains("one of"))
  }

  @Test func missingCertificatesAreNamed() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let scratch = try FetchScratch(["LUCID_CA_BUNDLE": "/nonexistent/ca.pem"])
    let secure = server.url("/m").replacing("http://", with: "https://")
    let error = try await failure(scratch, source(secure, bytes))
    #expect(error.description.contains("/nonexistent/ca.pem"))
  }

  @Test func progressRisesToTheWhole() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let log = ProgressLog()
    let scratch = try FetchScratch()
    _ = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m", progress: log.handler)
    let counts = log.all.filter { $0.phase == .downloading }.map(\.byteCount)
    #expect(counts == counts.sorted() && counts.last == bytes.count)
    #expect(log.all.allSatisfy { $0.fileName == "m" })
    #expect(log.all.last?.totalByteCount == bytes.count)
  }
}
