import Dispatch
import Glibc
import Synchronization

/// Hashes a file while it is being written: a thread that reads, from the page cache, whatever has become whole from the
/// file's beginning. What is hashed is what the file holds, also where an earlier process wrote it.
final class HashFollower: Sendable {
  private struct State {
    var end = 0
    var isFinishing = false
    var isStopped = false
    var result: Result<String, any Error>?
  }

  private let state = Mutex(State())
  private let more = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Follows an open file, which must stay open until `finish` or `stop` has returned.
  init(descriptor: Int32, path: String) {
    Work.startThread { [self] in
      let result = Result { try follow(descriptor, path) }
      state.withLock { $0.result = result }
      ended.signal()
    }
  }

  /// Says that the file is whole up to `end`.
  func advance(to end: Int) {
    state.withLock { $0.end = end }
    more.signal()
  }

  /// Waits for the rest and returns the digest of all up to the last `end`, 64 lower-case digits. May be asked again.
  func finish() throws -> String {
    state.withLock { $0.isFinishing = true }
    more.signal()
    ended.wait()
    ended.signal()
    guard let result = state.withLock({ $0.result }) else {
      preconditionFailure("HashFollower: ended without a result")
    }
    return try result.get()
  }

  /// Ends the thread and waits until it has.
  func stop() {
    state.withLock { $0.isStopped = true }
    more.signal()
    ended.wait()
    ended.signal()
  }

  private func follow(_ descriptor: Int32, _ path: String) throws -> String {
    let hash = try IncrementalSHA256()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var done = 0
    while true {
      let (end, isFinishing, isStopped) = state.withLock { ($0.end, $0.isFinishing, $0.isStopped) }
      if isStopped { throw CancellationError() }
      if done == end {
        if isFinishing { return try hash.finish() }
        more.wait()
        continue
      }
      let count = pread(descriptor, buffer.baseAddress, min(buffer.count, end - done), off_t(done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileSystem.failure("reading \(path)", count < 0 ? errno : EIO) }
      try hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      done += count
    }
  }
}
