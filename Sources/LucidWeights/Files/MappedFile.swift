import Foundation
import LucidTensor

/// The bytes of one file, mapped into memory and read through bounds checks.
///
/// Mapping costs no copy and no memory until a page is touched, so a checkpoint of gigabytes opens in the time of its
/// header. The price: another program that **truncates the file while it is mapped** makes the next touch of a lost page
/// end this process with `SIGBUS`, and one that writes into it changes tensors already handed out. A tensor that is asked
/// for after the file was cut is refused with an error (``checkLength()``); one that was handed out before cannot be
/// saved. The cache publishes files by atomic rename and never writes to one again, so this concerns only files that
/// somebody edits in place; replace those by rename too.
///
/// `@unchecked Sendable` holds because every stored property is constant and the bytes are never written here.
final class MappedFile: @unchecked Sendable {
  /// What errors call the file.
  let path: String
  /// The size when the file was opened.
  let count: Int
  private let base: UnsafeRawPointer
  private let backing: Backing
  /// Which file was opened; zeros where the bytes are none of a file's.
  private let device: dev_t
  private let inode: ino_t

  private enum Backing { case map, copy, nothing }

  /// Maps the file at a path. Throws ``LucidError`` with ``LucidError/Code/fileUnreadable`` when it is not a regular
  /// file that can be read.
  init(path: String) throws(LucidError) {
    func unreadable(_ problem: String, _ advice: String? = nil) -> LucidError {
      LucidError(.fileUnreadable, doing: "opening \(path)", problem: problem, advice: advice)
    }
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw unreadable(
        String(cString: strerror(code)),
        code == ENOENT ? "Check the path; relative ones start at \(FileManager.default.currentDirectoryPath)." : nil)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw unreadable(
        status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file",
        "Give the path of a checkpoint file.")
    }
    self.path = path
    count = Int(status.st_size)
    (device, inode) = (status.st_dev, status.st_ino)
    guard count > 0 else {
      // mmap refuses an empty range.
      base = UnsafeRawPointer(bitPattern: 64)!
      backing = .nothing
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw unreadable("it cannot be mapped into memory: \(String(cString: strerror(errno)))")
    }
    base = UnsafeRawPointer(start)
    backing = .map
  }

  /// A copy of bytes that are in memory already, under a name for errors.
  init(bytes: some Collection<UInt8>, named name: String) {
    path = name
    count = bytes.count
    (device, inode) = (0, 0)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
    copy.copyBytes(from: bytes)
    base = UnsafeRawPointer(copy.baseAddress!)
    backing = .copy
  }

  /// Whether the bytes are those of a file at ``path``.
  var isOnDisk: Bool {
    if case .copy = backing { false } else { true }
  }

  /// Throws ``LucidError`` with ``LucidError/Code/fileUnreadable`` where the mapped file has become shorter, so that its
  /// last pages can no longer be touched. A file that another was renamed over is another file, and the map stays whole.
  func checkLength() throws(LucidError) {
    var status = stat()
    guard backing == .map, stat(path, &status) == 0, status.st_dev == device, status.st_ino == inode,
      status.st_size < count
    else { return }
    throw LucidError(
      .fileUnreadable, doing: "reading \(path)",
      problem: "it has been cut from \(count) to \(status.st_size) bytes since it was opened",
      advice: "Open it again when whoever writes it is done; a file is replaced safely by renaming another over it.")
  }

  deinit {
    switch backing {
    case .map: munmap(UnsafeMutableRawPointer(mutating: base), count)
    case .copy: base.deallocate()
    case .nothing: break
    }
  }

  /// The bytes of a range that the caller has checked; valid as long as the file object is. Traps outside the file.
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a file of \(count) bytes")
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// Whether the file has these bytes at an offset.
  func has(_ bytes: [UInt8], at offset: Int) -> Bool {
    offset >= 0 && bytes.count <= count && offset <= count - bytes.count
      && self.bytes(offset..<offset + bytes.count).elementsEqual(bytes)
  }

  /// The text of a range that the caller has checked, nil when it is not UTF-8.
  func text(_ range: Range<Int>) -> String? {
    String(validating: bytes(range), as: UTF8.self)
  }
}

/// The errors of a file, each with its path.
extension MappedFile {
  /// The bytes break the rules of the format.
  func corrupt(_ problem: String) -> LucidError {
    LucidError(
      .corruptFile, doing: "reading \(path)", problem: problem,
      advice: "The file is damaged, incomplete or not what its writer says; fetch or save it again.")
  }

  /// The file is of a format, or uses a feature, that is not supported.
  func unsupported(_ problem: String, _ advice: String? = nil) -> LucidError {
    LucidError(.unsupportedFormat, doing: "reading \(path)", problem: problem, advice: advice)
  }

  /// The file asks for something that a data file has no business with.
  func unsafe(_ problem: String, _ advice: String? = nil) -> LucidError {
    LucidError(.unsafeFile, doing: "reading \(path)", problem: problem, advice: advice)
  }
}
