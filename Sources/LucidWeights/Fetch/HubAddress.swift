import LucidTensor

/// A file of the Hugging Face hub: `hf://owner/repo@revision/path`, where the revision is a branch, a tag or a commit and
/// may be left out for `main`.
struct HubAddress: Sendable, Hashable {
  let repository: String
  let revision: String
  let path: String

  private static let scheme = "hf://"

  /// Nil for a text of another scheme; throws a `SourceFailure` for what is no such address.
  init?(_ text: String) throws {
    guard text.lowercased().hasPrefix(Self.scheme) else { return nil }
    let words = text.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard words.count >= 3, isPlain else { throw Self.fault(text) }
    let name = words[1].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard !name[0].isEmpty, name.count == 1 || !name[1].isEmpty, !words[0].contains("@") else { throw Self.fault(text) }
    repository = "\(words[0])/\(name[0])"
    revision = name.count == 2 ? String(name[1]).replacing("%2F", with: "/").replacing("%2f", with: "/") : "main"
    path = words.dropFirst(2).joined(separator: "/")
  }

  /// What a web address of the hub means; nil for any other.
  init?(url: String, endpoint: String) throws {
    guard url.hasPrefix(endpoint + "/") else { return nil }
    let words = url.dropFirst(endpoint.count + 1).split(separator: "/", omittingEmptySubsequences: false)
    guard words.count >= 5, words[2] == "resolve" else { return nil }
    try self.init("hf://\(words[0])/\(words[1])@\(words[3])/\(words.dropFirst(4).joined(separator: "/"))")
  }

  /// The web address of the file.
  func url(endpoint: String) -> String {
    "\(endpoint)/\(repository)/resolve/\(revision.replacing("/", with: "%2F"))/\(path)"
  }

  private static func fault(_ text: String) -> SourceFailure {
    SourceFailure(.invalidInput, "\(text) does not read as hf://owner/repo@revision/path")
  }
}
