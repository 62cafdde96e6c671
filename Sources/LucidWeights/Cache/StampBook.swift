import Glibc
import LucidTensor
import Synchronization

/// The stamps of a cache: on disk for other processes, in memory for this one, which is all there is where the root
/// cannot be written.
final class StampBook: Sendable {
  private let layout: CacheLayout
  private let known = Mutex<[String: Stamp]>([:])

  init(layout: CacheLayout) { self.layout = layout }

  /// The digest that a file of this identity was found to have, if it was hashed and has not changed since.
  func digest(for identity: FileIdentity, subject: String) -> String? {
    if let stamp = known.withLock({ $0[subject] }), stamp.identity == identity { return stamp.sha256 }
    guard let text = FileSystem.note(at: layout.stamp(subject)), let stamp = Stamp(text: text),
      stamp.identity == identity
    else { return nil }
    known.withLock { $0[subject] = stamp }
    return stamp.sha256
  }

  /// The digest of the regular file at a path, by stamp or else by hashing; nil if there is none. `isBlob` is for files
  /// that nobody writes to.
  func digest(
    ofFileAt path: String, subject: String, isBlob: Bool, _ work: Work
  ) throws -> (sha256: String, identity: FileIdentity)? {
    guard let identity = try FileSystem.identity(of: path) else { return nil }
    if let sha256 = digest(for: identity, subject: subject) { return (sha256, identity) }
    let started = Int64(time(nil)) * 1_000_000_000
    let stamp = try hash(path, work)
    // A file that was changed just now can change again without a new time of change: it is hashed again next time.
    if isBlob || stamp.identity.modified < started - 2_000_000_000 { record(stamp, subject: subject) }
    return (stamp.sha256, stamp.identity)
  }

  /// Keeps a stamp, in memory at least.
  func record(_ stamp: Stamp, subject: String) {
    known.withLock { $0[subject] = stamp }
    let path = layout.stamp(subject)
    do {
      try layout.makeRoot()
      try FileSystem.makeFolder(FileSystem.parent(of: path))
      try FileSystem.replace(path, with: stamp.text)
    } catch {
      // The root is read-only, say: the next process hashes the file again, and nothing is lost but time.
    }
  }

  private func hash(_ path: String, _ work: Work) throws -> Stamp {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.failure("reading \(path)", errno) }
    defer { close(descriptor) }
    var before = stat()
    guard fstat(descriptor, &before) == 0 else { throw FileSystem.failure("looking at \(path)", errno) }
    let digest = try IncrementalSHA256()
    try FileReading.forEachChunk(of: descriptor, path) { bytes, done in
      try work.checkCancellation()
      try digest.update(bytes)
      work.report(.verifying, done, Int(before.st_size))
    }
    var after = stat()
    guard fstat(descriptor, &after) == 0 else { throw FileSystem.failure("looking at \(path)", errno) }
    guard FileIdentity(before) == FileIdentity(after) else {
      throw LucidError(
        .fileUnreadable, doing: "verifying \(path)", problem: "the file was changed while it was read",
        advice: "Try again when nothing writes to it.")
    }
    return Stamp(identity: FileIdentity(after), sha256: try digest.finish())
  }
}

/// Reading a file from its beginning to its end.
enum FileReading {
  /// Calls `body` with each piece of a file and the bytes read so far, the piece included.
  static func forEachChunk(
    of descriptor: Int32, _ path: String, _ body: (UnsafeRawBufferPointer, _ done: Int) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var done = 0
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.failure("reading \(path)", errno)
      }
      if count == 0 { return }
      done += count
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]), done)
    }
  }
}
