import Foundation
import LucidTensor
import Synchronization

/// The bytes of a file that is read instead of mapped, each at the place that it has in the file.
///
/// Address space is reserved for the whole file, which costs no memory, and pages of it are filled when they are asked
/// for: the header of a checkpoint and no more. Large parts are read past these pages, into memory of their own
/// (``copy(_:to:)``). Whatever the file system answers is an error that is thrown, never a signal.
///
/// `@unchecked Sendable` holds because a page is written once, under the lock, before it is noted as there, and is given
/// out only to those who found it noted under the lock; all else is constant.
final class FilePages: @unchecked Sendable {
  /// What reads: as `pread`, with `errno` set where the result is negative. Tests put their own faults here.
  typealias Read =
    @Sendable (_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int, _ offset: Int) -> Int

  static let system: Read = { pread($0, $1, $2, $3) }

  /// The unit of reading: what the system's own cache reads at least.
  static let pageSize = 4096
  /// The most bytes of one call; `pread` itself ends at 2 GiB.
  private static let largestRead = 1 << 30

  let base: UnsafeMutableRawPointer
  private let path: String
  private let count: Int
  private let descriptor: Int32
  private let read: Read
  /// The numbers of the pages that are there.
  private let present = Mutex<Set<Int>>([])

  /// The pages of an open file of `count` bytes, more than 0. The descriptor is closed with this object, or when this
  /// throws ``LucidError``.
  init(path: String, descriptor: Int32, count: Int, read: @escaping Read) throws(LucidError) {
    let space = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let space, space != MAP_FAILED else {
      let code = errno
      close(descriptor)
      throw LucidError(
        .fileUnreadable, doing: "opening \(path)",
        problem: "there is no address space for its \(count) bytes: \(FileSystem.systemText(code))")
    }
    base = space
    (self.path, self.count, self.descriptor, self.read) = (path, count, descriptor, read)
  }

  deinit {
    munmap(base, count)
    close(descriptor)
  }

  /// Fills the pages of a range that is inside the file. Throws ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  func load(_ range: Range<Int>) throws(LucidError) {
    guard !range.isEmpty else { return }
    let pages = range.lowerBound / Self.pageSize..<(range.upperBound - 1) / Self.pageSize + 1
    try present.withLock { (present) throws(LucidError) in
      var next = pages.lowerBound
      while let first = (next..<pages.upperBound).first(where: { !present.contains($0) }) {
        next = (first..<pages.upperBound).first { present.contains($0) } ?? pages.upperBound
        let missing = first * Self.pageSize..<min(next * Self.pageSize, count)
        try copy(missing, to: base + missing.lowerBound)
        present.formUnion(first..<next)
      }
    }
  }

  /// Reads a range that is inside the file into memory of the caller's. Throws ``LucidError`` with
  /// ``LucidError/Code/fileUnreadable`` where the file system cannot give it or the file has become shorter.
  func copy(_ range: Range<Int>, to target: UnsafeMutableRawPointer) throws(LucidError) {
    var done = 0
    while done < range.count {
      let result = read(descriptor, target + done, min(range.count - done, Self.largestRead), range.lowerBound + done)
      let code = errno
      if result < 0, code == EINTR { continue }
      guard result > 0 else {
        throw LucidError(
          .fileUnreadable, doing: "reading \(path)",
          problem: result == 0
            ? "it has been cut from \(count) to \(range.lowerBound + done) bytes or fewer since it was opened"
            : "bytes \(range.lowerBound + done) to \(range.upperBound) cannot be read: \(FileSystem.systemText(code))",
          advice: "It is on a network file system: see whether its server answers and the file is still there, or copy "
            + "it to a disk of this machine.")
      }
      done += result
    }
  }
}
