import Glibc
import LucidTensor

/// Keeps processes that want the same file from fetching it twice: the first holds a lock, and the others wait until it
/// has published the file.
///
/// The lock saves bandwidth and nothing else. Where it cannot be had, or where a file system lets two have it, each
/// process writes to a partial file of its own and publishes the same bytes.
final class ProcessFlight {
  /// How a lock is asked for: `flock` without waiting; 0, or -1 with `errno`.
  typealias LockCall = @Sendable (_ descriptor: Int32) -> Int32

  static let systemLock: LockCall = { flock($0, LOCK_EX | LOCK_NB) }

  private let path: String
  private let key: String
  private let layout: CacheLayout
  private let patience: Double
  private let lock: LockCall
  private var descriptor: Int32 = -1
  private var isOwner = false

  init(_ layout: CacheLayout, key: String, patience: Double, lock: @escaping LockCall) {
    (self.layout, self.key, self.patience, self.lock) = (layout, key, patience, lock)
    path = "\(layout.locks)/\(key)"
  }

  deinit { leave() }

  /// Waits for the lock; returns what `landed` finds as soon as it finds something, which another process has brought.
  /// An owner that brings nothing for a long time is named in a warning and waited for no longer.
  func enter(_ work: Work, landed: () throws -> VerifiedFile?) throws -> VerifiedFile? {
    guard (try? layout.makeRoot()) != nil, (try? FileSystem.makeFolder(layout.locks)) != nil else { return nil }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    var lastCount = -1
    var lastChange = ContinuousClock.now
    while true {
      try work.checkCancellation()
      if lock(descriptor) == 0 {
        // An owner that has finished took the name with it: the lock is on the file that has the name now.
        var info = stat()
        if fstat(descriptor, &info) == 0, let named = try FileSystem.identity(of: path), named.inode != info.st_ino {
          close(descriptor)
          descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
          if descriptor >= 0 { continue }
          return nil
        }
        isOwner = true
        writeOwner()
        return try landed()
      }
      guard errno == EWOULDBLOCK || errno == EINTR else { return nil }
      if let file = try landed() { return file }
      let owner =
        FileSystem.note(at: path).flatMap { $0.isEmpty ? nil : $0.split(separator: "\n").first } ?? "a process"
      let count = byteCount()
      let now = ContinuousClock.now
      if count != lastCount {
        work.report(.connecting("\(owner), which is fetching \(work.fileName) already (\(max(0, count)) bytes so far)"))
        (lastCount, lastChange) = (count, now)
      } else if lastChange.duration(to: now) > .seconds(patience) {
        work.report(
          .warning("\(owner) is fetching \(work.fileName) but has brought nothing for \(patience) seconds; not waiting")
        )
        close(descriptor)
        descriptor = -1
        return nil
      }
      usleep(50_000)
    }
  }

  /// Lets the next have the lock.
  func leave() {
    guard descriptor >= 0 else { return }
    if isOwner { unlink(path) }
    isOwner = false
    close(descriptor)
    descriptor = -1
  }

  private func byteCount() -> Int {
    FileSystem.names(in: layout.partials).filter { $0.hasPrefix(key + ".") }
      .reduce(0) { $0 + FileSystem.measureTree("\(layout.partials)/\($1)/bytes").byteCount }
  }

  private func writeOwner() {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var text = "process \(getpid()) on \(host)\n"
    // Only people read it: a failure to write it is none.
    _ = ftruncate(descriptor, 0)
    _ = text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }
}
