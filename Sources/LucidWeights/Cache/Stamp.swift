/// A note that a file was hashed: as long as the file's identity is the one noted, so is its digest, and a cache hit
/// costs a `stat` rather than a read of the whole file.
package struct Stamp: Sendable, Hashable {
  package var identity: FileIdentity
  /// The file's SHA-256, 64 lower-case digits.
  package var sha256: String

  init(identity: FileIdentity, sha256: String) {
    self.identity = identity
    self.sha256 = sha256
  }

  /// Reads what `text` wrote; nil if it is anything else, such as a note cut short by a full disk.
  init?(text: String) {
    guard text.hasSuffix("\n") else { return nil }
    let words = text.dropLast().split(separator: " ")
    guard words.count == 8, words[0] == "lucid-stamp", words[1] == "1",
      let device = UInt64(words[2]), let inode = UInt64(words[3]), let byteCount = Int64(words[4]),
      let modified = Int64(words[5]), let changed = Int64(words[6]), words[7].isHexadecimal(count: 64...64)
    else { return nil }
    identity = FileIdentity(device: device, inode: inode, byteCount: byteCount, modified: modified, changed: changed)
    sha256 = String(words[7])
  }

  /// The stamp as a line of text.
  var text: String {
    let file = "\(identity.device) \(identity.inode) \(identity.byteCount) \(identity.modified) \(identity.changed)"
    return "lucid-stamp 1 \(file) \(sha256)\n"
  }
}

extension StringProtocol {
  /// Whether this is that many lower-case hexadecimal digits and nothing else.
  func isHexadecimal(count: ClosedRange<Int>) -> Bool {
    count.contains(utf8.count) && utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
