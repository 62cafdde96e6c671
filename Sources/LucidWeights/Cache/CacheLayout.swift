import LucidTensor

/// Where what lies under a cache root.
///
///     CACHEDIR.TAG                           backups leave the folder out
///     blobs/sha256/57/579344248a93…          the files, by content; never changed once there
///     files/resnet18-f37072fd.pth            readable names, links to blobs
///     stamps/579344248a93…                   notes that a file was hashed (`Stamp`)
///     pins/f37072fd-resnet18-f37072fd.pth    the full digest that a weakly pinned file was found to have
///     partial/579344248a93….1234-…/          files being written, and what is left of those that were not finished
///     locks/579344248a93…                    who is fetching what, so that two processes do not (`ProcessFlight`)
///     manual/                                where a person places files by hand; checked, then adopted
package struct CacheLayout: Sendable, Hashable {
  /// The absolute path of the root.
  package let root: String

  package var tag: String { "\(root)/CACHEDIR.TAG" }
  package var partials: String { "\(root)/partial" }
  package var locks: String { "\(root)/locks" }
  package var manual: String { "\(root)/manual" }

  package func blob(_ sha256: String) -> String { "\(root)/blobs/sha256/\(sha256.prefix(2))/\(sha256)" }

  /// The readable name of a blob: the file's name, with the first digits of its digest where it lacks them, since many
  /// files are called `model.safetensors`.
  package func readable(_ fileName: String, sha256: String) -> String {
    let name = Self.safeName(fileName)
    let digits = sha256.prefix(8)
    guard !name.contains(digits) else { return "\(root)/files/\(name)" }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(root)/files/\(name)-\(digits)" }
    return "\(root)/files/\(name[..<dot])-\(digits)\(name[dot...])"
  }

  /// `subject` is a blob's digest or the digest of a path outside of the cache.
  package func stamp(_ subject: String) -> String { "\(root)/stamps/\(subject)" }

  package func pin(_ fileName: String, prefix: String) -> String { "\(root)/pins/\(prefix)-\(Self.safeName(fileName))" }

  package func placedByHand(_ fileName: String) -> String { "\(manual)/\(Self.safeName(fileName))" }

  /// Makes the root, tagged as a cache if it is new.
  func makeRoot() throws {
    try FileSystem.makeFolder(root)
    // A folder that holds other things is not tagged: a backup of them must not be lost for our sake.
    guard FileSystem.names(in: root).isEmpty else { return }
    try FileSystem.replace(
      tag,
      with: """
        Signature: 8a477f597d28d172789f06886806bc55
        # This folder is a cache of Lucid; all in it can be fetched again. See https://bford.info/cachedir/

        """)
  }

  /// A file name that is one path component on any file system: letters, digits and `._+-`, no leading dot, short.
  static func safeName(_ name: String) -> String {
    var safe = name.unicodeScalars.suffix(160).map { scalar -> Character in
      let isSafe =
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._+-".unicodeScalars.contains(scalar))
      return isSafe ? Character(scalar) : "_"
    }
    if safe.first == "." || safe.isEmpty { safe.insert("_", at: 0) }
    return String(safe)
  }
}

extension Digest {
  /// Throws `.invalidInput` unless these are 64 hexadecimal digits, or 8 to 63 for a prefix.
  package func validate(for file: String) throws {
    let count = isFull ? 64...64 : 8...63
    guard !hex.isHexadecimal(count: count) else { return }
    throw LucidError(
      .invalidInput, doing: "fetching \(file)",
      problem: "its SHA-256 is given as \"\(hex)\", which is not \(isFull ? "64" : "8 to 63") hexadecimal digits",
      advice: "Correct the weight entry; `sha256sum FILE` prints a file's digest.")
  }
}
