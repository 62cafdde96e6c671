import Foundation
import LucidTesting
import Testing

/// Proxies, as the usual variables name them.
@Suite struct ProxyTests {
  private let bytes = [UInt8](repeating: 3, count: 10_000)

  private func fetch(_ variables: [String: String]) throws -> Program.Outcome {
    let usual = ["LUCID_OFFLINE": "", "LUCID_HTTP_HOSTS": "models.invalid", "no_proxy": "", "all_proxy": ""]
    let program = Program(in: try Scratch(), usual.merging(variables) { $1 })
    return try program.run("weights", "fetch", "http://models.invalid/m.bin", "--sha256", sha256(Data(bytes)))
  }

  @Test func theProxyIsAskedForTheWholeAddress() throws {
    let proxy = try LoopbackServer(["http://models.invalid/m.bin": [.ok(bytes)]])
    let outcome = try fetch(["http_proxy": proxy.url("")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(proxy.requests == ["http://models.invalid/m.bin"])
  }

  @Test func httpsGoesThroughATunnel() throws {
    let proxy = try LoopbackServer(["models.invalid:443": [.status(407)]])
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": "", "no_proxy": "", "https_proxy": proxy.url("")])
    let outcome = try program.run(
      "weights", "fetch", "https://models.invalid/m.bin", "--sha256", sha256(Data(bytes)))
    expectError(outcome, saying: "407 Proxy Authentication Required", "https_proxy")
    #expect(proxy.heads[0].hasPrefix("CONNECT models.invalid:443 "))
  }

  @Test func aHostOfNoProxyIsAskedItself() throws {
    let proxy = try LoopbackServer(["http://models.invalid/m.bin": [.ok(bytes)]])
    let outcome = try fetch(["http_proxy": proxy.url(""), "no_proxy": "models.invalid"])
    #expect(outcome.status == 1 && outcome.errors.contains("models.invalid"), "\(outcome.errors)")
    #expect(proxy.requests == [])
  }

  @Test func thisMachineIsNeverAskedThroughAProxy() throws {
    let proxy = try LoopbackServer([:])
    let server = try LoopbackServer(["/m.bin": [.ok(bytes)]])
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": "", "no_proxy": "", "http_proxy": proxy.url("")])
    let outcome = try program.run("weights", "fetch", server.url("/m.bin"), "--sha256", sha256(Data(bytes)))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(proxy.requests == [])
  }
}
