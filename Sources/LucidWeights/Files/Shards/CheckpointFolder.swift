import Glibc
import LucidTensor

/// Finds the checkpoint in a folder as Hugging Face lays them out.
enum CheckpointFolder {
  /// The path itself where it is no folder; else that of the one index in it, or of the one safetensors file. Throws
  /// ``LucidError`` with ``LucidError/Code/fileUnreadable`` where there are none or several.
  static func file(at path: String) throws(LucidError) -> String {
    guard isFolder(path) else { return path }
    let names = FileSystem.names(in: path)
    let candidates = [".safetensors.index.json", ".bin.index.json", ".safetensors"]
      .map { ending in names.filter { $0.hasSuffix(ending) } }.first { !$0.isEmpty }
    guard let candidates else {
      throw LucidError(
        .fileUnreadable, doing: "opening \(path)", problem: "it is a directory without a safetensors checkpoint",
        advice: "Give the path of a checkpoint file.")
    }
    guard candidates.count == 1 else {
      throw LucidError(
        .fileUnreadable, doing: "opening \(path)",
        problem:
          "it is a directory with \(candidates.count) checkpoints: \(candidates.prefix(5).joined(separator: ", "))",
        advice: "Give the path of one of them.")
    }
    return "\(path)/\(candidates[0])"
  }

  /// Whether a path leads to a folder. What cannot be looked at is none: opening it says why.
  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }
}
