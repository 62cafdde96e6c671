import LucidTensor

/// The beginning of a `.npy` file: the magic `\x93NUMPY`, two bytes of version, the length of a header, and the header
/// as a Python dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
///
/// Format: numpy.lib.format, versions 1 to 3.
struct NumPyHeader {
  let descr: String
  let isFortran: Bool
  let shape: [Int]
  /// Where the numbers begin.
  let byteCount: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read, in bytes: a structured array's can be long, a plain one's is not.
  static let maximumLength = 1 << 16

  private static let types: [(DType, String)] = [
    (.float32, "<f4"), (.float64, "<f8"), (.float16, "<f2"), (.int8, "|i1"), (.int16, "<i2"), (.int32, "<i4"),
    (.int64, "<i8"), (.uint8, "|u1"), (.bool, "|b1"),
  ]

  /// The element type, nil where ``DType`` has none such.
  var dtype: DType? { Self.types.first { $0.1 == descr }?.0 }

  /// The strides of the array, in elements.
  var strides: [Int] {
    isFortran ? Shape(shape.reversed()).rowMajorStrides.reversed() : Shape(shape).rowMajorStrides
  }

  /// What is before the numbers of an array in row-major order; they begin at a multiple of 64, as `numpy.save` has it.
  static func bytes(for type: TensorType) -> [UInt8] {
    guard let descr = types.first(where: { $0.0 == type.dtype })?.1 else {
      preconditionFailure("NumPy has no \(type.dtype)")
    }
    let shape = type.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var buffer = ByteBuffer()
    buffer.put(magic)
    buffer.put(1 as UInt16)
    buffer.put(UInt16(header.utf8.count))
    buffer.put(header)
    return buffer.bytes
  }

  /// Reads the header at the beginning of bytes, which need not be all of the array's. Throws what `fail` makes of a
  /// description.
  init(_ bytes: UnsafeRawBufferPointer, fail: (String) -> LucidError) throws(LucidError) {
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
      throw fail("it is not a NumPy file: it does not begin with \\x93NUMPY")
    }
    let isLong = bytes[6] >= 2
    guard (1...3).contains(bytes[6]), bytes.count >= (isLong ? 12 : 10) else {
      throw fail("version \(bytes[6]).\(bytes[7]) of the format is not known")
    }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    let start = isLong ? 12 : 10
    guard length <= Self.maximumLength else { throw fail("the header is said to take \(length) bytes") }
    guard length <= bytes.count - start else {
      throw fail("the header is said to take \(length) bytes, the file has \(bytes.count - start)")
    }
    var parser = PythonDictionaryParser(Array(bytes[start..<start + length]))
    guard let values = parser.parse(), case .text(let descr)? = values["descr"],
      case .flag(let isFortran)? = values["fortran_order"], case .numbers(let shape)? = values["shape"]
    else { throw fail("the header is not a dictionary of 'descr', 'fortran_order' and 'shape'") }
    guard shape.count <= StoredTensor.maximumRank, StoredTensor.product(shape.map { max($0, 1) }, 8) != nil else {
      throw fail("the shape \(shape.prefix(70)) has more elements than can be counted")
    }
    self.descr = descr
    self.isFortran = isFortran
    self.shape = shape
    byteCount = start + length
  }
}

/// Reads the one form of Python dictionary that NumPy writes: text keys; text, `True`, `False` or tuples of integers for
/// values.
private struct PythonDictionaryParser {
  enum Value {
    case text(String)
    case flag(Bool)
    case numbers([Int])
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The dictionary, nil where the text is anything else or a key is there twice.
  mutating func parse() -> [String: Value]? {
    var result: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), result.updateValue(value, forKey: key) == nil else {
        return nil
      }
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    return peek() == nil ? result : nil
  }

  private mutating func value() -> Value? {
    if peek() == UInt8(ascii: "(") { return numbers().map(Value.numbers) }
    if take("True") { return .flag(true) }
    if take("False") { return .flag(false) }
    return text().map(Value.text)
  }

  private mutating func numbers() -> [Int]? {
    var result: [Int] = []
    guard take("(") else { return nil }
    while !take(")") {
      var digits = ""
      while let byte = peek(skippingSpace: digits.isEmpty), (0x30...0x39).contains(byte), digits.utf8.count < 20 {
        digits.unicodeScalars.append(Unicode.Scalar(byte))
        position += 1
      }
      guard let number = Int(digits) else { return nil }
      result.append(number)
      // Python 2 wrote long integers with an L.
      _ = take("L")
      guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return result
  }

  private mutating func text() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return nil }
    let content = bytes[position + 1..<end]
    guard content.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else { return nil }
    position = end + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func peek(skippingSpace: Bool = true) -> UInt8? {
    while skippingSpace, position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a { position += 1 }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ word: StaticString) -> Bool {
    guard peek() != nil, bytes.count - position >= word.utf8CodeUnitCount else { return false }
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + $0.count]) }
    if matches { position += word.utf8CodeUnitCount }
    return matches
  }
}
