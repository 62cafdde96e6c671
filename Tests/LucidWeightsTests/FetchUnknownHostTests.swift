import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// A host that no name server knows: "invalid" is kept free for this (RFC 6761).
@Suite struct FetchUnknownHostTests {
  @Test func isTriedAgainAndThenSaid() async throws {
    let scratch = try FetchScratch()
    let source = WeightSource(
      .url("https://lucid.invalid/model.pth"), digest: .sha256(String(repeating: "0", count: 64)), format: .pytorch)
    let error = await #expect(throws: LucidError.self) { try await scratch.resolver.resolve([source], name: "a model") }
    #expect(error?.code == .unreachable)
    #expect(error?.description.contains("(tried 3 times)") == true, "\(error as Any)")
    #expect(error?.description.contains("model.pth  (sha256:000") == true, "\(error as Any)")
    #expect(scratch.partials().isEmpty)
  }
}
