import Glibc
import LucidTensor

/// A file that a person asked for. It is written under a temporary name in the same folder and gets its own when it is
/// whole: nobody ever sees half of it, and what had the name before is there until then. A mapped file may therefore be
/// replaced by what was read from it.
///
/// A link's target is replaced, not the link. A path that leads to no regular file, such as a pipe or `/dev/stdout`, is
/// opened and written to as it is. For one thread.
final class OutputFile {
  let path: String
  /// The bytes written so far.
  private(set) var byteCount = 0
  /// Where the file will be, links followed; nil where it is written to in place.
  private let target: String?
  private let temporary: String
  private let descriptor: Int32
  private var isPublished = false

  /// A new, empty file. Throws ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  init(path: String) throws(LucidError) {
    self.path = path
    var existing = stat()
    let isThere = stat(path, &existing) == 0
    guard !isThere || existing.st_mode & S_IFMT == S_IFREG else {
      (target, temporary) = (nil, "")
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.failure(path, errno) }
      return
    }
    let target = isThere ? Self.resolved(path) : path
    self.target = target
    temporary = "\(target).\(FileSystem.uniqueSuffix()).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    // Whoever could read the old file can read the new one.
    if isThere { fchmod(descriptor, existing.st_mode & 0o777) }
  }

  deinit {
    close(descriptor)
    if target != nil, !isPublished { unlink(temporary) }
  }

  /// The path without links in it.
  private static func resolved(_ path: String) -> String {
    guard let text = realpath(path, nil) else { return path }
    defer { free(text) }
    return String(cString: text)
  }

  /// What is written between two looks at whether the task was cancelled.
  private static let chunk = 16 << 20

  /// Appends bytes. Throws `CancellationError` when the task was cancelled.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      try Task.checkCancellation()
      let count = Glibc.write(descriptor, bytes.baseAddress! + done, min(bytes.count - done, Self.chunk))
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path, errno)
      }
      done += count
    }
    byteCount += bytes.count
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends a tensor's elements in row-major order.
  func write(_ tensor: Tensor) throws { try tensor.withUnsafeBytes { try write($0) } }

  /// Writes what is in the system's buffers to disk and gives the file its name.
  func publish() throws(LucidError) {
    precondition(!isPublished, "OutputFile: published twice")
    guard let target else { return }
    guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw Self.failure(path, errno) }
    isPublished = true
    // The rename reaches the disk with the folder. A folder that cannot be opened for reading can still be written to.
    let folder = open(FileSystem.parent(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    if fsync(folder) != 0, errno != EINVAL { throw Self.failure(path, errno) }
  }

  private static func failure(_ path: String, _ code: Int32) -> LucidError {
    let advice =
      switch code {
      case ENOENT: "Make the folder \(FileSystem.parent(of: path)) first."
      case ENOSPC, EDQUOT: "Free some space on that disk."
      case EFBIG: "The file would be larger than its disk or `ulimit -f` allows."
      case EACCES, EPERM, EROFS: "Choose a folder that you may write to."
      case EISDIR, ENOTEMPTY, EEXIST: "A folder has that name; choose another."
      default: "Check the path and the disk."
      }
    return LucidError(
      .fileUnreadable, doing: "writing \(path)", problem: FileSystem.systemText(code), advice: advice)
  }
}

/// Collects little-endian numbers and text.
struct ByteBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func put(_ more: [UInt8]) { bytes.append(contentsOf: more) }
}
