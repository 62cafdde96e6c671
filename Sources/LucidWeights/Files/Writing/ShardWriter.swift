import Foundation
import LucidTensor

/// Writes a checkpoint as several safetensors files and an index, named and filled as Hugging Face's libraries do.
enum ShardWriter {
  /// Writes shards whose tensors take at most `limit` bytes each, except where one tensor takes more, and the index last.
  static func write(_ dict: StateDict, to path: String, _ limit: Int) throws -> [String] {
    precondition(limit > 0, "a shard of \(limit) bytes holds nothing")
    let folder = FileSystem.parent(of: path)
    let prefix = path.contains("/") ? (folder == "/" ? "/" : folder + "/") : ""
    var stem = String(path.split(separator: "/").last ?? "")
    if stem.hasSuffix(".safetensors") { stem.removeLast(".safetensors".count) }

    let shards = split(dict, limit)
    func padded(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    let names = shards.indices.map { "\(stem)-\(padded($0 + 1))-of-\(padded(shards.count)).safetensors" }
    // All are whole before the first gets its name.
    let files = try zip(shards, names).map { try SafetensorsFileWriter.write(dict, names: $0, to: prefix + $1) }
    let index = try OutputFile(path: prefix + stem + ".safetensors.index.json")
    try index.write(Array(text(shards, names, dict.byteCount).utf8))
    for file in files { try file.publish() }
    try index.publish()
    return files.map(\.path) + [index.path]
  }

  /// The names of each shard, in order: a shard is full when the next tensor does not fit.
  private static func split(_ dict: StateDict, _ limit: Int) -> [[String]] {
    var shards: [[String]] = []
    var size = 0
    for name in dict.keys {
      let type = dict.type(of: name)!
      let bytes = type.shape.elementCount * type.dtype.byteCount
      if shards.isEmpty || size + bytes > limit && size > 0 {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(name)
      size += bytes
    }
    return shards
  }

  private static func text(_ shards: [[String]], _ names: [String], _ total: Int) -> String {
    let places = zip(shards, names).flatMap { shard, file in shard.map { ($0, file) } }.sorted { $0.0 < $1.0 }
    let lines = places.map { "    \(JSONText.quoted($0)): \(JSONText.quoted($1))" }
    return """
      {
        "metadata": {
          "total_size": \(total)
        },
        "weight_map": {
      \(lines.joined(separator: ",\n"))
        }
      }

      """
  }
}
