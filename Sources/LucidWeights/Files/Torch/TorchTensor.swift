import LucidTensor

/// A storage as a pickle names it: its bytes are elsewhere in the file.
struct TorchStorage {
  /// What to look the bytes up by.
  let key: String
  let element: TorchElement
  /// The number of elements; of bytes when ``isUntyped``.
  let count: Int
  let isUntyped: Bool
  /// The part of the bytes that is meant, in elements: files from before PyTorch 0.4 name views of storages.
  let view: Range<Int>
}

/// A tensor as a pickle describes it, not yet checked against its storage.
struct TorchTensor {
  let storage: Int
  let element: TorchElement
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// Whether it is marked as the negative or the conjugate of what is stored.
  let isLazilyChanged: Bool
}

/// What the names of a pickle do: describe storages, tensors and containers.
extension PickleMachine {
  /// The meaning of a name. Throws ``LucidError`` with ``LucidError/Code/unsafeFile`` unless it is known.
  func resolve(_ module: String, _ name: String) throws(LucidError) -> TorchGlobal {
    if let global = TorchGlobal(module: module, name: name) { return global }
    if case .script = dialect, module == "__torch__" || module.hasPrefix("__torch__.") { return .scriptClass }
    let full = (module + "." + name).quoted.dropFirst().dropLast()
    throw file.unsafe(
      "at byte \(instruction) it names \(full), which a data file has no business with; nothing was executed",
      "Only tensors in dictionaries can be read. If you trust the file, open it in Python and save its tensors alone: "
        + "torch.save(model.state_dict(), path).")
  }

  /// The storage that a persistent id names: `('storage', class, key, location, count)`, with a view of it or None after
  /// that in files of the older form.
  mutating func persistent(_ id: PickleValue) throws(LucidError) -> PickleValue {
    if case .tar(let objects) = dialect {
      guard case .text(let range) = id, range.count <= 20, let text = try file.text(range), let number = Int(text),
        let value = objects.values[number]
      else { throw fault("a persistent id is not the number of a tensor or storage of the archive") }
      return value
    }
    guard case .tuple(let index) = id, case let parts = heap.sequences[index], (5...6).contains(parts.count),
      case .text(let tag) = parts[0], try file.bytes(tag).elementsEqual("storage".utf8),
      case .global(let storageClass) = parts[1], case .text(let key) = parts[2], case .text = parts[3],
      case .int(let count) = parts[4]
    else {
      throw fault("a persistent id is not ('storage', class, key, location, count)")
    }
    let element: TorchElement
    var isUntyped = false
    switch storageClass {
    case .storageClass(let type): element = type
    case .untypedStorage:
      element = .uint8
      isUntyped = true
    case .foreign: throw file.unsupported("at byte \(instruction): storages of \(storageClass.name) are not supported")
    default: throw fault("a storage is said to be of class \(storageClass.name)")
    }
    guard count >= 0, !count.multipliedReportingOverflow(by: element.byteCount).overflow else {
      throw fault("a storage is said to have \(count) elements")
    }
    guard key.count <= Limits.nameLength, let name = try file.text(key) else {
      throw fault("the key of a storage is not UTF-8 or is longer than \(Limits.nameLength) bytes")
    }
    try charge(key.count)
    var view = 0..<count
    switch parts.count == 6 ? parts[5] : .none {
    case .none: break
    case .tuple(let index):
      guard case let metadata = heap.sequences[index], metadata.count == 3, case .int(let offset) = metadata[1],
        case .int(let size) = metadata[2], offset >= 0, size >= 0, offset <= count, size <= count - offset
      else { throw fault("the view of a storage of \(count) elements is not inside it") }
      view = offset..<offset + size
    default: throw fault("the view of a storage is \(parts[5].kind)")
    }
    try checkObjects()
    heap.storages.append(TorchStorage(key: name, element: element, count: count, isUntyped: isUntyped, view: view))
    return .storage(heap.storages.count - 1)
  }

  /// What a function makes of its arguments.
  mutating func call(_ function: TorchGlobal, _ arguments: [PickleValue]) throws(LucidError) -> PickleValue {
    switch function {
    case .orderedDictionary: return try orderedDictionary(arguments)
    case .counter:
      guard arguments.count == 1, case .dictionary = arguments[0] else { throw wrongArguments(function) }
      return arguments[0]
    case .set:
      if arguments.isEmpty { return .set(try sequence([])) }
      guard arguments.count == 1, case .list(let index) = arguments[0] else { throw wrongArguments(function) }
      return .set(index)
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { throw wrongArguments(function) }
      return arguments[0]
    case .inert: return .opaque
    case .scriptClass:
      guard arguments.isEmpty else { throw wrongArguments(function) }
      try checkObjects()
      heap.objects.append(.none)
      return .object(heap.objects.count - 1)
    case .foreign: return .foreignTensor(function)
    case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3: return try tensor(function, arguments)
    case .rebuildParameter, .rebuildParameterWithState:
      guard let value = arguments.first, arguments.count >= 3 else { throw wrongArguments(function) }
      switch value {
      case .tensor, .foreignTensor: return value
      default: throw wrongArguments(function)
      }
    case .rebuildFromType:
      guard arguments.count == 4, case .global(let inner) = arguments[0], case .global(.tensorClass) = arguments[1],
        case .tuple(let index) = arguments[2]
      else { throw wrongArguments(function) }
      // One level and no more: nested ones could be as deep as the file is long.
      switch inner {
      case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3, .rebuildParameter, .foreign:
        return try call(inner, heap.sequences[index])
      default: throw wrongArguments(function)
      }
    case .storageClass, .untypedStorage, .elementType, .tensorClass:
      throw fault("\(function.name) is called, which no checkpoint does")
    }
  }

  /// `OrderedDict()`, or `OrderedDict([[key, value], …])` as Python 2 wrote it.
  private mutating func orderedDictionary(_ arguments: [PickleValue]) throws(LucidError) -> PickleValue {
    if arguments.isEmpty { return .dictionary(try dictionary([])) }
    guard arguments.count == 1, case .list(let index) = arguments[0] else { throw wrongArguments(.orderedDictionary) }
    try charge(heap.sequences[index].count)
    var pairs: [(key: PickleValue, value: PickleValue)] = []
    pairs.reserveCapacity(heap.sequences[index].count)
    for item in heap.sequences[index] {
      switch item {
      case .list(let pair), .tuple(let pair):
        guard heap.sequences[pair].count == 2 else { throw wrongArguments(.orderedDictionary) }
        pairs.append((heap.sequences[pair][0], heap.sequences[pair][1]))
      default: throw wrongArguments(.orderedDictionary)
      }
    }
    return .dictionary(try dictionary(pairs))
  }

  /// `_rebuild_tensor(storage, offset, size, stride)`; version 2 adds `requires_grad, hooks, metadata=None` and version
  /// 3 `requires_grad, hooks, dtype, metadata=None`.
  private mutating func tensor(
    _ function: TorchGlobal, _ arguments: [PickleValue]
  ) throws(LucidError) -> PickleValue {
    let known: ClosedRange<Int>
    switch function {
    case .rebuildTensorV2: known = 6...7
    case .rebuildTensorV3: known = 7...8
    default: known = 4...4
    }
    guard known.contains(arguments.count), case .storage(let storage) = arguments[0],
      case .int(let offset) = arguments[1], case .tuple(let size) = arguments[2],
      case .tuple(let stride) = arguments[3],
      let shape = integers(size), let strides = integers(stride)
    else { throw wrongArguments(function) }
    try charge(shape.count + strides.count)
    var element = heap.storages[storage].element
    if case .rebuildTensorV3 = function {
      guard case .global(.elementType(let type)) = arguments[6] else { throw wrongArguments(function) }
      element = type
    }
    var isLazilyChanged = false
    if arguments.count == known.upperBound, arguments.count > known.lowerBound {
      switch arguments[arguments.count - 1] {
      case .none: break
      case .dictionary(let index): isLazilyChanged = !heap.dictionaries[index].isEmpty
      default: throw wrongArguments(function)
      }
    }
    try checkObjects()
    heap.tensors.append(
      TorchTensor(
        storage: storage, element: element, offset: offset, shape: shape, strides: strides,
        isLazilyChanged: isLazilyChanged))
    return .tensor(heap.tensors.count - 1)
  }

  /// The integers of a tuple, nil where it holds anything else or more than a tensor can have dimensions.
  private func integers(_ tuple: Int) -> [Int]? {
    guard heap.sequences[tuple].count <= StoredExtent.maximumRank else { return nil }
    var result: [Int] = []
    for case .int(let value) in heap.sequences[tuple] { result.append(value) }
    return result.count == heap.sequences[tuple].count ? result : nil
  }

  private func wrongArguments(_ function: TorchGlobal) -> LucidError {
    fault("\(function.name) is given arguments of other types, or another number of them, than it takes")
  }
}
