import Testing

@testable import LucidWeights

@Suite struct FetchWebAddressTests {
  @Test(arguments: [
    "https://example.org/a.pth", "http://127.0.0.1:8000/a", "http://localhost/a", "http://[::1]:80/a",
    "HTTPS://Example.org/a",
    "http://127.255.0.9/a",
  ])
  func allowed(address: String) throws { _ = try WebAddress(address) }

  @Test(arguments: [
    "http://example.org/a.pth", "http://127.0.0.1.example.org/a", "http://localhost.example.org/a",
    "ftp://example.org/a",
    "http://127.0.0.1@example.org/a", "example.org/a", "https://", "", "http://10.0.0.1/", "gopher://localhost/",
    "http://0.0.0.0/", "file:///etc/passwd",
  ])
  func refused(address: String) { #expect(throws: SourceFailure.self) { try WebAddress(address) } }

  @Test(arguments: [
    ("https://a.org/x", "http://a.org/x"), ("https://a.org/x", "http://localhost/x"),
    ("https://a.org/x", "https://localhost/x"), ("http://localhost/x", "http://a.org/x"),
    ("https://a.org/x", "file:///x"),
  ])
  func refusedRedirect(from: String, to: String) throws {
    let start = try WebAddress(from)
    #expect(throws: SourceFailure.self) { try start.redirected(to: to) }
  }

  @Test(arguments: [
    ("https://user:secret@a.org/x.pth?sig=abc#f", "https://a.org/x.pth?…"),
    (
      "trying https://t0ken@a.org/x, then http://b:c@d/e?f=g: failed",
      "trying https://a.org/x, then http://d/e?…: failed"
    ),
    ("https://a.org/@scope/x", "https://a.org/@scope/x"), ("https://u:p@ss@a.org/", "https://a.org/"), ("none", "none"),
  ])
  func redacted(text: String, expected: String) { #expect(WebAddress.redacted(text) == expected) }
}
