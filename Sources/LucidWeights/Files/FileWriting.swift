import Glibc
import LucidTensor

/// Writes files that a person asked for.
enum FileWriting {
  /// Makes or replaces a file: `body` writes a temporary one beside it, which is then renamed, so that there is the whole
  /// file or, after a failure, what was there before. A link's target is replaced, not the link. A path that leads to
  /// no regular file, such as a pipe or `/dev/stdout`, is opened and written to as it is.
  ///
  /// - Throws: what `body` throws, and ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  static func write(_ path: String, _ body: (Int32) throws -> Void) throws {
    func failure(_ code: Int32) -> LucidError {
      LucidError(
        .fileUnreadable, doing: "writing \(path)", problem: FileSystem.systemText(code),
        advice: "Check that the folder exists, that you may write to it and that there is room.")
    }
    let existing = try FileSystem.status(of: path)
    if let kind = existing.map({ $0.st_mode & S_IFMT }), kind != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(errno) }
      defer { close(descriptor) }
      return try body(descriptor)
    }
    let target = existing == nil ? path : resolved(path) ?? path
    let temporary = "\(target).\(FileSystem.uniqueSuffix())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(errno) }
    do {
      do {
        defer { close(descriptor) }
        try body(descriptor)
        // Whoever could read the old file can read the new one.
        if let existing { fchmod(descriptor, existing.st_mode & 0o777) }
      }
      guard rename(temporary, target) == 0 else { throw failure(errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// The path without links in it.
  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
