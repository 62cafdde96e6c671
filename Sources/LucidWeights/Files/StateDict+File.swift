import LucidTensor

extension StateDict {
  /// The tensors of a checkpoint file, in its order and under its names.
  ///
  /// The format is found from the bytes: see ``CheckpointFormat``. Only the header is read now; each tensor is a view of
  /// the memory-mapped file, made when asked for. The file must not be truncated or written to while the state dict or
  /// one of its tensors is in use: a truncated page ends the process with `SIGBUS`. A file on a network file system is not
  /// mapped: a tensor is read into memory when it is asked for, and throws where that fails.
  ///
  /// Nothing in a file is executed. Every offset, size and count is checked against the file before it is used.
  ///
  /// What `torch.save` wrote may be a training checkpoint that holds the state dict under a key. Without `key`, the first
  /// of `state_dict`, `model_state_dict`, `model`, `module`, `net`, `network`, `weights`, `params`, `state_dict_ema`,
  /// `model_ema`, `ema` and `params_ema` whose value is a dictionary with tensors (or holds one in the same way) is
  /// taken, else the file's own dictionary; `metadata["checkpoint_key"]` says which. Values that are not tensors, such as
  /// an epoch, are left out. Names are kept: see ``withoutDataParallelPrefix()``.
  ///
  /// A sharded checkpoint is opened by its index (`model.safetensors.index.json`) or by its folder; the shards lie beside
  /// the index and only those with a tensor that is needed are opened. A TorchScript program's parameters, buffers and
  /// other tensors are named as the modules' attributes are.
  ///
  /// - Parameters:
  ///   - path: the file, or a folder with one safetensors checkpoint in it.
  ///   - key: the dictionary to take, as in `"model_ema"`: keys joined with dots where it is nested, the file's own
  ///     dictionary when empty. Only for files of `torch.save`.
  ///   - isNeeded: which names to take, else all.
  /// - Throws: ``LucidError`` that names the file, with the code ``LucidError/Code/fileUnreadable``;
  ///   ``LucidError/Code/corruptFile``; ``LucidError/Code/unsupportedFormat``, also when one of the tensors of a file of
  ///   `torch.save` is no dense one (one whose element type ``DType`` does not have is listed in ``StateDict/unreadable`` and
  ///   throws only when it is asked for); ``LucidError/Code/unsafeFile`` when a pickle names
  ///   anything but the few functions that tensors are made of or an index a file elsewhere;
  ///   ``LucidError/Code/unknownName`` when there is no such key.
  public init(
    contentsOf path: String, key: String? = nil, where isNeeded: ((String) -> Bool)? = nil
  ) throws(LucidError) {
    try self.init(file: MappedFile(path: CheckpointFolder.file(at: path)), key: key, where: isNeeded)
  }

  /// The tensors of a checkpoint whose bytes are in memory, which are copied; else as `init(contentsOf:key:where:)`. An
  /// index of shards has no folder to find them in and is refused.
  ///
  /// - Parameter name: what errors call the bytes.
  public init(
    checkpoint bytes: some Collection<UInt8>, named name: String, key: String? = nil
  ) throws(LucidError) {
    try self.init(file: MappedFile(bytes: bytes, named: name), key: key)
  }

  /// The tensors of a file that is open already.
  init(
    file: MappedFile, key: String? = nil, where isNeeded: ((String) -> Bool)? = nil
  ) throws(LucidError) {
    let format = try CheckpointFormat(of: file)
    if let key, ![.torchZip, .torchLegacy, .torchTar].contains(format) {
      throw LucidError(
        .unknownName, doing: "reading \(file.path)",
        problem: "a \(format.rawValue) file has no dictionaries to choose from",
        advice: "Leave out the key \(key.quoted).")
    }
    switch format {
    case .safetensors: self = try SafetensorsReader.read(file)
    case .torchZip: self = try TorchZipReader.read(file, key: key)
    case .torchLegacy: self = try TorchLegacyReader.read(file, key: key)
    case .torchTar: self = try TorchTarReader.read(file, key: key)
    case .torchScript: self = try TorchZipReader.readScript(file)
    case .npz: self = try NPZReader.read(file, ZipArchive(file))
    case .shardIndex: self = try ShardIndexReader.read(file, where: isNeeded)
    }
    if let isNeeded { self = try renamed { isNeeded($0) ? $0 : nil } }
  }

  /// The same tensors without the `module.` that `DataParallel` and `DistributedDataParallel` put before every name.
  /// Unchanged unless **all** names begin with it, since a model may well have a part called `module`.
  public func withoutDataParallelPrefix() -> StateDict {
    let prefix = "module."
    guard count > 0, keys.allSatisfy({ $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count }) else { return self }
    do {
      return try removingPrefix(prefix)
    } catch {
      // Names that differ still differ without the same beginning.
      preconditionFailure("\(error)")
    }
  }
}
