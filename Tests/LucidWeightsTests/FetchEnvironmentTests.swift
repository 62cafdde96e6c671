import Foundation
import Testing

@testable import LucidWeights

@Suite struct FetchEnvironmentTests {
  @Test(arguments: [
    (["LUCID_HOME": "/data/lucid/", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/data/lucid"),
    (["LUCID_HOME": "~/w", "HOME": "/h"], "/h/w"),
    (["LUCID_HOME": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/lucid"),
    (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/lucid"),
    (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache/lucid"),
    (["HOME": "/h"], "/h/.cache/lucid"),
  ])
  func root(variables: [String: String], expected: String) {
    #expect(FetchEnvironment(variables: variables).cacheRoot == expected)
  }

  @Test func relativeHomeIsRelativeToTheWorkingDirectory() {
    let root = FetchEnvironment(variables: ["LUCID_HOME": "cache", "HOME": "/h"]).cacheRoot
    #expect(root == FileManager.default.currentDirectoryPath + "/cache")
  }

  @Test(
    arguments: [
      (["LUCID_OFFLINE": "1"], "LUCID_OFFLINE=1"), (["HF_HUB_OFFLINE": "TRUE"], "HF_HUB_OFFLINE=TRUE"),
      (["LUCID_OFFLINE": "0"], nil), (["LUCID_OFFLINE": ""], nil),
      (["LUCID_OFFLINE": "0", "HF_HUB_OFFLINE": "1"], "HF_HUB_OFFLINE=1"),
      ([:], nil),
    ] as [([String: String], String?)])
  func offline(variables: [String: String], reason: String?) {
    #expect(FetchEnvironment(variables: variables).offlineReason == reason)
  }

  @Test func certificates() {
    let both = ["LUCID_CA_BUNDLE": "/a.pem", "SSL_CERT_FILE": "/b.pem"]
    #expect(FetchEnvironment(variables: both).certificateFile == "/a.pem")
    #expect(FetchEnvironment(variables: ["SSL_CERT_FILE": "/b.pem"]).certificateFile == "/b.pem")
    #expect(FetchEnvironment(variables: [:]).certificateFile == nil)
  }

  static let faults: [(variables: [String: String], words: String)] = [
    (["LUCID_OFFLINE": "ja"], "LUCID_OFFLINE: its value \"ja\" is neither on nor off"),
    (["LUCID_FROZEN": "2"], "LUCID_FROZEN"), (["LUCID_CONNECTIONS": "many"], "LUCID_CONNECTIONS"),
    (["LUCID_CONNECTIONS": "0"], "LUCID_CONNECTIONS"),
    (["LUCID_MIRRORS": "https://a/=https://b/ https://c/"], "https://c/"),
    (["LUCID_MIRRORS": "a=https://b/"], "PREFIX=REPLACEMENT"), (["LUCID_TOKENS": "s3cret"], "ORIGIN=TOKEN"),
    (["LUCID_TOKENS": "models.example.org=s3cret"], "https://models.example.org=TOKEN"),
  ]

  @Test(arguments: faults)
  func valueThatCannotBeUnderstoodIsAnError(variables: [String: String], words: String) async throws {
    let error = try await failure(FetchScratch(variables), source("https://x.invalid/m", [1]))
    #expect(error.code == .invalidInput && error.description.contains(words), "\(error)")
    #expect(!error.description.contains("s3cret"))
  }

  @Test(arguments: [
    [:], ["LUCID_OFFLINE": "off", "LUCID_FROZEN": "No", "LUCID_CONNECTIONS": ""],
    ["LUCID_OFFLINE": "TRUE", "LUCID_CONNECTIONS": "3", "LUCID_TOKENS": "https://a=b  https://c=d=e"],
  ])
  func valuesThatAreUnderstood(variables: [String: String]) {
    #expect(FetchEnvironment(variables: variables).fault == nil)
  }
}
