import Foundation
import LucidTesting
import Testing

/// Real processes that want one file at the same time.
@Suite(.timeLimit(.minutes(5))) struct CrowdTests {
  let bytes = [UInt8]((0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })

  private func start(_ count: Int, _ program: Program, _ server: LoopbackServer) throws -> [Running] {
    let arguments = ["weights", "fetch", server.url("/m.bin"), "--sha256", sha256(Data(bytes))]
    return try (0..<count).map { _ in try program.start(Program.path, arguments) }
  }

  @Test func twentyProcessesMakeOneTransfer() async throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try LoopbackServer(["/m.bin": [.held(gate, .ok(bytes)), .ok(bytes)]])
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": ""])
    let crowd = try start(20, program, server)
    try await server.waitForRequests(1)
    gate.signal()
    let outcomes = try crowd.map { try $0.end() }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors == "" })
    #expect(Set(outcomes.map(\.output)).count == 1)
    #expect(server.requests.count == 1)
  }

  @Test func theDeathOfTheOneThatFetchesIsSurvived() async throws {
    let stall = LoopbackServer.Response.partial(
      Array(bytes.prefix(300_000)), status: 200, headers: ["ETag": "\"c\""], total: bytes.count)
    let server = try LoopbackServer(["/m.bin": [stall, .file(bytes, etag: "\"c\"")]])
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": ""])
    let owner = try start(1, program, server)[0]
    func arrived() -> Int {
      let names = program.folder.files(below: "home/partial").filter { $0.hasSuffix("/bytes") }
      let paths = names.map { program.folder.path("home/partial/\($0)") }
      return paths.compactMap { try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int }.max() ?? 0
    }
    while arrived() < 300_000 { try await Task.sleep(for: .milliseconds(5)) }
    let crowd = try start(5, program, server)
    try await Task.sleep(for: .milliseconds(100))
    kill(owner.process.processIdentifier, SIGKILL)
    _ = try owner.end()
    #expect(try crowd.map { try $0.end() }.allSatisfy { $0.status == 0 })
    #expect(server.requests.count == 2 && server.sentBytes == bytes.count, "the next goes on where it stopped")
  }
}
