import LucidTensor

/// Writes safetensors files: eight bytes with the header's size, the header in JSON, the tensors' bytes.
///
/// The header lists `__metadata__` and then the tensors in their order. Their bytes follow one another by falling size
/// of an element, as the format allows no gaps: with the header padded to a multiple of 8, every tensor is aligned.
enum SafetensorsFileWriter {
  /// Writes the tensors of `names`, else all, to a file that is still to be published.
  static func write(_ dict: StateDict, names: [String]? = nil, to path: String) throws -> OutputFile {
    let names = names ?? dict.keys
    let inOrder = names.enumerated().sorted { a, b in
      let (left, right) = (dict.type(of: a.element)!.dtype.byteCount, dict.type(of: b.element)!.dtype.byteCount)
      return left == right ? a.offset < b.offset : left > right
    }.map(\.element)
    let header = header(dict, names, inOrder)
    guard UInt64(header.count) <= SafetensorsReader.maximumHeaderSize else {
      throw LucidError(
        .unsupportedFormat, doing: "writing \(path)",
        problem: "\(names.count) tensors need a header of \(header.count) bytes; safetensors allows "
          + "\(SafetensorsReader.maximumHeaderSize)", advice: "Write shards, or another format.")
    }
    let file = try OutputFile(path: path)
    var size = ByteBuffer()
    size.put(UInt64(header.count))
    try file.write(size.bytes)
    try file.write(header)
    for name in inOrder { try file.write(dict.tensor(name)) }
    return file
  }

  private static func header(_ dict: StateDict, _ names: [String], _ inOrder: [String]) -> [UInt8] {
    var ends: [String: (start: Int, end: Int)] = [:]
    var position = 0
    for name in inOrder {
      let type = dict.type(of: name)!
      let end = position + type.shape.elementCount * type.dtype.byteCount
      ends[name] = (position, end)
      position = end
    }
    var metadata = dict.metadata
    if metadata["format"] == nil { metadata["format"] = "pt" }
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0)):\(JSONText.quoted($1))" }
    var members = ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
    members.reserveCapacity(names.count + 1)
    for name in names {
      let type = dict.type(of: name)!
      let shape = type.shape.map(String.init).joined(separator: ",")
      let (start, end) = ends[name]!
      members.append(
        "\(JSONText.quoted(name)):{\"dtype\":\"\(SafetensorsElement.name(type.dtype))\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    return header
  }
}

/// Text as JSON has it.
enum JSONText {
  /// A string in quotes, with what RFC 8259 demands escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
