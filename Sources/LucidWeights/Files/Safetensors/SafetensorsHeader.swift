import LucidTensor

/// The parsed header of a safetensors file: who is where, not yet checked against the file.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let dtype: String
    let shape: [Int]
    let start: Int
    let end: Int
  }

  /// In the order of the header.
  private(set) var tensors: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Parses the header in a range of a file, which may be followed by spaces. Throws ``LucidError`` with
  /// ``LucidError/Code/corruptFile``.
  init(in file: MappedFile, _ range: Range<Int>) throws(LucidError) {
    var json = try JSONScanner(file, range)
    guard json.peek() == UInt8(ascii: "{"), try file.has([UInt8(ascii: "{")], at: range.lowerBound) else {
      throw file.corrupt("the header does not begin with {")
    }
    var names: Set<String> = []
    var hasMetadata = false
    try json.object { (json, name) throws(LucidError) in
      if name == "__metadata__" {
        guard !hasMetadata else { throw file.corrupt("the header has __metadata__ twice") }
        hasMetadata = true
        try json.object { (json, key) throws(LucidError) in
          guard metadata.updateValue(try json.string(), forKey: key) == nil else {
            throw file.corrupt("the header's __metadata__ has \(key.quoted) twice")
          }
        }
      } else {
        guard names.insert(name).inserted else { throw file.corrupt("the header has tensor \(name.quoted) twice") }
        tensors.append(try Self.entry(name, &json, file))
      }
    }
    try json.end()
  }

  private static func entry(
    _ name: String, _ json: inout JSONScanner, _ file: MappedFile
  ) throws(LucidError) -> Entry {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try json.object { (json, field) throws(LucidError) in
      let isRepeated: Bool
      switch field {
      case "dtype":
        isRepeated = dtype != nil
        dtype = try json.string()
      case "shape":
        isRepeated = shape != nil
        shape = try json.naturalNumbers()
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try json.naturalNumbers()
      default:
        throw file.corrupt("tensor \(name.quoted) has a field \(field.quoted), which the format does not know")
      }
      if isRepeated { throw file.corrupt("tensor \(name.quoted) has the field \(field.quoted) twice") }
    }
    guard let dtype, let shape, let offsets else {
      throw file.corrupt("tensor \(name.quoted) lacks one of dtype, shape and data_offsets")
    }
    guard offsets.count == 2 else {
      throw file.corrupt("tensor \(name.quoted) has \(offsets.count) data_offsets instead of two")
    }
    guard shape.count <= StoredExtent.maximumRank, StoredExtent.product(shape.map { max($0, 1) }, 8) != nil else {
      throw file.corrupt("the number of elements of tensor \(name.quoted), shape \(shape.prefix(70)), overflows")
    }
    return Entry(name: name, dtype: dtype, shape: shape, start: offsets[0], end: offsets[1])
  }
}
