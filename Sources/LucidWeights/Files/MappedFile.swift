import Foundation
import LucidTensor
import Synchronization

/// The bytes of one file, mapped into memory and read through bounds checks.
///
/// Mapping costs no copy and no memory until a page is touched, so a checkpoint of gigabytes opens in the time of its
/// header. The price: another program that **truncates the file while it is mapped** makes the next touch of a lost page
/// end this process with `SIGBUS`, and one that writes into it changes tensors already handed out. A tensor that is asked
/// for after the file was cut is refused with an error (``checkLength()``); one that was handed out before cannot be
/// saved. The cache publishes files by atomic rename and never writes to one again, so this concerns only files that
/// somebody edits in place; replace those by rename too.
///
/// A file on a network file system (``NetworkFileSystem``) would do the same whenever its server is away. It is not mapped
/// but read: the header when it is opened, page by page, and each tensor into memory of its own when it is asked for.
/// Whatever fails there is thrown.
///
/// `@unchecked Sendable` holds because every stored property is constant and the bytes are never written here.
final class MappedFile: @unchecked Sendable {
  /// How the bytes of a file are had.
  enum Access: Sendable {
    /// Read where the file is on a network file system, else mapped.
    case automatic
    case mapped
    case read
  }

  /// What errors call the file.
  let path: String
  /// The size when the file was opened.
  let count: Int
  /// How it was asked to be opened, as the files that it names are to be.
  let access: Access
  private let base: UnsafeRawPointer
  private let backing: Backing
  /// Which file was opened; zeros where the bytes are none of a file's.
  private let device: dev_t
  private let inode: ino_t
  /// The copies of tensors' bytes that are still in use, so that tied tensors stay one.
  private let copies = Mutex<[Copy: WeakStorage]>([:])

  private enum Backing {
    case map, copy, nothing
    case pages(FilePages)
  }

  private struct Copy: Hashable {
    let range: Range<Int>
    let isBigEndian: Bool
  }

  private struct WeakStorage { weak var storage: Storage? }

  /// Opens the file at a path. Throws ``LucidError`` with ``LucidError/Code/fileUnreadable`` when it is not a regular
  /// file that can be read.
  ///
  /// - Parameter read: what reads a file that is not mapped.
  init(
    path: String, access: Access = .automatic, read: @escaping FilePages.Read = FilePages.system
  ) throws(LucidError) {
    func unreadable(_ problem: String, _ advice: String? = nil) -> LucidError {
      LucidError(.fileUnreadable, doing: "opening \(path)", problem: problem, advice: advice)
    }
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw unreadable(
        String(cString: strerror(code)),
        code != ENOENT
          ? nil
          : path.contains("://")
            ? "It is an address: fetch the file first. WeightResolver reads the header of one that is not fetched."
            : "Check the path; relative ones start at \(FileManager.default.currentDirectoryPath).")
    }
    var isKept = false
    defer { if !isKept { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw unreadable(
        status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file",
        "Give the path of a checkpoint file.")
    }
    self.path = path
    self.access = access
    count = Int(status.st_size)
    (device, inode) = (status.st_dev, status.st_ino)
    guard count > 0 else {
      // mmap refuses an empty range.
      base = UnsafeRawPointer(bitPattern: 64)!
      backing = .nothing
      return
    }
    if access == .read || access == .automatic && NetworkFileSystem.holds(descriptor) {
      isKept = true
      let pages = try FilePages(path: path, descriptor: descriptor, count: count, read: read)
      base = UnsafeRawPointer(pages.base)
      backing = .pages(pages)
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
    access = .automatic
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
    guard case .map = backing, stat(path, &status) == 0, status.st_dev == device, status.st_ino == inode,
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
    case .nothing, .pages: break
    }
  }

  /// The bytes of a range that the caller has checked; valid as long as the file object is. Traps outside the file; throws
  /// ``LucidError`` with ``LucidError/Code/fileUnreadable`` where a file that is not mapped cannot be read.
  func bytes(_ range: Range<Int>) throws(LucidError) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a file of \(count) bytes")
    if case .pages(let pages) = backing { try pages.load(range) }
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// Whether the file has these bytes at an offset.
  func has(_ bytes: [UInt8], at offset: Int) throws(LucidError) -> Bool {
    guard offset >= 0, bytes.count <= count, offset <= count - bytes.count else { return false }
    return try self.bytes(offset..<offset + bytes.count).elementsEqual(bytes)
  }

  /// The text of a range that the caller has checked, nil when it is not UTF-8.
  func text(_ range: Range<Int>) throws(LucidError) -> String? {
    String(validating: try bytes(range), as: UTF8.self)
  }
}

/// What tensors are made of.
extension MappedFile {
  /// The elements, of `size` bytes each, in a range that the caller has checked: the mapped bytes themselves where they are
  /// aligned and in this machine's order, else a copy, which the tensors of the same bytes share.
  ///
  /// Throws ``LucidError`` with ``LucidError/Code/fileUnreadable`` when the file has been cut since it was opened or cannot
  /// be read.
  func elements(_ range: Range<Int>, size: Int, isBigEndian: Bool) throws(LucidError) -> Storage {
    try checkLength()
    let isInPlace = if case .pages = backing { false } else { true }
    if isInPlace, !isBigEndian, Int(bitPattern: base + range.lowerBound) % size == 0 {
      return Storage(borrowing: try bytes(range), owner: self)
    }
    let key = Copy(range: range, isBigEndian: isBigEndian)
    if let shared = copies.withLock({ $0[key]?.storage }) { return shared }
    let copy = try copy(range)
    if isBigEndian { copy.swapBytes(ofElements: size) }
    // As a borrowed one: a tensor that is written to must not change what the next one is given.
    let shared = Storage(borrowing: UnsafeRawBufferPointer(start: copy.base, count: range.count), owner: copy)
    copies.withLock { $0[key] = WeakStorage(storage: shared) }
    return shared
  }

  /// A copy of a range that the caller has checked. Throws as ``elements(_:size:isBigEndian:)``, and where the machine has
  /// less memory than that: a file with holes in it can be far larger than the disk that it is on.
  func copy(_ range: Range<Int>) throws(LucidError) -> Storage {
    guard range.count < ProcessInfo.processInfo.physicalMemory else {
      throw LucidError(
        .invalidInput, doing: "reading \(path)",
        problem: "one of its arrays takes \(range.count) bytes, more than this machine has memory",
        advice: "Split the array into several.")
    }
    let storage = Storage(byteCount: range.count)
    if case .pages(let pages) = backing {
      try pages.copy(range, to: storage.base)
    } else if !range.isEmpty {
      storage.base.copyMemory(from: base + range.lowerBound, byteCount: range.count)
    }
    return storage
  }
}
