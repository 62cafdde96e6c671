import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// The header of a safetensors file on a server, and no more of it.
@Suite struct FetchRemoteHeaderTests {
  private let environment = FetchEnvironment(variables: ["HOME": "/nowhere"])

  private func header(_ size: Int) -> [UInt8] {
    let text = "{\(SafetensorsWriter.entry("a", "F32", "[2, 1000000]", "[0,8000000]"))}"
    return SafetensorsWriter.file(text + String(repeating: " ", count: max(0, size - text.utf8.count)))
  }

  private func read(_ responses: [LoopbackServer.Response]) async throws -> (StateDict, LoopbackServer) {
    let server = try LoopbackServer(["/m.safetensors": responses])
    let address = "http://127.0.0.1:\(server.port)/m.safetensors"
    return (try await StateDict(remoteSafetensors: address, environment: environment), server)
  }

  @Test func oneRequestIsEnoughForASmallHeader() async throws {
    let (dict, server) = try await read([.status(206, header(100) + [UInt8](repeating: 0, count: 1000))])
    #expect(dict.type(of: "a") == TensorType([2, 1_000_000]))
    #expect(server.heads.count == 1 && server.heads[0].lowercased().contains("range: bytes=0-65535"))
    let error = #expect(throws: LucidError.self) { try dict["a"] }
    #expect(error?.description.contains("only its header was fetched") == true)
  }

  @Test func aLongHeaderTakesTwo() async throws {
    let whole = header(100_000)
    let (dict, server) = try await read([.status(206, Array(whole.prefix(65536))), .status(206, whole)])
    #expect(dict.keys == ["a"])
    #expect(server.heads.last?.lowercased().contains("range: bytes=0-\(whole.count - 1)") == true)
  }

  @Test(
    arguments: [
      (.ok([1, 2, 3]), .unreachable, "does not send parts"), (.status(404), .unreachable, "404 Not Found"),
      (.status(206, [1, 2, 3]), .corruptFile, "has 3 bytes"),
      (.status(206, [UInt8](repeating: 255, count: 64)), .corruptFile, "no safetensors file"),
      (.status(206, [9, 0, 0, 0, 0, 0, 0, 0, 0x7b]), .corruptFile, "within its header of 9"),
      (.status(206, [UInt8](repeating: 0, count: 70_000)), .unreachable, "more than the 65536 bytes"),
      (.status(206, [2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x3a]), .corruptFile, "JSON"),
      (.hangUp, .unreachable, "fetching the header of"),
    ] as [(LoopbackServer.Response, LucidError.Code, String)])
  func whatCannotBeReadIsSaid(_ response: LoopbackServer.Response, _ code: LucidError.Code, _ words: String) async {
    let error = await #expect(throws: LucidError.self) { try await read([response]) }
    #expect(error?.code == code, "\(error as Any)")
    #expect(error?.description.contains(words) == true, "\(error as Any)")
  }

  @Test func theNetworkIsLeftAloneWhereItMayNotBeUsed() async {
    let offline = FetchEnvironment(variables: ["LUCID_OFFLINE": "1"])
    let error = await #expect(throws: LucidError.self) {
      try await StateDict(remoteSafetensors: "https://example.invalid/a", environment: offline)
    }
    #expect(error?.description.contains("LUCID_OFFLINE=1") == true)
  }
}
