import ArgumentParser
import Foundation
import Lucid

/// A checkpoint that a person names: a file, a folder, or an address, of which the header alone is fetched.
struct CheckpointInput {
  let dict: StateDict
  /// The format as `inspect` calls it.
  let format: String

  /// Whether a text is an address rather than a path.
  static func isAddress(_ text: String) -> Bool {
    ["https://", "http://", "hf://"].contains(where: text.lowercased().hasPrefix)
  }

  /// Opens a checkpoint.
  ///
  /// - Parameter key: the dictionary of a training checkpoint to take.
  init(_ text: String, key: String?) async throws {
    guard Self.isAddress(text) else {
      dict = try StateDict(contentsOf: text, key: key)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), isFolder.boolValue {
        format = "folder"
      } else {
        format = try CheckpointFormat(contentsOf: text).rawValue
      }
      return
    }
    if key != nil { throw ValidationError("--key is for files of torch.save, which have no header to fetch.") }
    let header = try await fetching { try await WeightResolver.shared.checkpointHeader(at: text, progress: $0) }
    (dict, format) = (header.stateDict, header.format.rawValue)
  }
}
