import Glibc
import LucidTensor

/// What tells a file on disk from any other and from itself before a change.
package struct FileIdentity: Sendable, Hashable {
  package var device: UInt64
  package var inode: UInt64
  package var byteCount: Int64
  /// When the content and when the inode last changed, in nanoseconds since 1970.
  package var modified: Int64
  package var changed: Int64

  init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    byteCount = Int64(info.st_size)
    modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
    changed = Int64(info.st_ctim.tv_sec) * 1_000_000_000 + Int64(info.st_ctim.tv_nsec)
  }

  init(device: UInt64, inode: UInt64, byteCount: Int64, modified: Int64, changed: Int64) {
    (self.device, self.inode, self.byteCount) = (device, inode, byteCount)
    (self.modified, self.changed) = (modified, changed)
  }
}

/// The system calls that the cache is made of; each failure becomes a `LucidError` that says what to do.
enum FileSystem {
  /// What a path leads to, links followed; nil if there is nothing.
  static func status(of path: String, followLinks: Bool = true) throws -> stat? {
    var info = stat()
    if (followLinks ? stat(path, &info) : lstat(path, &info)) == 0 { return info }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw failure("looking at \(path)", errno)
  }

  /// The identity of the regular file that a path leads to, links followed; nil if there is none.
  static func identity(of path: String) throws -> FileIdentity? {
    guard let info = try status(of: path), info.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileIdentity(info)
  }

  /// Makes a folder and those above it, and writes each new name to disk.
  static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return try synchronizeFolder(parent(of: path)) }
    switch errno {
    case EEXIST:
      if let info = try status(of: path), info.st_mode & S_IFMT == S_IFDIR { return }
      throw failure("making the folder \(path)", EEXIST)
    case ENOENT where parent(of: path) != path:
      try makeFolder(parent(of: path))
      if mkdir(path, 0o777) != 0, errno != EEXIST { throw failure("making the folder \(path)", errno) }
      try synchronizeFolder(parent(of: path))
    case let code: throw failure("making the folder \(path)", code)
    }
  }

  /// Writes a folder's list of names to disk, so that a rename in it survives a power cut.
  static func synchronizeFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("opening the folder \(path)", errno) }
    defer { close(descriptor) }
    // Some network file systems cannot do this for a folder, and say EINVAL: nothing more can be done there.
    if fsync(descriptor) != 0, errno != EINVAL { throw failure("writing the folder \(path) to disk", errno) }
  }

  /// Writes a file's bytes to disk and lets nobody write to it from here on.
  static func protect(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("reading \(path)", errno) }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, fchmod(descriptor, info.st_mode & 0o444) == 0 else {
      throw failure("protecting \(path)", errno)
    }
    guard fsync(descriptor) == 0 else { throw failure("writing \(path) to disk", errno) }
  }

  /// Renames, replacing what has the new name.
  static func rename(_ old: String, to new: String) throws {
    if Glibc.rename(old, new) != 0 { throw failure("moving \(old) to \(new)", errno) }
  }

  /// Writes a small file so that readers see the old content or the new, never half.
  static func replace(_ path: String, with text: String) throws {
    let temporary = "\(path).\(uniqueSuffix())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("writing \(path)", errno) }
    var text = text
    do {
      defer { close(descriptor) }
      try text.withUTF8 { try write(UnsafeRawBufferPointer($0), to: descriptor, path) }
    } catch {
      unlink(temporary)
      throw error
    }
    if Glibc.rename(temporary, path) != 0 {
      let code = errno
      unlink(temporary)
      throw failure("writing \(path)", code)
    }
  }

  /// Writes all of the bytes.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("writing \(path)", errno)
      }
      done += count
    }
  }

  /// A small file's text; nil if there is none or it cannot be read, which for notes beside the data is the same.
  static func note(at path: String, limit: Int = 4096) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = read(descriptor, &buffer, limit)
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// The names in a folder, sorted; none if there is no such folder.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a file, or a folder with all in it. What is already gone is no failure; links are not followed.
  static func removeTree(_ path: String) {
    guard unlink(path) != 0, errno == EISDIR || errno == EPERM else { return }
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
  }

  /// The bytes in a file or folder, and when anything in it last changed, in seconds since 1970.
  static func measureTree(_ path: String) -> (byteCount: Int, modified: Int) {
    var info = stat()
    guard lstat(path, &info) == 0 else { return (0, 0) }
    guard info.st_mode & S_IFMT == S_IFDIR else { return (Int(info.st_size), info.st_mtim.tv_sec) }
    return names(in: path).reduce((0, info.st_mtim.tv_sec)) { total, name in
      let part = measureTree("\(path)/\(name)")
      return (total.0 + part.byteCount, max(total.1, part.modified))
    }
  }

  /// The folder that a path is in.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A name part that no other process, thread or machine uses.
  static func uniqueSuffix() -> String {
    "\(getpid())-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  /// A failed system call, with what a person can do about it.
  static func failure(_ doing: String, _ code: Int32) -> LucidError {
    let advice =
      switch code {
      case ENOSPC, EDQUOT: "Free some space, or set LUCID_HOME to a folder on a disk with more room."
      case EACCES, EPERM, EROFS: "Check who may read and write there, or set LUCID_HOME to a folder of your own."
      case ENOTDIR, EEXIST: "A file is where a folder is needed: move it away, or set LUCID_HOME to another folder."
      case ENOENT: "Check the path."
      case EMFILE, ENFILE: "Too many files are open: raise the limit (ulimit -n)."
      default: "Check the disk, or set LUCID_HOME to a folder on another one."
      }
    return LucidError(.fileUnreadable, doing: doing, problem: systemText(code), advice: advice)
  }

  /// The system's words for an error number.
  static func systemText(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
