import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Credentials go to the server that they belong to, and to no other.
@Suite struct FetchCredentialTests {
  let bytes = scrambled(1000)

  private func authorization(_ server: LoopbackServer, _ request: Int = 0) -> String? {
    LoopbackServer.field("Authorization", in: server.heads[request])
  }

  /// A server that redirects `/m` to another, to itself under `/moved`, and what each of them was sent.
  private func fetch(_ variables: (LoopbackServer) -> [String: String], files: [String: String] = [:]) async throws
    -> (first: [String?], other: [String?])
  {
    let other = try LoopbackServer(["/m": [.ok(bytes)]])
    let server = try LoopbackServer(["/m": [.redirect("/moved")], "/moved": [.redirect(other.url("/m"))]])
    let scratch = try FetchScratch(variables(server))
    for (name, text) in files {
      _ = try scratch.write(Array(text.replacing("PORT", with: "\(server.port)").utf8), to: name)
    }
    _ = try await scratch.resolver.resolve([source(server.url("/m"), bytes)], name: "m")
    return (
      server.heads.indices.map { authorization(server, $0) }, other.heads.indices.map { authorization(other, $0) }
    )
  }

  @Test func bearerTokenStaysWithItsOrigin() async throws {
    let sent = try await fetch { ["LUCID_TOKENS": "https://x.example=no \($0.url(""))=s3cret"] }
    #expect(sent.first == ["Bearer s3cret", "Bearer s3cret"])
    #expect(sent.other == [nil])
  }

  @Test func tokenOfAnotherPortIsNotSent() async throws {
    let sent = try await fetch { _ in ["LUCID_TOKENS": "http://127.0.0.1:1=s3cret"] }
    #expect(sent.first == [nil, nil] && sent.other == [nil])
  }

  @Test func hubTokenGoesToTheHubOnly() async throws {
    let sent = try await fetch { ["HF_TOKEN": "hf_x", "HF_ENDPOINT": $0.url("")] }
    #expect(sent.first == ["Bearer hf_x", "Bearer hf_x"] && sent.other == [nil])
    let elsewhere = try await fetch { _ in ["HF_TOKEN": "hf_x"] }
    #expect(elsewhere.first == [nil, nil] && elsewhere.other == [nil])
  }

  @Test func hubTokenIsReadFromItsFile() async throws {
    let sent = try await fetch({ ["HF_ENDPOINT": $0.url("")] }, files: [".cache/huggingface/token": "hf_file\n"])
    #expect(sent.first == ["Bearer hf_file", "Bearer hf_file"] && sent.other == [nil])
  }

  @Test func netrcIsUsedAndStaysToo() async throws {
    // The second entry would let any host have it.
    let netrc = "machine 127.0.0.1 login me password pw\ndefault login any password pw\n"
    let sent = try await fetch({ _ in [:] }, files: [".netrc": netrc])
    let basic = "Basic " + Data("me:pw".utf8).base64EncodedString()
    #expect(sent.first == [basic, basic])
    #expect(sent.other == [nil], "another port is another origin")
  }

  @Test func tokenThatWouldBeMoreThanAFieldIsNotSent() async throws {
    let sent = try await fetch({ ["HF_ENDPOINT": $0.url("")] }, files: [".cache/huggingface/token": "a\r\nX-Evil: 1"])
    #expect(sent.first == [nil, nil])
  }

  @Test func noTokenIsInAnyMessage() async throws {
    let server = try LoopbackServer(["/m": [.status(401)]])
    let scratch = try FetchScratch(["LUCID_TOKENS": "\(server.url(""))=s3cret"])
    let error = try await failure(scratch, source(server.url("/m"), bytes))
    #expect(!error.description.contains("s3cret"))
    #expect(error.description.contains("LUCID_TOKENS"))
  }
}
