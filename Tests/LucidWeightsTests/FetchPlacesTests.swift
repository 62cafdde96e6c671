import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Mirrors, the Hugging Face hub, layered roots and other programs' caches.
@Suite struct FetchPlacesTests {
  let bytes = scrambled(5000)

  @Test func mirrorGoesFirstAndTheOriginalAfterIt() async throws {
    let mirror = try LoopbackServer(["/pt/a/m.pth": [.ok(bytes)]])
    let original = try LoopbackServer(["/models/b.pth": [.ok(scrambled(10))]])
    let scratch = try FetchScratch(["LUCID_MIRRORS": "\(original.url("/models/"))=\(mirror.url("/pt/")) https://x/=y"])
    _ = try await scratch.resolver.resolve([source(original.url("/models/a/m.pth"), bytes)], name: "m")
    #expect(original.requests == [] && mirror.requests == ["/pt/a/m.pth"])
    _ = try await scratch.resolver.resolve([source(original.url("/models/b.pth"), scrambled(10))], name: "b")
    #expect(original.requests == ["/models/b.pth"] && mirror.requests.last == "/pt/b.pth")
  }

  @Test func hubAddressIsAskedAtTheEndpoint() async throws {
    let server = try LoopbackServer(["/o/r/resolve/v1%2Fx/sub/model.safetensors": [.ok(bytes)]])
    let scratch = try FetchScratch(["HF_ENDPOINT": server.url("/")])
    let file = try await scratch.resolver.resolve([source("hf://o/r@v1%2Fx/sub/model.safetensors", bytes)], name: "m")
    #expect(try contents(file.path) == bytes)
  }

  @Test(arguments: [
    ("hf://o/r/f.bin", "https://huggingface.co/o/r/resolve/main/f.bin"),
    ("hf://o/r@abc123/d/f.bin", "https://huggingface.co/o/r/resolve/abc123/d/f.bin"),
  ])
  func hubAddresses(text: String, url: String) throws {
    let address = try #require(try HubAddress(text))
    #expect(address.url(endpoint: "https://huggingface.co") == url)
    #expect(try HubAddress(url: url, endpoint: "https://huggingface.co") == address)
  }

  @Test(arguments: ["hf://o/r", "hf://o/r@/f", "hf://o//f", "hf://o/r/../f", "hf://"])
  func wrongHubAddressesAreNamed(text: String) async throws {
    let error = try await failure(FetchScratch(), source(text, bytes))
    #expect(error.code == .invalidInput && error.description.contains("hf://owner/repo@revision/path"))
  }

  @Test func plainHTTPNeedsToBeAskedFor() async throws {
    let environment = FetchEnvironment(variables: ["LUCID_HTTP_HOSTS": "models.corp other"])
    #expect(try WebAddress("http://models.corp/x", environment).isSecure == false)
    #expect(throws: SourceFailure.self) { try WebAddress("http://corp/x", environment) }
  }

  @Test func filesOfPyTorchAndOfTheHubCacheAreUsedInPlace() async throws {
    let scratch = try FetchScratch(["LUCID_OFFLINE": "1"])
    let torch = try scratch.write(bytes, to: ".cache/torch/hub/checkpoints/m-12345678.pth")
    let file = try await scratch.resolver.resolve([source("https://x.invalid/m-12345678.pth", bytes)], name: "m")
    #expect(file.path == torch)
    let other = scrambled(700)
    let blob = try scratch.write(
      other, to: ".cache/huggingface/hub/models--o--r/blobs/\(try LucidWeightsTests.sha256(other))")
    let source = try source("hf://o/r/model.safetensors", other)
    let found = try await scratch.resolver.resolve([source], name: "m")
    #expect(found.path == blob)
    #expect(try scratch.blobs() == [])
  }

  @Test func snapshotOfTheHubCacheIsFound() async throws {
    let scratch = try FetchScratch(["LUCID_OFFLINE": "1", "HF_HOME": "~/hf"])
    _ = try scratch.write(Array("c0ffee".utf8), to: "hf/hub/models--o--r/refs/main")
    let path = try scratch.write(bytes, to: "hf/hub/models--o--r/snapshots/c0ffee/d/f.bin")
    let weak = WeightSource(.url("hf://o/r/d/f.bin"), digest: .sha256Prefix(String(try sha256(bytes).prefix(10))))
    #expect(try await scratch.resolver.resolve([weak], name: "m").path == path)
  }

  @Test func foreignFileOfOtherBytesIsPassedOver() async throws {
    let server = try LoopbackServer(["/m.pth": [.ok(bytes)]])
    let scratch = try FetchScratch()
    _ = try scratch.write([1, 2], to: ".cache/torch/hub/checkpoints/m.pth")
    let file = try await scratch.resolver.resolve([source(server.url("/m.pth"), bytes)], name: "m")
    #expect(try contents(file.path) == bytes)
  }

  @Test func lowerRootsAreReadAndNeverWritten() async throws {
    let server = try LoopbackServer(["/m": [.ok(bytes)]])
    let shared = try FetchScratch()
    let source = try source(server.url("/m"), bytes)
    let file = try await shared.resolver.resolve([source], name: "m")
    FileSystem.removeTree(shared.root + "/stamps/" + file.sha256)
    let before = try shared.snapshot()
    let scratch = try FetchScratch(["LUCID_CACHE_ROOTS": "/nonexistent:\(shared.root)", "LUCID_OFFLINE": "1"])
    let found = try await scratch.resolver.resolve([source], name: "m")
    #expect(found.path.hasPrefix(shared.root) && found.sha256 == file.sha256)
    #expect(try shared.snapshot() == before)
    #expect(try scratch.blobs() == [])
    #expect(server.requests.count == 1)
  }
}
