import Foundation
import LucidTensor

/// Where else files may be, by the environment's variables: mirrors, the Hugging Face hub, other programs' caches.
extension FetchEnvironment {
  /// A variable's value; an empty one counts as absent.
  func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The pairs `KEY=VALUE` between blanks in a variable, a key being an address.
  func pairs(_ name: String) -> [(key: String, value: String)] {
    (value(name) ?? "").split(whereSeparator: \.isWhitespace).compactMap { word in
      guard let mark = word.firstIndex(of: "="), mark != word.startIndex else { return nil }
      return (String(word[..<mark]), String(word[word.index(after: mark)...]))
    }
  }

  /// The places to ask for a source's file, in order.
  func places(of source: WeightSource) throws -> [WeightSource] {
    guard case .url(let address) = source.location else { return [source] }
    do {
      return try webAddresses(of: address).map { source.with(location: .url($0)) }
    } catch let failure as SourceFailure {
      throw LucidError(
        failure.code, doing: "reading a weight entry", problem: failure.problem,
        advice: "Correct the entry, as in hf://owner/repo/model.safetensors; without a revision, main is meant.")
    }
  }

  /// The web addresses to ask for an address that a person gave, in order: `LUCID_MIRRORS` holds pairs
  /// `PREFIX=REPLACEMENT` between blanks, as in
  /// `https://download.pytorch.org/=https://mirror.example.org/pytorch/`, and each that fits goes before the original.
  /// Throws a `SourceFailure` for what is no address.
  func webAddresses(of address: String) throws -> [String] {
    let original = try HubAddress(address)?.url(endpoint: hubEndpoint) ?? address
    let mirrors = pairs("LUCID_MIRRORS").compactMap { prefix, replacement in
      original.hasPrefix(prefix) ? replacement + original.dropFirst(prefix.count) : nil
    }
    return mirrors.filter { $0 != original } + [original]
  }

  /// The Hugging Face hub: `HF_ENDPOINT`, else huggingface.co.
  var hubEndpoint: String {
    var text = value("HF_ENDPOINT") ?? "https://huggingface.co"
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  private var cachesHome: String? { value("XDG_CACHE_HOME") ?? homeDirectory.map { "\($0)/.cache" } }

  /// The folder of Hugging Face's programs: `HF_HOME`, else `huggingface` in the caches.
  var hubHome: String? {
    (value("HF_HOME") ?? cachesHome.map { "\($0)/huggingface" }).map { Self.absolutePath($0, home: homeDirectory) }
  }

  /// The Hugging Face cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`.
  var hubCache: String? {
    (value("HF_HUB_CACHE") ?? hubHome.map { "\($0)/hub" }).map { Self.absolutePath($0, home: homeDirectory) }
  }

  /// Where PyTorch keeps checkpoints: in `TORCH_HOME`, else in `torch` of the caches.
  var torchCheckpoints: String? {
    let home = value("TORCH_HOME") ?? cachesHome.map { "\($0)/torch" }
    return home.map { Self.absolutePath($0, home: homeDirectory) + "/hub/checkpoints" }
  }

  /// Further cache roots, only read: `LUCID_CACHE_ROOTS`, paths between colons, the nearest first.
  var lowerRoots: [String] {
    (value("LUCID_CACHE_ROOTS") ?? "").split(separator: ":").map { Self.absolutePath(String($0), home: homeDirectory) }
  }

  /// The hosts other than this machine that plain `http` is allowed from: `LUCID_HTTP_HOSTS`, names between blanks.
  var plainHosts: [String] {
    (value("LUCID_HTTP_HOSTS") ?? "").split(whereSeparator: { $0.isWhitespace || $0 == "," }).map { $0.lowercased() }
  }

  /// Where a source's file may lie on this machine because another program fetched it. They are read, never written.
  func foreignPaths(for source: WeightSource) -> [String] {
    guard case .url(let address) = source.location else { return [] }
    var paths: [String] = []
    if let hub = try? HubAddress(address) ?? HubAddress(url: address, endpoint: hubEndpoint), let hubCache {
      let folder = "\(hubCache)/models--\(hub.repository.replacing("/", with: "--"))"
      if source.digest.isFull { paths.append("\(folder)/blobs/\(source.digest.hex)") }
      let commit = FileSystem.note(at: "\(folder)/refs/\(hub.revision)")?.trimmingCharacters(
        in: .whitespacesAndNewlines)
      paths.append("\(folder)/snapshots/\(commit ?? hub.revision)/\(hub.path)")
    } else if let torchCheckpoints {
      paths.append("\(torchCheckpoints)/\(source.location.fileName)")
    }
    return paths
  }
}
