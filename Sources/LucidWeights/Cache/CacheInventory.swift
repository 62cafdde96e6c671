import Glibc
import LucidTensor

/// What lies in a cache, for people who want to know, to have room or to have it checked.
package struct CacheInventory: Sendable {
  /// A published file.
  package struct Blob: Sendable, Hashable {
    package let sha256: String
    package let path: String
    package let byteCount: Int
    /// Its readable names.
    package let names: [String]
    /// When it was last read or written, as far as the file system notes it, in nanoseconds since 1970.
    package let lastUsed: Int
  }

  /// A file that was not finished.
  package struct Partial: Sendable, Hashable {
    package let path: String
    /// The digits that the file was to have.
    package let key: String
    package let byteCount: Int
    /// Where the bytes came from, where that was noted.
    package let place: String?
    /// Who writes to it.
    package let owner: String
    /// Whether nobody does.
    package let isAbandoned: Bool
    package let modified: Int
  }

  package let layout: CacheLayout

  /// The inventory of the cache under a root.
  package init(root: String) { layout = CacheLayout(root: root) }

  /// The published files, the most recently used first.
  package func blobs() -> [Blob] {
    let top = "\(layout.root)/blobs/sha256"
    let names = readableNames()
    let found = FileSystem.names(in: top).flatMap { folder in
      FileSystem.names(in: "\(top)/\(folder)").compactMap { name -> Blob? in
        let path = "\(top)/\(folder)/\(name)"
        var info = stat()
        guard name.isHexadecimal(count: 64...64), lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
          return nil
        }
        return Blob(
          sha256: name, path: path, byteCount: Int(info.st_size), names: names[name] ?? [],
          lastUsed: [info.st_atim, info.st_mtim].map { $0.tv_sec * 1_000_000_000 + $0.tv_nsec }.max() ?? 0)
      }
    }
    return found.sorted { ($0.lastUsed, $0.sha256) > ($1.lastUsed, $1.sha256) }
  }

  /// The files that were not finished, the largest first.
  package func partials() -> [Partial] {
    let found = FileSystem.names(in: layout.partials).map { name -> Partial in
      let path = "\(layout.partials)/\(name)"
      let (size, modified) = FileSystem.measureTree(path)
      let note = FileSystem.note(at: "\(path)/origin").flatMap { PartialOrigin(text: $0) }
      let tag = name.split(separator: ".").last ?? ""
      let (owner, isAbandoned) =
        switch PartialOwner(tag: tag) {
        case .nobody: ("nobody", true)
        case .dead: ("a process that has ended", true)
        case .alive(let pid): ("process \(pid)", false)
        case .unknown: ("unknown", Int(time(nil)) - modified > 24 * 60 * 60)
        }
      return Partial(
        path: path, key: name.split(separator: ".").first.map(String.init) ?? name, byteCount: size, place: note?.place,
        owner: owner, isAbandoned: isAbandoned, modified: modified)
    }
    return found.sorted { $0.byteCount > $1.byteCount }
  }

  /// Removes a published file with all that is noted of it. Programs that have it open keep it.
  package func remove(_ blob: Blob) throws {
    if unlink(blob.path) != 0, errno != ENOENT { throw FileSystem.failure("removing \(blob.path)", errno) }
    unlink(layout.stamp(blob.sha256))
    for name in blob.names { unlink("\(layout.root)/files/\(name)") }
    for path in danglingPins() { unlink(path) }
  }

  /// Removes a file that was not finished.
  package func remove(_ partial: Partial) { FileSystem.removeTree(partial.path) }

  /// Makes the cache smaller than `byteCount`: what was abandoned goes first, then the files that were used the longest
  /// ago. Returns the bytes that went.
  package func prune(to byteCount: Int, isDry: Bool = false, told: (String, Int) -> Void = { _, _ in }) throws -> Int {
    let blobs = blobs()
    let partials = partials()
    var size = blobs.reduce(0) { $0 + $1.byteCount } + partials.reduce(0) { $0 + $1.byteCount }
    var freed = 0
    for partial in partials where size > byteCount && partial.isAbandoned {
      if !isDry { remove(partial) }
      told(partial.path, partial.byteCount)
      (size, freed) = (size - partial.byteCount, freed + partial.byteCount)
    }
    for blob in blobs.reversed() where size > byteCount {
      if !isDry { try remove(blob) }
      told(blob.names.first ?? blob.sha256, blob.byteCount)
      (size, freed) = (size - blob.byteCount, freed + blob.byteCount)
    }
    return freed
  }

  /// By digest, the readable names of the files.
  private func readableNames() -> [String: [String]] {
    var names: [String: [String]] = [:]
    for name in FileSystem.names(in: "\(layout.root)/files") {
      if let sha256 = linked(name) { names[sha256, default: []].append(name) }
    }
    return names
  }

  /// The digest that a readable name stands for.
  func linked(_ name: String) -> String? {
    var target = [CChar](repeating: 0, count: 512)
    let count = readlink("\(layout.root)/files/\(name)", &target, target.count)
    guard count > 0 else { return nil }
    let text = String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: "/").last.map(String.init).flatMap { $0.isHexadecimal(count: 64...64) ? $0 : nil }
  }

  /// Notes of full digests of files that are not there.
  func danglingPins() -> [String] {
    FileSystem.names(in: "\(layout.root)/pins").map { "\(layout.root)/pins/\($0)" }.filter { path in
      let sha256 = FileSystem.note(at: path)?.split(separator: "\n").first.map(String.init) ?? ""
      return !sha256.isHexadecimal(count: 64...64) || access(layout.blob(sha256), F_OK) != 0
    }
  }
}
