import LucidTensor

extension StateDict {
  /// The tensors of a checkpoint file, in its order and under its names.
  ///
  /// The format is found from the bytes: see ``CheckpointFormat``. Only the header is read now; each tensor is a view of
  /// the memory-mapped file, made when asked for. The file must not be truncated or written to while the state dict or
  /// one of its tensors is in use: a truncated page ends the process with `SIGBUS`.
  ///
  /// Nothing in a file is executed. Every offset, size and count is checked against the file before it is used.
  ///
  /// What `torch.save` wrote may be a training checkpoint that holds the state dict under a key. Without `key`, the first
  /// of `state_dict`, `model_state_dict`, `model`, `module`, `net`, `network`, `weights`, `params`, `state_dict_ema`,
  /// `model_ema`, `ema` and `params_ema` whose value is a dictionary with tensors (or holds one in the same way) is
  /// taken, else the file's own dictionary; `metadata["checkpoint_key"]` says which. Values that are not tensors, such as
  /// an epoch, are left out. Names are kept: see ``withoutDataParallelPrefix()``.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - key: the dictionary to take, as in `"model_ema"`: keys joined with dots where it is nested, the file's own
  ///     dictionary when empty. Only for files of `torch.save`.
  /// - Throws: ``LucidError`` that names the file, with the code ``LucidError/Code/fileUnreadable``;
  ///   ``LucidError/Code/corruptFile``; ``LucidError/Code/unsupportedFormat``, also when one of the tensors has an
  ///   element type that ``DType`` does not; ``LucidError/Code/unsafeFile`` when a pickle names anything but the few
  ///   functions that tensors are made of; ``LucidError/Code/unknownName`` when there is no such key.
  public init(contentsOf path: String, key: String? = nil) throws(LucidError) {
    self = try StateDict(file: MappedFile(path: path), key: key)
  }

  /// The tensors of a file that is open already.
  init(file: MappedFile, key: String? = nil) throws(LucidError) {
    let format = try CheckpointFormat(of: file)
    guard key == nil || format != .safetensors else {
      throw LucidError(
        .unknownName, doing: "reading \(file.path)", problem: "a safetensors file has no dictionaries to choose from",
        advice: "Leave out the key \(key!.quoted).")
    }
    switch format {
    case .safetensors: self = try SafetensorsReader.read(file)
    case .torchZip: self = try TorchZipReader.read(file, key: key)
    case .torchLegacy: self = try TorchLegacyReader.read(file, key: key)
    }
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
