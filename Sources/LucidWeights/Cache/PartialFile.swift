import CCurl
import Glibc
import LucidTensor

/// A file on its way into the cache, in a folder of its own under `partial`: the bytes, a note of where they came from
/// (`PartialOrigin`) and, where several connections write, how far each is (`PartialPiece`). It is hashed as it grows.
///
/// Whatever ends the process, another can go on where this one stopped: see `claim`. In an orderly end the folder is
/// kept unless it was published, was found to be wrong or holds next to nothing.
///
/// For one thread.
final class PartialFile {
  /// Less than this is fetched again rather than kept, except when the process is killed.
  static let leastKept = 64 * 1024

  private let layout: CacheLayout
  private let key: String
  private let folder: String
  var path: String { "\(folder)/bytes" }
  /// Where the bytes came from; nil before the first.
  private(set) var origin: PartialOrigin?
  /// In order, from 0 on; the last ends at `Int.max` as long as the size is not known.
  private(set) var pieces = [PartialPiece(start: 0, end: .max, next: 0)]
  /// Whether bytes of more than one answer are in it, so that the whole may be wrong though each answer was right.
  var isPatched = false
  /// Whether the bytes are good as far as is known.
  var isWorthKeeping = true
  private let descriptor: Int32
  private var pieceTable: Int32 = -1
  private var follower: HashFollower?
  private var isPublished = false

  /// The bytes that are there from the beginning on without a gap.
  private(set) var byteCount = 0
  /// All bytes that are there.
  private(set) var receivedCount = 0

  /// A new, empty file in the cache's folder for partial files; those with one `key` are parts of the same bytes.
  convenience init(in layout: CacheLayout, key: String) throws {
    let folder = "\(layout.partials)/\(key).\(PartialOwner.tag())"
    try FileSystem.makeFolder(folder)
    try self.init(layout, key, folder)
  }

  private init(_ layout: CacheLayout, _ key: String, _ folder: String) throws {
    (self.layout, self.key, self.folder) = (layout, key, folder)
    let path = "\(folder)/bytes"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let code = errno
      FileSystem.removeTree(folder)
      throw FileSystem.failure("writing \(path)", code)
    }
  }

  deinit {
    follower?.stop()
    close(descriptor)
    if pieceTable >= 0 { close(pieceTable) }
    if isPublished || !isWorthKeeping || receivedCount < Self.leastKept {
      FileSystem.removeTree(folder)
    } else if rename(folder, "\(layout.partials)/\(key).\(PartialOwner.nobodysTag())") != 0 {
      FileSystem.removeTree(folder)
    }
  }

  /// What an earlier attempt at the same bytes has left, by this process or any other; nil if there is nothing.
  ///
  /// A folder whose process has ended is taken over by renaming it, which only one can do. What a process of another
  /// machine left is copied, since nobody can tell from here whether it still writes there.
  static func claim(in layout: CacheLayout, key: String) throws -> PartialFile? {
    let names = FileSystem.names(in: layout.partials).filter { $0.hasPrefix("\(key).") }
    let sized = names.map { ($0, FileSystem.measureTree("\(layout.partials)/\($0)/bytes").byteCount) }
    for (name, count) in sized.sorted(by: { $0.1 > $1.1 }) where count > 0 {
      let folder = "\(layout.partials)/\(name)"
      switch PartialOwner(tag: name.dropFirst(key.count + 1)) {
      case .alive: continue
      case .nobody, .dead:
        let own = "\(layout.partials)/\(key).\(PartialOwner.tag())"
        guard rename(folder, own) == 0 else { continue }
        let partial = try PartialFile(layout, key, own)
        try partial.load()
        return partial
      case .unknown:
        let isQuiet = FileSystem.measureTree(folder).modified < Int(time(nil)) - 60
        guard isQuiet, let partial = try copy(folder, layout, key) else { continue }
        return partial
      }
    }
    return nil
  }

  /// Removes what nobody writes to any more, once the whole file is there.
  static func removeAbandoned(in layout: CacheLayout, key: String) {
    for name in FileSystem.names(in: layout.partials) where name.hasPrefix("\(key).") {
      switch PartialOwner(tag: name.dropFirst(key.count + 1)) {
      case .nobody, .dead: FileSystem.removeTree("\(layout.partials)/\(name)")
      case .alive, .unknown: break
      }
    }
  }

  private static func copy(_ folder: String, _ layout: CacheLayout, _ key: String) throws -> PartialFile? {
    guard let text = FileSystem.note(at: "\(folder)/origin"), let origin = PartialOrigin(text: text) else { return nil }
    let limit = pieces(in: folder, origin)?.first.map { $0.next }
    let source = open("\(folder)/bytes", O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { return nil }
    defer { close(source) }
    let partial = try PartialFile(in: layout, key: key)
    try FileReading.forEachChunk(of: source, "\(folder)/bytes") { bytes, _ in
      let room = (limit ?? .max) - partial.byteCount
      if room > 0 { try partial.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room))) }
    }
    guard partial.byteCount > 0 else { return nil }
    try partial.note(origin)
    partial.isPatched = true
    return partial
  }

  /// Finds out what the folder that was taken over holds.
  private func load() throws {
    guard let text = FileSystem.note(at: "\(folder)/origin"), let found = PartialOrigin(text: text) else {
      return try restart()
    }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw FileSystem.failure("looking at \(path)", errno) }
    origin = found
    isPatched = true
    pieces =
      Self.pieces(in: folder, found)
      ?? [PartialPiece(start: 0, end: found.byteCount ?? .max, next: min(Int(info.st_size), found.byteCount ?? .max))]
    if pieces.count > 1 { try openPieceTable() }
    count()
    follow()
  }

  private static func pieces(in folder: String, _ origin: PartialOrigin) -> [PartialPiece]? {
    guard let size = origin.byteCount, let text = FileSystem.note(at: "\(folder)/pieces", limit: 1 << 22) else {
      return nil
    }
    return PartialPiece.read(text, byteCount: size)
  }
}

extension PartialFile {
  /// The size of the whole file, where it is known.
  var total: Int? { pieces.last.flatMap { $0.end == .max ? nil : $0.end } }

  /// Notes where the bytes come from from here on.
  func note(_ origin: PartialOrigin) throws {
    guard origin != self.origin else { return }
    self.origin = origin
    if let total = origin.byteCount, self.total == nil { pieces[pieces.count - 1].end = total }
    try FileSystem.replace("\(folder)/origin", with: origin.text)
  }

  /// Adds bytes at the end of what is there without a gap.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try write(bytes, piece: pieces.firstIndex { !$0.isWhole } ?? 0)
  }

  /// Adds bytes to a piece.
  func write(_ bytes: UnsafeRawBufferPointer, piece index: Int) throws {
    precondition(bytes.count <= pieces[index].end - pieces[index].next, "PartialFile: more bytes than the piece has")
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(pieces[index].next + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileSystem.failure("writing \(path)", errno) }
      done += count
    }
    pieces[index].next += bytes.count
    try recordPiece(index)
    count()
    follow()
  }

  /// Cuts what is missing into pieces of about `size` bytes that may be written in any order; the size must be known.
  func split(into size: Int) throws {
    guard let total, byteCount < total else { return }
    var cut: [PartialPiece] = []
    for piece in pieces {
      if piece.next > piece.start { cut.append(PartialPiece(start: piece.start, end: piece.next, next: piece.next)) }
      var start = piece.next
      while start < piece.end {
        let end = piece.end - start < size * 3 / 2 ? piece.end : start + size
        cut.append(PartialPiece(start: start, end: end, next: start))
        start = end
      }
    }
    pieces = cut
    try openPieceTable()
  }

  /// Empties the file, for another attempt.
  func restart() throws {
    follower?.stop()
    follower = nil
    if pieceTable >= 0 { close(pieceTable) }
    pieceTable = -1
    unlink("\(folder)/pieces")
    unlink("\(folder)/origin")
    guard ftruncate(descriptor, 0) == 0 else { throw FileSystem.failure("emptying \(path)", errno) }
    origin = nil
    pieces = [PartialPiece(start: 0, end: .max, next: 0)]
    isPatched = false
    count()
  }

  /// Makes sure that the disk has room for all of `total` bytes and keeps it for this file; throws
  /// ``LucidError/Code/insufficientSpace`` with the bytes needed and available where it has not.
  func reserve(_ total: Int) throws {
    var info = stat()
    var disk = statvfs()
    guard fstat(descriptor, &info) == 0, fstatvfs(descriptor, &disk) == 0 else {
      throw FileSystem.failure("looking at \(path)", errno)
    }
    let needed = max(0, total - Int(info.st_blocks) * 512)
    let (blocks, blockSize) = (Int(disk.f_bavail), Int(disk.f_frsize))
    let available = blocks * blockSize
    if needed > available { throw insufficientSpace(needed, available) }
    guard total > 0, fallocate(descriptor, lucid_fallocate_keep_size, 0, off_t(total)) != 0 else { return }
    // A file system that cannot reserve says so, and the writes will tell.
    if errno == ENOSPC || errno == EDQUOT { throw insufficientSpace(needed, available) }
  }

  private func insufficientSpace(_ needed: Int, _ available: Int) -> LucidError {
    LucidError(
      .insufficientSpace, doing: "making room for \(path)",
      problem: "No space left: \(needed) bytes are needed, \(available) are available",
      advice: "Free some space (`lucid cache prune` removes what was fetched), or set LUCID_HOME to a folder on a disk "
        + "with more room.",
      byteCounts: ["needed": needed, "available": available])
  }

  /// The digest of the bytes that are there without a gap; nothing may be added after.
  func sha256() throws -> String {
    follow()
    guard let follower else { return try IncrementalSHA256.digest(of: "") }
    return try follower.finish()
  }

  /// Moves the finished file to its place so that it is there whole or not at all, power cuts included, and returns its
  /// identity there.
  func publish(to destination: String) throws -> FileIdentity {
    precondition(!isPublished, "PartialFile: published twice")
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw FileSystem.failure("looking at \(path)", errno) }
    // Nobody writes to a blob: other processes map it.
    guard fchmod(descriptor, info.st_mode & 0o444) == 0 else { throw FileSystem.failure("protecting \(path)", errno) }
    guard fsync(descriptor) == 0 else { throw FileSystem.failure("writing \(path) to disk", errno) }
    let place = FileSystem.parent(of: destination)
    try FileSystem.makeFolder(place)
    try FileSystem.rename(path, to: destination)
    isPublished = true
    try FileSystem.synchronizeFolder(place)
    guard fstat(descriptor, &info) == 0 else { throw FileSystem.failure("looking at \(destination)", errno) }
    return FileIdentity(info)
  }

  private func count() {
    var front = 0
    for piece in pieces {
      front = piece.next
      if !piece.isWhole { break }
    }
    byteCount = front
    receivedCount = pieces.reduce(0) { $0 + $1.next - $1.start }
  }

  private func follow() {
    guard byteCount > 0 else { return }
    if follower == nil { follower = HashFollower(descriptor: descriptor, path: path) }
    follower?.advance(to: byteCount)
  }

  private func openPieceTable() throws {
    let path = "\(folder)/pieces"
    if pieceTable >= 0 { close(pieceTable) }
    try FileSystem.replace(path, with: pieces.map(\.line).joined())
    pieceTable = open(path, O_WRONLY | O_CLOEXEC)
    guard pieceTable >= 0 else { throw FileSystem.failure("writing \(path)", errno) }
  }

  private func recordPiece(_ index: Int) throws {
    guard pieceTable >= 0 else { return }
    var line = pieces[index].line
    let count = line.withUTF8 { pwrite(pieceTable, $0.baseAddress, $0.count, off_t(index * PartialPiece.lineLength)) }
    guard count == PartialPiece.lineLength else { throw FileSystem.failure("writing \(folder)/pieces", errno) }
  }
}
