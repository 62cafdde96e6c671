/// Writes little-endian bytes.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func put(_ values: [UInt8]) { bytes += values }
  mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes += Array($0) }
  }
}

/// Writes pickles instruction by instruction, honest or not.
struct PickleWriter {
  private var writer = ByteWriter()
  var bytes: [UInt8] { writer.bytes }

  init(protocol version: UInt8 = 2) { writer.put([0x80, version]) }

  static func build(protocol version: UInt8 = 2, _ body: (inout PickleWriter) -> Void) -> [UInt8] {
    var pickle = PickleWriter(protocol: version)
    body(&pickle)
    pickle.op(".")
    return pickle.bytes
  }

  mutating func op(_ character: Unicode.Scalar) { writer.put([UInt8(ascii: character)]) }
  mutating func raw(_ bytes: UInt8...) { writer.put(bytes) }
  mutating func raw(_ bytes: [UInt8]) { writer.put(bytes) }
  mutating func integer<Value: FixedWidthInteger>(_ value: Value) { writer.put(value) }

  mutating func text(_ text: String) {
    op("X")
    writer.put(UInt32(text.utf8.count))
    writer.put(Array(text.utf8))
  }

  /// LONG1 with eight bytes, so that any integer fits.
  mutating func int(_ value: Int) {
    raw(0x8a, 8)
    writer.put(Int64(value))
  }

  mutating func global(_ module: String, _ name: String) { raw(Array("c\(module)\n\(name)\n".utf8)) }

  mutating func tuple(_ values: [Int]) {
    op("(")
    for value in values { int(value) }
    op("t")
  }

  mutating func storage(_ key: String = "0", count: Int, class name: String = "FloatStorage") {
    op("(")
    text("storage")
    global("torch", name)
    text(key)
    text("cpu")
    int(count)
    op("t")
    op("Q")
  }

  mutating func tensor(count: Int = 4, offset: Int = 0, shape: [Int] = [4], strides: [Int] = [1], key: String = "0") {
    global("torch._utils", "_rebuild_tensor_v2")
    op("(")
    storage(key, count: count)
    int(offset)
    tuple(shape)
    tuple(strides)
    raw(0x89)
    global("collections", "OrderedDict")
    op(")")
    op("R")
    op("t")
    op("R")
  }

  /// The pickle of `{name: tensor}`.
  static func dictionary(_ name: String = "a", _ value: (inout PickleWriter) -> Void) -> [UInt8] {
    build {
      $0.op("}")
      $0.text(name)
      value(&$0)
      $0.op("s")
    }
  }
}

/// Writes zip archives whose entries are stored, with knobs for each lie.
struct ZipWriter {
  struct Entry {
    var name: String
    var data: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var localSize: UInt32?
    var centralSize: UInt32?
    var localName: String?
    var offset: UInt32?

    init(_ name: String, _ data: [UInt8]) {
      self.name = name
      self.data = data
    }
  }

  var entries: [Entry]
  var entryCount: UInt16?
  var directoryOffset: UInt32?
  /// Whether sizes and offsets are in the 64-bit fields, and the shorter ones say so.
  var isZip64 = false
  /// Added to the 64-bit size of every entry.
  var zip64Lie: UInt64 = 0
  var locatorOffset: UInt64?

  /// An archive as torch.save makes them.
  static func checkpoint(
    pickle: [UInt8], storages: [(String, [UInt8])] = [("0", [UInt8](repeating: 0, count: 16))]
  ) -> ZipWriter {
    ZipWriter(
      entries: [Entry("archive/data.pkl", pickle), Entry("archive/version", Array("3\n".utf8))]
        + storages.map { Entry("archive/data/\($0)", $1) })
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    var offsets: [UInt32] = []
    for entry in entries {
      offsets.append(UInt32(writer.bytes.count))
      let size = entry.localSize ?? UInt32(entry.data.count)
      let name = Array((entry.localName ?? entry.name).utf8)
      writer.put(UInt32(0x0403_4b50))
      for field in [20, entry.flags, entry.method, 0, 0] { writer.put(UInt16(field)) }
      for field in [0, size, size] { writer.put(field) }
      writer.put(UInt16(name.count))
      writer.put(UInt16(0))
      writer.put(name)
      writer.put(entry.data)
    }
    let start = UInt32(writer.bytes.count)
    for (entry, offset) in zip(entries, offsets) {
      let size = entry.centralSize ?? UInt32(entry.data.count)
      writer.put(UInt32(0x0201_4b50))
      for field in [20, 20, entry.flags, entry.method, 0, 0] { writer.put(UInt16(field)) }
      for field in [0, isZip64 ? .max : size, isZip64 ? .max : size] { writer.put(field) }
      writer.put(UInt16(entry.name.utf8.count))
      writer.put(UInt16(isZip64 ? 28 : 0))
      for _ in 0..<3 { writer.put(UInt16(0)) }
      writer.put(UInt32(0))
      writer.put(isZip64 ? .max : entry.offset ?? offset)
      writer.put(Array(entry.name.utf8))
      if isZip64 {
        for field in [1, 24] { writer.put(UInt16(field)) }
        for field in [UInt64(size) &+ zip64Lie, UInt64(size) &+ zip64Lie, UInt64(entry.offset ?? offset)] {
          writer.put(field)
        }
      }
    }
    let size = UInt32(writer.bytes.count) - start
    let count = entryCount ?? UInt16(entries.count)
    if isZip64 {
      let record = UInt64(writer.bytes.count)
      writer.put(UInt32(0x0606_4b50))
      writer.put(UInt64(44))
      for field in [45, 45, 0, 0, 0, 0] { writer.put(UInt16(field)) }
      for field in [UInt64(count), UInt64(count), UInt64(size), UInt64(directoryOffset ?? start)] { writer.put(field) }
      writer.put(UInt32(0x0706_4b50))
      writer.put(UInt32(0))
      writer.put(locatorOffset ?? record)
      writer.put(UInt32(1))
    }
    writer.put(UInt32(0x0605_4b50))
    for field in [0, 0, isZip64 ? .max : count, isZip64 ? .max : count] { writer.put(field) }
    writer.put(isZip64 ? .max : size)
    writer.put(isZip64 ? .max : directoryOffset ?? start)
    writer.put(UInt16(0))
    return writer.bytes
  }
}

/// Writes the older form of torch.save.
enum LegacyWriter {
  static let magic = PickleWriter.build {
    $0.raw([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])
  }

  static func checkpoint(
    pickle: [UInt8], keys: [String] = ["0"],
    storages: [(count: Int64, data: [UInt8])] = [(4, [UInt8](repeating: 0, count: 16))]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(magic)
    writer.put(PickleWriter.build { $0.int(1001) })
    writer.put(PickleWriter.build { $0.op("}") })
    writer.put(pickle)
    writer.put(
      PickleWriter.build {
        $0.op("]")
        for key in keys {
          $0.text(key)
          $0.op("a")
        }
      })
    for storage in storages {
      writer.put(storage.count)
      writer.put(storage.data)
    }
    return writer.bytes
  }
}

/// Writes safetensors files from a header's text.
enum SafetensorsWriter {
  static func file(_ header: String, data: Int = 0, size: UInt64? = nil) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(size ?? UInt64(header.utf8.count))
    writer.put(Array(header.utf8))
    writer.put([UInt8](repeating: 0, count: data))
    return writer.bytes
  }

  static func entry(_ name: String, _ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]")
    -> String
  {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }
}
