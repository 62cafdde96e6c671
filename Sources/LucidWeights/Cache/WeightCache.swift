import Foundation
import LucidTensor
import Synchronization

/// Verified files on this machine, by content.
///
/// Any number of tasks, processes and machines may use one root at the same time: a file appears in it by a rename of a
/// whole, hashed file and never changes after. A hit writes nothing, so a root may be read-only.
package final class WeightCache: Sendable {
  package let layout: CacheLayout
  private let stamps: StampBook

  package init(root: String) {
    layout = CacheLayout(root: root)
    stamps = StampBook(layout: layout)
  }

  /// The cached file for a source, if it is there and unchanged since it was hashed: a `stat`, no hashing.
  package func stamped(_ source: WeightSource) throws -> VerifiedFile? {
    guard let sha256 = fullDigest(of: source) else { return nil }
    guard let identity = try FileSystem.identity(of: layout.blob(sha256)) else { return nil }
    guard stamps.digest(for: identity, subject: sha256) == sha256 else { return nil }
    return file(source, sha256, identity)
  }

  /// The cached file for a source, hashed where there is no stamp for it. A damaged one is thrown out, which is a
  /// `SourceFailure`.
  func verified(_ source: WeightSource, _ work: Work) throws -> VerifiedFile? {
    guard let sha256 = fullDigest(of: source) else { return nil }
    let blob = layout.blob(sha256)
    guard let (found, identity) = try stamps.digest(ofFileAt: blob, subject: sha256, isBlob: true, work) else {
      return nil
    }
    if found == sha256 { return file(source, sha256, identity) }
    // A healthy copy that another process has put there in the meantime stays.
    let isSame = try FileSystem.identity(of: blob) == identity
    let isGone = !isSame || unlink(blob) == 0
    throw SourceFailure(
      .digestMismatch,
      "the copy in the cache, \(blob), was damaged (its SHA-256 is \(found))"
        + (isGone ? " and was thrown out" : "; it cannot be removed: \(FileSystem.systemText(errno))"))
  }

  /// A file outside of the cache, used where it is, if it is what the source says; nil if there is no file.
  func inPlace(_ path: String, for source: WeightSource, _ work: Work) throws -> VerifiedFile? {
    let subject = try IncrementalSHA256.digest(of: path)
    guard let (found, identity) = try stamps.digest(ofFileAt: path, subject: subject, isBlob: false, work) else {
      return nil
    }
    try check(found, Int(identity.byteCount), against: source)
    return VerifiedFile(path: path, sha256: found, byteCount: Int(identity.byteCount))
  }

  /// A file outside of the cache that was found to be what the source says and has not changed since; no hashing.
  func stampedInPlace(_ path: String, for source: WeightSource) throws -> VerifiedFile? {
    guard let identity = try FileSystem.identity(of: path),
      let found = stamps.digest(for: identity, subject: try IncrementalSHA256.digest(of: path)),
      source.digest.matches(found), source.byteCount ?? Int(identity.byteCount) == Int(identity.byteCount)
    else { return nil }
    return VerifiedFile(path: path, sha256: found, byteCount: Int(identity.byteCount))
  }

  /// The path of the blob for a source, whether there is one or not; nil where its full digest is not known.
  func blobPath(_ source: WeightSource) -> String? { fullDigest(of: source).map { layout.blob($0) } }

  /// The file that a person has placed in `manual` for a source, moved in among the blobs where that can be done.
  func placedByHand(_ source: WeightSource, _ work: Work) throws -> VerifiedFile? {
    let path = layout.placedByHand(source.location.fileName)
    guard let file = try inPlace(path, for: source, work) else { return nil }
    // A link stays a link to the person's own file.
    guard let info = try FileSystem.status(of: path, followLinks: false), info.st_mode & S_IFMT == S_IFREG else {
      return file
    }
    do {
      let blob = layout.blob(file.sha256)
      try FileSystem.makeFolder(FileSystem.parent(of: blob))
      try FileSystem.protect(path)
      linkReadable(source, file.sha256)
      try FileSystem.rename(path, to: blob)
      try FileSystem.synchronizeFolder(FileSystem.parent(of: blob))
      guard let identity = try FileSystem.identity(of: blob) else { return nil }
      return note(source, file.sha256, identity)
    } catch {
      // The root, or the file in it, is not ours to change: the file is as good where it is, if it still is there.
      return try FileSystem.identity(of: path) != nil ? file : verified(source, work)
    }
  }

  /// A partial file with what earlier attempts have left, or a new one; makes the cache's folders if need be and clears
  /// away what nobody came back for.
  func makePartial(for source: WeightSource) throws -> PartialFile {
    try prepareRoot()
    let key = source.digest.hex
    return try PartialFile.claim(in: layout, key: key) ?? PartialFile(in: layout, key: key)
  }

  /// A new folder for partial files, which its user must remove.
  func makePartialFolder(for source: WeightSource) throws -> String {
    try prepareRoot()
    let path = "\(layout.partials)/\(CacheLayout.safeName(source.location.fileName)).\(FileSystem.uniqueSuffix())"
    try FileSystem.makeFolder(path)
    return path
  }

  /// Takes a finished file in, or throws a `SourceFailure` and takes nothing if it is not what the source says.
  func publish(_ partial: PartialFile, for source: WeightSource) throws -> VerifiedFile {
    let sha256 = try partial.sha256()
    try check(sha256, partial.byteCount, against: source)
    // Another process was quicker: its file, which others may hold a stamp of, stays. Where two are as quick as each
    // other the later rename wins, and the stamp may be of the earlier: the next use hashes once more.
    if let file = try stamped(source) {
      partial.isWorthKeeping = false
      return file
    }
    linkReadable(source, sha256)
    let identity = try partial.publish(to: layout.blob(sha256))
    PartialFile.removeAbandoned(in: layout, key: source.digest.hex)
    return note(source, sha256, identity)
  }

  /// Takes in the verified bytes of a file that is part of the program.
  func publish(_ bytes: Data, for source: WeightSource) throws -> VerifiedFile {
    let partial = try makePartial(for: source)
    try partial.restart()
    try bytes.withUnsafeBytes { try partial.append($0) }
    return try publish(partial, for: source)
  }

  /// The digest of all of a source's bytes, if it is pinned or was found at an earlier use.
  private func fullDigest(of source: WeightSource) -> String? {
    let hex = source.digest.hex
    if source.digest.isFull { return hex }
    guard let text = FileSystem.note(at: layout.pin(source.location.fileName, prefix: hex)) else { return nil }
    let sha256 = text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    return sha256.isHexadecimal(count: 64...64) && sha256.hasPrefix(hex) ? String(sha256) : nil
  }

  private func check(_ sha256: String, _ byteCount: Int, against source: WeightSource) throws {
    if let expected = source.byteCount, expected != byteCount {
      throw SourceFailure(.digestMismatch, "the file has \(byteCount) bytes (sha256:\(sha256)), expected \(expected)")
    }
    guard source.digest.matches(sha256) else {
      throw SourceFailure(.digestMismatch, "the file has sha256:\(sha256), expected \(source.digest)")
    }
  }

  private func file(_ source: WeightSource, _ sha256: String, _ identity: FileIdentity) -> VerifiedFile {
    let blob = layout.blob(sha256)
    let readable = layout.readable(source.location.fileName, sha256: sha256)
    let isLinked = (try? FileSystem.identity(of: readable)) == identity
    return VerifiedFile(path: isLinked ? readable : blob, sha256: sha256, byteCount: Int(identity.byteCount))
  }

  /// Notes what is known of a new blob. None of the notes is needed: where one cannot be written, a hit hashes, and so a
  /// failure to write one is no failure to fetch.
  private func note(_ source: WeightSource, _ sha256: String, _ identity: FileIdentity) -> VerifiedFile {
    stamps.record(Stamp(identity: identity, sha256: sha256), subject: sha256)
    let name = source.location.fileName
    if !source.digest.isFull {
      let pin = layout.pin(name, prefix: source.digest.hex)
      try? FileSystem.makeFolder(FileSystem.parent(of: pin))
      try? FileSystem.replace(pin, with: "\(sha256)\n")
    }
    return file(source, sha256, identity)
  }

  /// Makes the link by which a person finds a blob. It is made before the blob is there, so that whoever sees the blob is
  /// given the same path; where it cannot be made, a person sees digits for a name.
  private func linkReadable(_ source: WeightSource, _ sha256: String) {
    let readable = layout.readable(source.location.fileName, sha256: sha256)
    try? FileSystem.makeFolder(FileSystem.parent(of: readable))
    let temporary = "\(readable).\(FileSystem.uniqueSuffix())"
    if symlink("../blobs/sha256/\(sha256.prefix(2))/\(sha256)", temporary) == 0, rename(temporary, readable) != 0 {
      unlink(temporary)
    }
  }

  /// Makes the folders that a fetch writes to.
  private func prepareRoot() throws {
    try layout.makeRoot()
    try FileSystem.makeFolder(layout.partials)
    try FileSystem.makeFolder(layout.manual)
    let now = Int(time(nil))
    for name in FileSystem.names(in: layout.partials) {
      let path = "\(layout.partials)/\(name)"
      // What can be continued is kept for a week, for those who come back after a weekend.
      let isContinuable = (try? FileSystem.status(of: "\(path)/origin")) != nil
      let age = now - FileSystem.measureTree(path).modified
      if age > (isContinuable ? 7 : 1) * 24 * 60 * 60 { FileSystem.removeTree(path) }
    }
  }
}
