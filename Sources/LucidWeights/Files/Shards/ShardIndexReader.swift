import LucidTensor

/// Reads the index of a sharded checkpoint, `{"metadata": …, "weight_map": {"name": "file", …}}`, and the files that it
/// names: of safetensors or of `torch.save`.
///
/// Format: that of `model.safetensors.index.json` in Hugging Face's transformers. A shard is a plain file name in the
/// folder of the index; one that leads elsewhere is refused. What a shard has beyond the index is left out.
enum ShardIndexReader {
  static func read(_ file: MappedFile, where isNeeded: ((String) -> Bool)?) throws(LucidError) -> StateDict {
    try read(file, where: isNeeded) { (name) throws(LucidError) in try open(name, of: file) }
  }

  /// The tensors of the shards that `shard` opens by their names, which are checked.
  static func read(
    _ file: MappedFile, where isNeeded: ((String) -> Bool)?, shard open: (String) throws(LucidError) -> StateDict
  ) throws(LucidError) -> StateDict {
    let places = try weightMap(file).filter { isNeeded?($0.name) ?? true }
    var shards: [String: (dict: StateDict, unreadable: [String: UnreadableTensor])] = [:]
    var result = StateDict()
    for (name, shardName) in places {
      if shards[shardName] == nil {
        try checkName(shardName, in: file)
        let dict = try open(shardName)
        shards[shardName] = (dict, Dictionary(dict.unreadable.map { ($0.name, $0) }) { first, _ in first })
        result.metadata.merge(dict.metadata) { first, _ in first }
      }
      let shard = shards[shardName]!
      if let type = shard.dict.type(of: name) {
        result.set(name, type) { try shard.dict.tensor(name) }
      } else if let tensor = shard.unreadable[name] {
        result.setUnreadable(tensor)
      } else {
        throw file.corrupt("tensor \(name.quoted) is said to be in \(shardName.quoted), which does not have it")
      }
    }
    return result
  }

  /// The names of the shards, checked, in the order in which the index names them.
  static func shardNames(_ file: MappedFile) throws(LucidError) -> [String] {
    var seen: Set<String> = []
    let names = try weightMap(file).map(\.shard).filter { seen.insert($0).inserted }
    for name in names { try checkName(name, in: file) }
    return names
  }

  /// Throws for a name that leads out of the index's folder.
  private static func checkName(_ name: String, in index: MappedFile) throws(LucidError) {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
    else {
      throw index.unsafe(
        "the index names \(name.quoted), which is not a file beside it", "Shards lie in the folder of their index.")
    }
  }

  private static func weightMap(_ file: MappedFile) throws(LucidError) -> [(name: String, shard: String)] {
    guard file.count <= Int(SafetensorsReader.maximumHeaderSize) else {
      throw file.corrupt("an index of \(file.count) bytes is larger than any")
    }
    var json = try JSONScanner(file, 0..<file.count)
    var places: [(name: String, shard: String)]?
    var names: Set<String> = []
    try json.object { (json, field) throws(LucidError) in
      guard field == "weight_map" else { return try json.skipValue() }
      guard places == nil else { throw file.corrupt("the index has weight_map twice") }
      var pairs: [(String, String)] = []
      try json.object { (json, name) throws(LucidError) in
        guard names.insert(name).inserted else { throw file.corrupt("the index has tensor \(name.quoted) twice") }
        pairs.append((name, try json.string()))
      }
      places = pairs
    }
    try json.end()
    guard let places else {
      throw file.unsupported(
        "it is JSON without a weight_map, so not the index of a checkpoint",
        "An index is called model.safetensors.index.json.")
    }
    return places
  }

  private static func open(_ name: String, of index: MappedFile) throws(LucidError) -> StateDict {
    guard index.isOnDisk else {
      throw index.unsupported("an index in memory has no folder to find \(name.quoted) in", "Open it by its path.")
    }
    let path = "\(FileSystem.parent(of: index.path))/\(name)"
    let shard: MappedFile
    do {
      shard = try MappedFile(path: path, access: index.access)
    } catch {
      throw LucidError(
        error.code, doing: "opening \(path), which \(index.path) names", problem: error.problem,
        advice: "Fetch all files of the checkpoint, or take only names of the shards that are there.")
    }
    let format = try CheckpointFormat(of: shard)
    guard [.safetensors, .torchZip, .torchLegacy].contains(format) else {
      throw index.unsupported("its shard \(name.quoted) is a \(format.rawValue) file")
    }
    return try StateDict(file: shard)
  }
}
