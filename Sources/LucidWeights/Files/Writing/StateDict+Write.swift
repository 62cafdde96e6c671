import LucidTensor

extension CheckpointFormat {
  /// The formats that ``LucidTensor/StateDict/write(to:format:maxShardSize:)`` writes.
  public enum Writable: String, Sendable, Hashable, CaseIterable {
    /// A JSON header and plain bytes, `.safetensors`.
    case safetensors
    /// What `torch.load(path, weights_only=True)` reads: `.pth`, `.pt`, `.bin`, `.ckpt`.
    case torch
    /// What `numpy.load` reads, an array a tensor: `.npz`.
    case npz

    /// The format that the ending of a path stands for, nil for an ending that stands for none.
    public init?(path: String) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      switch name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last {
      case "safetensors": self = .safetensors
      case "pth", "pt", "bin", "ckpt": self = .torch
      case "npz": self = .npz
      default: return nil
      }
    }
  }
}

extension StateDict {
  /// Writes the tensors to a file, one after the other: no more than one is copied, and those of a mapped file are not.
  ///
  /// The bytes depend on the names, their order, the tensors and the metadata alone. The file is written under a temporary
  /// name and renamed when it is whole, so that a failure leaves what was there, and a file may be replaced by what was
  /// read from it.
  ///
  /// - `safetensors` keeps ``StateDict/metadata`` and adds `format: pt` where there is no `format`, which other readers ask
  ///   for. Elements are aligned to their size in the file.
  /// - `torch` is an `OrderedDict` in a zip archive as `torch.save` writes it. Tensors of the same memory stay so.
  /// - `npz` has an uncompressed array a tensor; bfloat16, which NumPy lacks, is written as float32.
  ///
  /// - Parameters:
  ///   - path: where to write. Shards are written beside it.
  ///   - format: the format, else that of the path's ending.
  ///   - maxShardSize: where the tensors take more bytes than this, a safetensors file is split as Hugging Face does it:
  ///     `model.safetensors` becomes `model-00001-of-00003.safetensors`, … and `model.safetensors.index.json`, which is
  ///     written last. A tensor is never split.
  /// - Returns: the paths of what was written, the one to open last.
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable`` where the file cannot be written,
  ///   ``LucidError/Code/unsupportedFormat`` where the ending stands for no format or the format has no shards or one of
  ///   the tensors is ``StateDict/unreadable``, and what reading the tensors
  ///   throws; `CancellationError` when the task was cancelled, and nothing is left of the file.
  @discardableResult
  public func write(
    to path: String, format: CheckpointFormat.Writable? = nil, maxShardSize: Int? = nil
  ) throws -> [String] {
    if let tensor = unreadable.first { throw tensor.error }
    guard let format = format ?? CheckpointFormat.Writable(path: path) else {
      throw LucidError(
        .unsupportedFormat, doing: "writing \(path)", problem: "its ending does not say in which format",
        advice: "End the name with .safetensors, .pth or .npz, or name the format.")
    }
    guard maxShardSize == nil || format == .safetensors else {
      throw LucidError(
        .unsupportedFormat, doing: "writing \(path)", problem: "a \(format.rawValue) checkpoint cannot be split",
        advice: "Write safetensors, or leave out the size of shards.")
    }
    switch format {
    case .safetensors:
      if let maxShardSize, byteCount > maxShardSize { return try ShardWriter.write(self, to: path, maxShardSize) }
      try SafetensorsFileWriter.write(self, to: path).publish()
    case .torch: try TorchZipWriter.write(self, to: path)
    case .npz: try NPZWriter.write(self, to: path)
    }
    return [path]
  }

  /// The bytes that the tensors take, each counted by itself, without reading them.
  public var byteCount: Int {
    keys.reduce(0) { sum, key in
      let type = type(of: key)!
      return sum + type.shape.elementCount * type.dtype.byteCount
    }
  }

  /// The tensor of a name that is known to be there.
  func tensor(_ key: String) throws -> Tensor {
    guard let tensor = try self[key] else { preconditionFailure("\(key) is among the keys") }
    return tensor
  }
}
