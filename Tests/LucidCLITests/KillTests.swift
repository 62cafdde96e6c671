import Foundation
import LucidTesting
import Testing

/// `kill -9` in the middle of a download, over and over.
@Suite(.timeLimit(.minutes(10))) struct KillTests {
  static let size = 4_000_000

  private func bytes() -> [UInt8] {
    var state: UInt64 = 42
    return (0..<Self.size).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  /// Kills the program a hundred times, each time when the server has sent some more bytes and then holds the rest back,
  /// so that what the program has received is on its disk; then lets it finish.
  @Test func aHundredKillsLoseNextToNothing() async throws {
    let body = bytes()
    // How far each attempt gets; all differ, and something is left for the last.
    var places: Set<Int> = []
    while places.count < 100 { places.insert(Int.random(in: 1..<Self.size)) }
    let rounds = places.count
    let ends = places.sorted() + [Self.size]
    let state = KillScript(body: body, ends: ends)
    let server = try LoopbackServer(["/m.bin": [.script { state.next($0) }]])
    let folder = try Scratch()
    let program = Program(in: folder, ["LUCID_OFFLINE": ""])
    let digest = sha256(Data(body))
    let arguments = ["weights", "fetch", server.url("/m.bin"), "--sha256", digest]
    for round in 0..<rounds {
      let running = try program.start(Program.path, arguments)
      // The server has answered, and what it sent has arrived: the partial file has stopped to grow.
      try await server.waitForRequests(round + 1)
      var last = -1
      while true {
        let size = partialSize(folder)
        if size == last, size >= ends[round] { break }
        last = size
        try await Task.sleep(for: .milliseconds(2))
        guard running.process.isRunning else { break }
      }
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.end()
    }
    let outcome = try program.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let path = outcome.output.trimmingCharacters(in: .newlines)
    #expect(try sha256(Data(contentsOf: URL(fileURLWithPath: path))) == digest)
    #expect(server.sentBytes == Self.size, "every byte was fetched once")
    #expect(folder.files(below: "home/partial") == [])
  }

  /// Kills at any time at all, without waiting for what was sent to arrive: only what was on its way may come twice.
  @Test func killsAtAnyTimeEndInTheRightFile() async throws {
    let body = bytes()
    let server = try LoopbackServer(["/m.bin": [.script { _ in .late(0.002, .file(body, etag: "\"k\"")) }]])
    let folder = try Scratch()
    let program = Program(in: folder, ["LUCID_OFFLINE": ""])
    let digest = sha256(Data(body))
    let arguments = ["weights", "fetch", server.url("/m.bin"), "--sha256", digest]
    for round in 0..<20 {
      let running = try program.start(Program.path, arguments)
      try await Task.sleep(for: .milliseconds(5 + 3 * round))
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.end()
    }
    let outcome = try program.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let path = outcome.output.trimmingCharacters(in: .newlines)
    #expect(try sha256(Data(contentsOf: URL(fileURLWithPath: path))) == digest)
  }

  private func partialSize(_ folder: Scratch) -> Int {
    let names = folder.files(below: "home/partial").filter { $0.hasSuffix("/bytes") }
    return names.reduce(0) { total, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path("home/partial/\(name)"))
      return max(total, attributes?[.size] as? Int ?? 0)
    }
  }
}

/// Sends a file up to one end after another, then silence.
private final class KillScript: Sendable {
  let body: [UInt8]
  let ends: [Int]

  init(body: [UInt8], ends: [Int]) { (self.body, self.ends) = (body, ends) }

  func next(_ head: String) -> LoopbackServer.Response {
    let asked = LoopbackServer.field("Range", in: head)?.dropFirst(6).split(separator: "-").first.flatMap { Int($0) }
    let start = asked ?? 0
    let end = ends.first { $0 > start } ?? body.count
    let fields = ["ETag": "\"k\"", "Content-Range": "bytes \(start)-\(body.count - 1)/\(body.count)"]
    return .partial(
      Array(body[start..<end]), status: start == 0 ? 200 : 206, headers: fields, total: body.count - start)
  }
}
