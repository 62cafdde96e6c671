import Foundation

/// A file of generated Swift and what it should say.
struct GeneratedFile {
  let url: URL
  let text: String

  /// Whether the file on disk says it.
  var isCurrent: Bool {
    get throws {
      guard FileManager.default.fileExists(atPath: url.path) else { return false }
      return try Data(contentsOf: url) == Data(text.utf8)
    }
  }

  /// Writes the file; one that is current keeps its date, so that nothing is built anew.
  func writeIfChanged() throws {
    if try isCurrent { return }
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw ManifestError(file: url.relativePath, path: "", problem: "cannot be written: \(error.localizedDescription)")
    }
  }

  /// The manifest in a file.
  static func manifest(at url: URL) throws -> Manifest {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw ManifestError(file: url.relativePath, path: "", problem: "cannot be read: \(error.localizedDescription)")
    }
    return try ManifestReader.read(data, file: url.relativePath)
  }

  /// What belongs to a folder of families: a file beside each manifest, in the order of their paths, then the catalogue.
  static func all(in folder: URL, emitter: SwiftEmitter) throws -> [GeneratedFile] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let inputs = paths.filter { $0.hasSuffix(Self.suffix) }.sorted()
    if inputs.isEmpty {
      throw ManifestError(file: folder.relativePath, path: "", problem: "has no file named <Family>\(Self.suffix)")
    }
    var manifests: [(file: String, manifest: Manifest)] = []
    var files: [GeneratedFile] = []
    for path in inputs {
      let url = folder.appendingPathComponent(path)
      let name = String(url.lastPathComponent.dropLast(Self.suffix.count))
      let manifest = try manifest(at: url)
      if manifest.family != name {
        throw ManifestError(
          file: url.relativePath, path: "$.family",
          problem: "\"\(manifest.family)\" should be \"\(name)\", as the file is")
      }
      manifests.append((url.relativePath, manifest))
      let output = url.deletingLastPathComponent().appendingPathComponent("\(name)+Weights.swift")
      files.append(GeneratedFile(url: output, text: emitter.text(manifest, source: url.lastPathComponent)))
    }
    try ManifestNames.check(manifests)
    let catalogue = folder.appendingPathComponent("WeightCatalog+BuiltIn.swift")
    return files + [GeneratedFile(url: catalogue, text: emitter.joined(families: manifests.map(\.manifest.family)))]
  }

  private static let suffix = ".weights.json"
}
