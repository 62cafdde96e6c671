import LucidTensor

/// Writes what `torch.save(state_dict, path)` does since PyTorch 1.6, and what `torch.load(weights_only=True)` reads.
///
/// The archive has `archive/data.pkl`, `archive/byteorder`, `archive/data/<key>` for each storage and `archive/version`.
enum TorchZipWriter {
  /// Writes a state dict. Tensors that are the same elements of the same memory share a storage, as tied parameters do.
  static func write(_ dict: StateDict, to path: String, zip64From limit: Int = 0xffff_ffff) throws {
    // Where a tensor's elements are: two tensors of one place and order are one storage. The tensors are held, so that no
    // memory is given to a second one.
    struct Place: Hashable {
      let address: UnsafeRawPointer
      let strides: [Int]
      let type: TensorType
    }
    var keys: [Place: Int] = [:]
    var storages: [Tensor] = []
    var pickle = TensorPickle()
    for name in dict.keys {
      let tensor = try dict.tensor(name)
      var key = storages.count
      if case .strided(let strides, let offset) = tensor.layout, tensor.elementCount > 0 {
        let address = UnsafeRawPointer(tensor.storage.base) + offset * tensor.dtype.byteCount
        let place = Place(address: address, strides: strides, type: tensor.type)
        key = keys[place] ?? key
        keys[place] = key
      }
      if key == storages.count { storages.append(tensor) }
      pickle.add(name, tensor.type, storage: key)
    }

    let file = try OutputFile(path: path)
    var archive = StoredZipWriter(file, zip64From: limit)
    try archive.add("archive/data.pkl", pickle.finish())
    try archive.add("archive/byteorder", Array("little".utf8))
    for (key, tensor) in storages.enumerated() { try archive.add("archive/data/\(key)", [], tensor) }
    try archive.add("archive/version", Array("3\n".utf8))
    try archive.finish()
    try file.publish()
  }
}

/// The pickle, protocol 2, of an `OrderedDict` of tensors.
private struct TensorPickle {
  private var buffer = ByteBuffer()
  /// What was written before and is named by its number since.
  private var memo: [String: UInt32] = [:]

  init() {
    put(.proto)
    buffer.put(2 as UInt8)
    global("collections", "OrderedDict")
    put(.emptyTuple)
    put(.reduce)
    put(.mark)
  }

  mutating func add(_ name: String, _ type: TensorType, storage key: Int) {
    text(name)
    global("torch._utils", "_rebuild_tensor_v2")
    put(.mark)
    put(.mark)
    remembered("storage") { $0.text("storage") }
    global("torch", Self.storageClass(type.dtype))
    text(String(key))
    remembered("cpu") { $0.text("cpu") }
    integer(type.shape.elementCount)
    put(.tuple)
    put(.binPersistentID)
    integer(0)
    tuple(type.shape.dimensions)
    tuple(type.shape.rowMajorStrides)
    put(.newFalse)
    global("collections", "OrderedDict")
    put(.emptyTuple)
    put(.reduce)
    put(.tuple)
    put(.reduce)
  }

  mutating func finish() -> [UInt8] {
    put(.setItems)
    put(.stop)
    return buffer.bytes
  }

  private mutating func put(_ opcode: PickleOpcode) { buffer.put(opcode.rawValue) }

  private mutating func text(_ text: String) {
    put(.binUnicode)
    buffer.put(UInt32(text.utf8.count))
    buffer.put(text)
  }

  private mutating func global(_ module: String, _ name: String) {
    remembered("\(module)\n\(name)\n") {
      $0.put(.global)
      $0.buffer.put("\(module)\n\(name)\n")
    }
  }

  /// Writes something, or where it was written before, a reference to that.
  private mutating func remembered(_ what: String, _ write: (inout TensorPickle) -> Void) {
    if let index = memo[what] {
      put(.binGet)
      buffer.put(UInt8(index))
      return
    }
    write(&self)
    let index = UInt32(memo.count)
    memo[what] = index
    put(.binPut)
    buffer.put(UInt8(index))
  }

  private mutating func integer(_ value: Int) {
    switch value {
    case 0...0xff:
      put(.binInt1)
      buffer.put(UInt8(value))
    case 0...0xffff:
      put(.binInt2)
      buffer.put(UInt16(value))
    case 0...Int(Int32.max):
      put(.binInt)
      buffer.put(Int32(value))
    default:
      put(.long1)
      buffer.put(8 as UInt8)
      buffer.put(Int64(value))
    }
  }

  private mutating func tuple(_ values: [Int]) {
    guard !values.isEmpty else { return put(.emptyTuple) }
    put(.mark)
    for value in values { integer(value) }
    put(.tuple)
  }

  private static func storageClass(_ dtype: DType) -> String {
    switch dtype {
    case .float32: "FloatStorage"
    case .float64: "DoubleStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .int8: "CharStorage"
    case .int16: "ShortStorage"
    case .int32: "IntStorage"
    case .int64: "LongStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }
}
