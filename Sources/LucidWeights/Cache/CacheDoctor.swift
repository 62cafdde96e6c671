import Glibc
import LucidTensor

/// Looks a cache over: hashes every file, and finds names, notes and partial files that nothing belongs to.
package struct CacheDoctor: Sendable {
  /// Something that is not as it should be.
  package struct Finding: Sendable, Hashable {
    /// What it is, for programs: `damaged`, `abandoned`, `under-way`, `dangling` or `stray`.
    package let kind: String
    package let path: String
    package let problem: String
    package let byteCount: Int
    /// Whether nothing is lost with it but what can be fetched again.
    package let isSafeToRemove: Bool
  }

  package let inventory: CacheInventory

  /// A doctor for the cache under a root.
  package init(root: String) { inventory = CacheInventory(root: root) }

  /// What is wrong. Every file is read, without regard to its stamp; `told` hears of each before.
  package func examine(told: (String) -> Void = { _ in }) throws -> [Finding] {
    let layout = inventory.layout
    var findings: [Finding] = []
    for blob in inventory.blobs() {
      told(blob.names.first ?? blob.sha256)
      let found = try CacheDoctor.sha256(ofFileAt: blob.path)
      if found != blob.sha256 {
        findings.append(
          Finding(
            kind: "damaged", path: blob.path,
            problem: "its SHA-256 is \(found), not the one it is named by", byteCount: blob.byteCount,
            isSafeToRemove: true))
      }
    }
    for partial in inventory.partials() {
      let from = partial.place.map { " from \($0)" } ?? ""
      findings.append(
        Finding(
          kind: partial.isAbandoned ? "abandoned" : "under-way", path: partial.path,
          problem: "\(partial.byteCount) bytes\(from), not finished; written by \(partial.owner)",
          byteCount: partial.byteCount, isSafeToRemove: partial.isAbandoned))
    }
    for name in FileSystem.names(in: "\(layout.root)/files") {
      let path = "\(layout.root)/files/\(name)"
      if access(path, F_OK) != 0 { findings.append(dangling(path, "a name of a file that is not there")) }
    }
    for path in inventory.danglingPins() { findings.append(dangling(path, "a note on a file that is not there")) }
    return findings + strays()
  }

  /// Removes what a finding is about.
  package func remove(_ finding: Finding) throws {
    guard finding.isSafeToRemove else { return }
    if let blob = inventory.blobs().first(where: { $0.path == finding.path }) { return try inventory.remove(blob) }
    FileSystem.removeTree(finding.path)
  }

  /// The SHA-256 of a file's bytes, read now.
  package static func sha256(ofFileAt path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.failure("reading \(path)", errno) }
    defer { close(descriptor) }
    let hash = try IncrementalSHA256()
    try FileReading.forEachChunk(of: descriptor, path) { bytes, _ in try hash.update(bytes) }
    return try hash.finish()
  }

  private func dangling(_ path: String, _ problem: String) -> Finding {
    Finding(kind: "dangling", path: path, problem: problem, byteCount: 0, isSafeToRemove: true)
  }

  /// What lies among the files and is none of the cache's: a person may have put it there, so it is only shown.
  private func strays() -> [Finding] {
    let top = "\(inventory.layout.root)/blobs/sha256"
    let known = Set(inventory.blobs().map(\.path))
    return FileSystem.names(in: top).flatMap { folder in
      FileSystem.names(in: "\(top)/\(folder)").map { "\(top)/\(folder)/\($0)" }.filter { !known.contains($0) }.map {
        Finding(
          kind: "stray", path: $0, problem: "not a file of the cache", byteCount: FileSystem.measureTree($0).byteCount,
          isSafeToRemove: false)
      }
    }
  }
}
