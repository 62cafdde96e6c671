/// Writes tar archives, honest or not.
struct TarWriter {
  private var writer = ByteWriter()

  /// The archive, with the blocks of zeros at its end.
  var bytes: [UInt8] { writer.bytes + [UInt8](repeating: 0, count: 1024) }

  /// The entries of a checkpoint without tensors.
  static let empty: [String: [UInt8]] = [
    "sys_info": PickleWriter.build { $0.op("}") },
    "storages": PickleWriter.build { $0.int(0) } + PickleWriter.build { $0.op("]") },
    "tensors": PickleWriter.build { $0.int(0) },
    "pickle": PickleWriter.build { $0.op("}") },
  ]

  /// A checkpoint without tensors whose object is a pickle.
  static func checkpoint(_ pickle: [UInt8]) -> [UInt8] {
    var tar = TarWriter()
    for name in ["sys_info", "tensors", "storages"] { tar.add(name, empty[name]!) }
    tar.add("pickle", pickle)
    return tar.bytes
  }

  mutating func add(
    _ name: String, _ data: [UInt8], type: UInt8 = UInt8(ascii: "0"), size: String? = nil, checksum: Int? = nil
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    put(name, at: 0)
    put(size ?? octal(data.count, 11), at: 124)
    header[156] = type
    put("ustar", at: 257)
    put("        ", at: 148)
    put(octal(checksum ?? header.reduce(0) { $0 + Int($1) }, 6) + "\0", at: 148)
    writer.put(header + data)
    writer.put([UInt8](repeating: 0, count: (512 - data.count % 512) % 512))
  }
}
