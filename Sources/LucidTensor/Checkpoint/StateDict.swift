/// Named tensors in the order of a checkpoint: what a file holds and what a module loads.
///
/// A state dict opened from a file reads nothing but the header: each tensor is mapped or read when asked for.
/// Looking up a key costs O(1).
public struct StateDict: Sendable {
  private enum Entry: Sendable {
    case resident(Tensor)
    case deferred(TensorType, @Sendable () throws -> Tensor)
  }

  private var entries: [String: Entry] = [:]

  /// The tensors of a file whose elements are of a type that ``DType`` does not have, in order. They are not among
  /// ``keys``; asking for one throws its ``UnreadableTensor/error``.
  public private(set) var unreadable: [UnreadableTensor] = []

  /// The names in order.
  public private(set) var keys: [String] = []

  /// Free text that came with the file, such as `format: pt` of a safetensors file.
  public var metadata: [String: String] = [:]

  /// An empty state dict.
  public init() {}

  /// The number of tensors.
  public var count: Int { keys.count }

  /// Whether there is a tensor of this name.
  public func contains(_ key: String) -> Bool { entries[key] != nil }

  /// The shape and element type under a name, without reading the tensor; nil where there is none.
  public func type(of key: String) -> TensorType? {
    switch entries[key] {
    case .resident(let tensor): tensor.type
    case .deferred(let type, _): type
    case nil: nil
    }
  }

  /// The tensor under a name, nil where there is none. Throws ``LucidError`` when it is in a file that cannot be read,
  /// and for one of ``unreadable``.
  public subscript(key: String) -> Tensor? {
    get throws {
      switch entries[key] {
      case .resident(let tensor): return tensor
      case .deferred(_, let read): return try read()
      case nil:
        if let tensor = unreadable.first(where: { $0.name == key }) { throw tensor.error }
        return nil
      }
    }
  }

  /// Puts a tensor under a name, in place of the one there or at the end.
  public mutating func set(_ key: String, _ tensor: Tensor) { insert(key, .resident(tensor)) }

  /// Puts a tensor that is read when asked for under a name, in place of the one there or at the end.
  package mutating func set(_ key: String, _ type: TensorType, read: @escaping @Sendable () throws -> Tensor) {
    insert(key, .deferred(type, read))
  }

  /// Puts a tensor that cannot be read at the end of ``unreadable``. Traps where the name is there already.
  package mutating func setUnreadable(_ tensor: UnreadableTensor) {
    precondition(!contains(tensor.name), "StateDict: \(tensor.name) is there already")
    unreadable.append(tensor)
  }

  /// Removes the tensor under a name, if there is one.
  public mutating func remove(_ key: String) {
    unreadable.removeAll { $0.name == key }
    if entries.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
  }

  /// The same tensors under other names; nil from `transform` leaves one out. Throws ``LucidError`` with
  /// ``LucidError/Code/stateDictMismatch`` when two tensors would get the same name.
  public func renamed(_ transform: (String) -> String?) throws(LucidError) -> StateDict {
    var result = StateDict()
    result.metadata = metadata
    for key in keys {
      guard let name = transform(key) else { continue }
      guard !result.contains(name) else {
        throw LucidError(
          .stateDictMismatch, doing: "renaming \(key)", problem: "two tensors would be called \(name)")
      }
      result.insert(name, entries[key]!)
    }
    var names: Set<String> = []
    for tensor in unreadable {
      guard let name = transform(tensor.name) else { continue }
      guard !result.contains(name), names.insert(name).inserted else {
        throw LucidError(
          .stateDictMismatch, doing: "renaming \(tensor.name)", problem: "two tensors would be called \(name)")
      }
      result.unreadable.append(tensor.renamed(name))
    }
    return result
  }

  /// The same tensors with a prefix removed from the names that have it, such as the `module.` of data-parallel runs.
  public func removingPrefix(_ prefix: String) throws(LucidError) -> StateDict {
    try renamed { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
  }

  /// The same tensors with those of floating-point types as another one, converted when they are asked for: nothing is
  /// read or kept now. Integers and bools stay as they are.
  public func converted(to dtype: DType) -> StateDict {
    var result = self
    for key in keys {
      let type = type(of: key)!
      guard type.dtype.isFloatingPoint, type.dtype != dtype else { continue }
      result.set(key, TensorType(type.shape, dtype)) {
        guard let tensor = try self[key] else { preconditionFailure("\(key) is among the keys") }
        return tensor.to(dtype)
      }
    }
    return result
  }

  private mutating func insert(_ key: String, _ entry: Entry) {
    if !unreadable.isEmpty { unreadable.removeAll { $0.name == key } }
    if entries.updateValue(entry, forKey: key) == nil { keys.append(key) }
  }
}
