import Foundation
import LucidTensor

/// What lets a person in at a server. Each belongs to one origin, a scheme, a host and a port, and is sent nowhere else:
/// not to where a redirect leads either, unless that is the same origin.
extension FetchEnvironment {
  /// The `Authorization` field for a request to `address`, whose first request went to `start`.
  ///
  /// `LUCID_TOKENS` holds pairs `ORIGIN=TOKEN` between blanks, as in `https://models.example.org=abc`; the Hugging Face
  /// token belongs to the Hugging Face endpoint.
  func authorization(for address: WebAddress, from start: WebAddress) -> String? {
    guard address.origin == start.origin, !address.hasCredentials else { return nil }
    for (origin, token) in pairs("LUCID_TOKENS") {
      if (try? WebAddress(origin, self))?.origin == address.origin { return Self.bearer(token) }
    }
    guard (try? WebAddress(hubEndpoint, self))?.origin == address.origin, let token = hubToken else { return nil }
    return Self.bearer(token)
  }

  /// The netrc file to look into for a request to `address`: what `NETRC` names, else `~/.netrc`.
  func netrcFile(for address: WebAddress, from start: WebAddress) -> String? {
    guard address.origin == start.origin, !address.hasCredentials else { return nil }
    let path = value("NETRC").map { Self.absolutePath($0, home: homeDirectory) } ?? homeDirectory.map { "\($0)/.netrc" }
    return path.flatMap { access($0, R_OK) == 0 ? $0 : nil }
  }

  /// `HF_TOKEN`, else what is in the file that `HF_TOKEN_PATH` names, else in `token` of `HF_HOME`.
  var hubToken: String? {
    if let token = value("HF_TOKEN") ?? value("HUGGING_FACE_HUB_TOKEN") { return token }
    guard let path = value("HF_TOKEN_PATH") ?? hubHome.map({ "\($0)/token" }) else { return nil }
    let text = FileSystem.note(at: Self.absolutePath(path, home: homeDirectory))
    let token = text?.trimmingCharacters(in: .whitespacesAndNewlines)
    return token?.isEmpty == false ? token : nil
  }

  /// Nil for a token that would be more than the one field that it is put into.
  private static func bearer(_ token: String) -> String? {
    let text = token.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.utf8.allSatisfy { (33...126).contains($0) } && !text.isEmpty ? "Bearer \(text)" : nil
  }
}
