import Glibc
import LucidTensor

/// A file on its way into the cache: hashed as it is written, and gone with this object unless it was published.
///
/// For one thread.
final class PartialFile {
  let path: String
  /// The bytes written so far.
  private(set) var byteCount = 0
  private let descriptor: Int32
  private let hash: IncrementalSHA256
  private var isPublished = false

  /// A new, empty file in the cache's folder for partial files.
  init(in layout: CacheLayout, name: String) throws {
    path = "\(layout.partials)/\(CacheLayout.safeName(name)).\(FileSystem.uniqueSuffix())"
    hash = try IncrementalSHA256()
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("writing \(path)", errno) }
  }

  deinit {
    close(descriptor)
    if !isPublished { unlink(path) }
  }

  /// Writes and hashes more bytes.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try FileSystem.write(bytes, to: descriptor, path)
    try hash.update(bytes)
    byteCount += bytes.count
  }

  /// Empties the file, for another attempt.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw FileSystem.failure("emptying \(path)", errno)
    }
    try hash.restart()
    byteCount = 0
  }

  /// The digest of the bytes; nothing may be appended after.
  func sha256() throws -> String { try hash.finish() }

  /// Moves the finished file to its place so that it is there whole or not at all, power cuts included, and returns its
  /// identity there.
  func publish(to destination: String) throws -> FileIdentity {
    precondition(!isPublished, "PartialFile: published twice")
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw FileSystem.failure("looking at \(path)", errno) }
    // Nobody writes to a blob: other processes map it.
    guard fchmod(descriptor, info.st_mode & 0o444) == 0 else { throw FileSystem.failure("protecting \(path)", errno) }
    guard fsync(descriptor) == 0 else { throw FileSystem.failure("writing \(path) to disk", errno) }
    let folder = FileSystem.parent(of: destination)
    try FileSystem.makeFolder(folder)
    try FileSystem.rename(path, to: destination)
    isPublished = true
    try FileSystem.synchronizeFolder(folder)
    guard fstat(descriptor, &info) == 0 else { throw FileSystem.failure("looking at \(destination)", errno) }
    return FileIdentity(info)
  }
}
