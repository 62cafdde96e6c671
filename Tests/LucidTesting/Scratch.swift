import Foundation

/// A folder for a test, which goes when the test ends.
package final class Scratch: Sendable {
  package let path: String

  package init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "lucid-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, with the folders above it.
  package func write(_ name: String, _ data: Data) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  /// The files, not folders, below a folder, sorted; none where there is no such folder.
  package func files(below name: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []
    return names.filter { file in
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path("\(name)/\(file)"), isDirectory: &isFolder)
      return isThere && !isFolder.boolValue
    }.sorted()
  }
}
