import LucidTensor

/// Finds the state dict in what a pickle holds.
struct TorchCheckpoint {
  let file: MappedFile
  let document: PickleDocument
  /// The bytes of each storage, in the file, by key.
  let storages: [String: Range<Int>]
  /// Whether the elements in them stand most significant byte first.
  let isBigEndian: Bool

  /// Under which names training programs keep the state dict, in the order they are looked for: the trained model before
  /// its moving average.
  static let keys = [
    "state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params", "state_dict_ema",
    "model_ema", "ema", "params_ema",
  ]

  /// How deep such names are followed.
  private static let maximumDepth = 4
  private static let maximumNameLength = 4096
  /// The bytes that tensors which repeat stored elements, by strides of 0, may take together when they are read.
  private static let repetitionLimit = 64 << 20

  /// The tensors of the dictionary under a key, or of the one that is found. Throws ``LucidError``.
  func stateDict(key: String?) throws(LucidError) -> StateDict {
    guard case .dictionary(let root) = document.root else {
      throw file.unsupported(
        "it holds \(document.root.kind) instead of a dictionary of tensors", "Save model.state_dict() instead.")
    }
    let path: [String]
    let chosen: Int
    if let key {
      path = key.isEmpty ? [] : [key]
      chosen = try dictionary(under: key, in: root)
    } else {
      var visited: Set<Int> = []
      guard let found = try search(root, depth: 0, &visited) else { throw try nothingFound(root) }
      (chosen, path) = found
    }
    var result = try tensors(of: chosen)
    if !path.isEmpty { result.metadata["checkpoint_key"] = path.joined(separator: ".") }
    return result
  }

  /// The dictionary at a path of keys joined with dots; a key that has dots itself is tried first.
  private func dictionary(under path: String, in root: Int) throws(LucidError) -> Int {
    var place = root
    var rest = path[...]
    while !rest.isEmpty {
      if case .dictionary(let next)? = try value(of: String(rest), in: place) {
        place = next
        break
      }
      let head = rest.prefix { $0 != "." }
      guard head.endIndex < rest.endIndex, case .dictionary(let next)? = try value(of: String(head), in: place) else {
        throw LucidError(
          .unknownName, doing: "reading \(file.path)", problem: "it has no dictionary under the key \(path.quoted)",
          advice: "Its keys are \(try listing(root)).")
      }
      place = next
      rest = rest[rest.index(after: head.endIndex)...]
    }
    guard holdsTensors(place) else {
      throw LucidError(
        .unknownName, doing: "reading \(file.path)", problem: "the dictionary under \(path.quoted) holds no tensors",
        advice: "It holds \(try listing(place)).")
    }
    return place
  }

  /// Looks into each dictionary once: they can hold each other, and themselves, under all the keys.
  private func search(
    _ dictionary: Int, depth: Int, _ visited: inout Set<Int>
  ) throws(LucidError) -> (Int, [String])? {
    guard visited.insert(dictionary).inserted else { return nil }
    if depth < Self.maximumDepth {
      for key in Self.keys {
        if case .dictionary(let inner)? = try value(of: key, in: dictionary),
          let (found, path) = try search(inner, depth: depth + 1, &visited)
        {
          return (found, [key] + path)
        }
      }
    }
    return holdsTensors(dictionary) ? (dictionary, []) : nil
  }

  private func holdsTensors(_ dictionary: Int) -> Bool {
    document.heap.dictionaries[dictionary].contains { pair in
      switch pair.value {
      case .tensor, .foreignTensor: true
      default: false
      }
    }
  }

  /// The value under a key, the last one if there are several.
  private func value(of key: String, in dictionary: Int) throws(LucidError) -> PickleValue? {
    for pair in document.heap.dictionaries[dictionary].reversed() {
      guard case .text(let text) = pair.key, text.count == key.utf8.count else { continue }
      if try file.bytes(text).elementsEqual(key.utf8) { return pair.value }
    }
    return nil
  }

  private func tensors(of dictionary: Int) throws(LucidError) -> StateDict {
    var collection = TensorCollection()
    for (key, value) in document.heap.dictionaries[dictionary] {
      switch value {
      case .tensor, .foreignTensor: _ = try add(value, under: "", key, to: &collection)
      default: continue
      }
    }
    return collection.result
  }

  /// Tensors that are being put together, and what limits them.
  struct TensorCollection {
    var result = StateDict()
    /// The names, those of unreadable tensors too.
    var names: Set<String> = []
    /// The bytes that tensors which repeat stored elements will take.
    var repeated = 0
  }

  /// Adds a tensor under a name that is a prefix and a key, and returns the name. One whose elements are of a type that
  /// ``DType`` does not have can be listed and not be read.
  func add(
    _ value: PickleValue, under prefix: String, _ key: PickleValue, to collection: inout TensorCollection
  ) throws(LucidError) -> String {
    guard case .tensor(let index) = value else {
      throw file.unsupported(
        "\(try shown(key)) is \(value.kind), a kind of tensor that is not supported",
        "Save it as a plain dense tensor: tensor.to_dense(), tensor.dequantize() or tensor.cpu().")
    }
    let tensor = document.heap.tensors[index]
    let name = try self.name(prefix, key)
    guard collection.names.insert(name).inserted else {
      throw file.corrupt("two tensors are called \(name.quoted)")
    }
    let (extent, storageBytes) = try resolve(name, tensor)
    if extent.logicalByteCount > storageBytes {
      let (sum, overflows) = collection.repeated.addingReportingOverflow(extent.logicalByteCount)
      collection.repeated = sum
      guard !overflows, sum <= Self.repetitionLimit else {
        throw file.corrupt(
          "tensor \(name.quoted), shape \(tensor.shape), repeats a storage of \(storageBytes) bytes; such tensors may "
            + "take \(Self.repetitionLimit) bytes together, and these take more")
      }
    }
    guard let dtype = tensor.element.dtype else {
      collection.result.setUnreadable(unreadable(name, tensor.element, extent))
      return name
    }
    guard !tensor.isLazilyChanged else {
      throw file.unsupported(
        "tensor \(name.quoted) is marked as negated or conjugated, which is not supported",
        "Save tensor.resolve_neg().resolve_conj() instead.")
    }
    collection.result.append(StoredTensor(name, dtype, extent, isBigEndian: isBigEndian), of: file)
    return name
  }

  private func unreadable(_ name: String, _ element: TorchElement, _ extent: StoredExtent) -> UnreadableTensor {
    let error = file.unsupported(
      "tensor \(name.quoted) has elements of type \(element.rawValue), which is not supported",
      "Convert it to one of \(DType.allCases.map(\.rawValue).joined(separator: ", ")).")
    return UnreadableTensor(
      name: name, dtype: element.rawValue, shape: extent.shape, byteCount: extent.logicalByteCount, error: error)
  }

  /// The name of a tensor: a prefix and a key, which must be text.
  func name(_ prefix: String, _ key: PickleValue) throws(LucidError) -> String {
    guard case .text(let text) = key else {
      throw file.unsupported("a tensor has \(key.kind) for a name instead of text")
    }
    guard prefix.utf8.count + text.count <= Self.maximumNameLength, let name = try file.text(text) else {
      throw file.corrupt(
        "the name of a tensor, at byte \(text.lowerBound), is not UTF-8 or is longer than \(Self.maximumNameLength) bytes"
      )
    }
    return prefix + name
  }

  /// Checks a tensor against its storage; returns where it is, with the number of bytes that the storage has.
  private func resolve(_ name: String, _ tensor: TorchTensor) throws(LucidError) -> (StoredExtent, Int) {
    let storage = document.heap.storages[tensor.storage]
    guard let bytes = storages[storage.key] else {
      throw file.corrupt("tensor \(name.quoted) is in storage \(storage.key.quoted), which the file does not have")
    }
    let size = storage.element.byteCount
    // The product was checked when the storage was read.
    guard storage.count * size <= bytes.count else {
      throw file.corrupt(
        "tensor \(name.quoted) is in storage \(storage.key.quoted) of \(storage.count * size) bytes, but the file has "
          + "\(bytes.count) of them")
    }
    let start = bytes.lowerBound
    let range = start + storage.view.lowerBound * size..<start + storage.view.upperBound * size
    let extent = try StoredExtent(
      name, elementSize: tensor.element.byteCount, in: range, offset: tensor.offset, shape: tensor.shape,
      strides: tensor.strides, of: file)
    return (extent, range.count)
  }

  private func nothingFound(_ root: Int) throws(LucidError) -> LucidError {
    file.unsupported(
      "it holds no tensors where a state dict is looked for; its keys are \(try listing(root))",
      "If one of them is the state dict, name it: --key on the command line, key: in StateDict(contentsOf:key:).")
  }

  /// The first keys of a dictionary, each with what it holds.
  private func listing(_ dictionary: Int) throws(LucidError) -> String {
    let pairs = document.heap.dictionaries[dictionary]
    let shownPairs = try pairs.prefix(20).map { (pair) throws(LucidError) in
      var kind = pair.value.kind
      if case .dictionary(let index) = pair.value, holdsTensors(index) { kind += " with tensors" }
      return "\(try shown(pair.key)) (\(kind))"
    }
    if pairs.isEmpty { return "none" }
    return shownPairs.joined(separator: ", ") + (pairs.count > 20 ? " and \(pairs.count - 20) more" : "")
  }

  private func shown(_ key: PickleValue) throws(LucidError) -> String {
    switch key {
    case .text(let text): (try file.text(text.prefix(Self.maximumNameLength)) ?? "text that is not UTF-8").quoted
    case .int(let number): String(number)
    default: key.kind
    }
  }
}
