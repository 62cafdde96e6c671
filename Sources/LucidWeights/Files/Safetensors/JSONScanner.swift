import LucidTensor

/// Reads JSON of a known form strictly: RFC 8259, no duplicate is merged, no number is rounded, nothing recurses.
///
/// Foundation's parser keeps one of two equal keys without a word, which would let a file show one tensor to one reader
/// and another to the next.
struct JSONScanner {
  private let file: MappedFile
  /// The text, which lives as long as the file.
  private let text: UnsafeRawBufferPointer
  /// The place of the next byte, in the text.
  private var position = 0
  private let limit: Int
  /// Where the text begins, in the file.
  private let start: Int

  /// A scanner of the text in a range of a file. Throws ``LucidError`` where the file cannot be read.
  init(_ file: MappedFile, _ range: Range<Int>) throws(LucidError) {
    self.file = file
    text = try file.bytes(range)
    limit = text.count
    start = range.lowerBound
  }

  /// The next byte that is not white space, without moving past it; nil at the end.
  mutating func peek() -> UInt8? {
    while position < limit {
      let byte = text[position]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
      default: return byte
      }
    }
    return nil
  }

  /// An object: calls `member` with each key when its value comes next.
  mutating func object(
    _ member: (inout JSONScanner, String) throws(LucidError) -> Void
  ) throws(LucidError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while take(",")
    try expect("}")
  }

  /// An array of integers that are not negative.
  mutating func naturalNumbers() throws(LucidError) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if take("]") { return numbers }
    repeat { numbers.append(try naturalNumber()) } while take(",")
    try expect("]")
    return numbers
  }

  /// A string.
  mutating func string() throws(LucidError) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while position < limit {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw fault("a string is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): units.append(contentsOf: try escape().utf8)
      case 0..<0x20: throw fault("a string has a control character that is not escaped")
      default: units.append(byte)
      }
    }
    throw fault("a string does not end")
  }

  /// Moves past a value of any kind, without recursion. Its brackets must match; what is between them is not looked at
  /// further.
  mutating func skipValue() throws(LucidError) {
    var open: [UInt8] = []
    repeat {
      guard let byte = peek() else { throw fault("a value does not end") }
      switch byte {
      case UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // The closing bracket is two places after the opening one in ASCII.
        open.append(byte + 2)
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard open.popLast() == byte else { throw fault("a bracket does not match") }
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard !open.isEmpty else { throw fault("expected a value") }
        position += 1
      default: try skipWord()
      }
    } while !open.isEmpty
  }

  /// Moves past a number, `true`, `false` or `null`.
  private mutating func skipWord() throws(LucidError) {
    let start = position
    while position < limit, case let byte = text[position],
      Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
        || [0x2b, 0x2d, 0x2e].contains(byte)
    { position += 1 }
    guard position > start else { throw fault("expected a value") }
  }

  /// Throws unless only white space is left.
  mutating func end() throws(LucidError) {
    if peek() != nil { throw fault("something follows the closing }") }
  }

  private mutating func naturalNumber() throws(LucidError) -> Int {
    guard let first = peek(), (0x30...0x39).contains(first) else {
      throw fault("expected an integer that is not negative")
    }
    var value = 0
    var digits = 0
    while position < limit, case let byte = text[position], (0x30...0x39).contains(byte) {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = tens.addingReportingOverflow(Int(byte) - 0x30)
      guard !overflows, !sumOverflows else { throw fault("a number is larger than \(Int.max)") }
      value = sum
      digits += 1
      position += 1
    }
    guard digits == 1 || first != 0x30 else { throw fault("a number begins with 0") }
    return value
  }

  /// What follows a backslash.
  private mutating func escape() throws(LucidError) -> String {
    guard position < limit else { throw fault("a string does not end") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = UInt32(try codeUnit())
      if (0xd800..<0xdc00).contains(code), position + 6 <= limit,
        text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = UInt32(try codeUnit())
        guard (0xdc00..<0xe000).contains(low) else { throw fault("half of a surrogate pair is missing") }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair is missing") }
      return String(scalar)
    default: throw fault("a string has an escape that JSON does not know")
    }
  }

  /// Four hexadecimal digits.
  private mutating func codeUnit() throws(LucidError) -> UInt16 {
    guard position + 4 <= limit else { throw fault("a string does not end") }
    let digits = text[position..<position + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("\\u is not followed by four hexadecimal digits") }
    position += 4
    return value
  }

  /// Moves past a character if it comes next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(LucidError) {
    guard take(character) else { throw fault("expected \(character)") }
  }

  private func fault(_ problem: String) -> LucidError {
    file.corrupt("the header is not the JSON it should be at byte \(start + position): \(problem)")
  }
}
