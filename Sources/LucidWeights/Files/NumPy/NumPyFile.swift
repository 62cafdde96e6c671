import Foundation
import LucidTensor

/// NumPy's `.npy` files: one array each.
///
/// Format: numpy.lib.format, versions 1 to 3: the magic `\x93NUMPY`, two bytes of version, the length of a header, the
/// header as a Python dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, and the numbers.
extension Tensor {
  /// The array in a `.npy` file, in its own element type, read whole.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``, ``LucidError/Code/corruptFile``, or
  ///   ``LucidError/Code/unsupportedFormat`` for element types that ``DType`` lacks and for big-endian numbers.
  public init(contentsOfNumPyFile path: String) throws(LucidError) {
    let file = try MappedFile(path: path)
    let bytes = file.bytes(0..<file.count)
    defer { withExtendedLifetime(file) {} }
    func fail(_ problem: String) -> LucidError { LucidError(.corruptFile, doing: "reading \(path)", problem: problem) }
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(NumPyHeader.magic) else {
      throw fail("it is not a NumPy file: it does not begin with \\x93NUMPY")
    }
    let isLong = bytes[6] >= 2
    guard (1...3).contains(bytes[6]), bytes.count >= (isLong ? 12 : 10) else {
      throw fail("version \(bytes[6]).\(bytes[7]) of the format is not known")
    }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    let start = isLong ? 12 : 10
    guard length <= bytes.count - start else {
      throw fail("the header is said to take \(length) bytes, the file has \(bytes.count - start)")
    }
    let header = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]), as: UTF8.self)
    guard let descr = NumPyHeader.text("descr", header), let shape = NumPyHeader.shape(header) else {
      throw fail("the header has no 'descr' and 'shape': \(header.prefix(120))")
    }
    guard let dtype = NumPyHeader.dtype(descr) else {
      throw LucidError(
        .unsupportedFormat, doing: "reading \(path)", problem: "elements of type '\(descr)' are not supported",
        advice: "Save little-endian numbers: array.astype('<f4').")
    }
    guard let isFortran = NumPyHeader.flag("fortran_order", header) else {
      throw fail("the header has no 'fortran_order'")
    }
    var byteCount = dtype.byteCount
    for size in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
      if overflow { throw fail("the shape \(shape) has more elements than can be counted") }
      byteCount = product
    }
    guard bytes.count - start - length == byteCount else {
      throw fail("\(dtype)\(shape) takes \(byteCount) bytes, the file has \(bytes.count - start - length)")
    }
    let storage = Storage(byteCount: byteCount)
    if byteCount > 0 { storage.base.copyMemory(from: bytes.baseAddress! + start + length, byteCount: byteCount) }
    let order = isFortran ? Array(Shape(shape.reversed()).rowMajorStrides.reversed()) : Shape(shape).rowMajorStrides
    self.init(
      storage: storage, shape: Shape(shape), dtype: dtype, layout: .strided(order, offset: 0))
  }

  /// Writes the array as a `.npy` file, to a temporary file beside it first, which is then renamed. Bfloat16, which NumPy
  /// lacks, is written as float32.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  public func write(toNumPyFile path: String) throws(LucidError) {
    let tensor = dtype == .bfloat16 ? to(.float32) : self
    let shape = tensor.shape.map { "\($0)," }.joined(separator: " ")
    let descr = NumPyHeader.descr(tensor.dtype)
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }"
    // The numbers begin at a multiple of 64, as numpy.save aligns them.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var data = Data(NumPyHeader.magic)
    data.append(contentsOf: [1, 0, UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: header.utf8)
    tensor.withUnsafeBytes { data.append(contentsOf: $0) }
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: "writing \(path)", problem: error.localizedDescription,
        advice: "Check that the folder exists and may be written to.")
    }
  }
}

/// The dictionary at the beginning of a `.npy` file.
private enum NumPyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private static let types: [(DType, String)] = [
    (.float32, "<f4"), (.float64, "<f8"), (.float16, "<f2"), (.int8, "|i1"), (.int16, "<i2"), (.int32, "<i4"),
    (.int64, "<i8"), (.uint8, "|u1"), (.bool, "|b1"),
  ]

  static func dtype(_ descr: String) -> DType? { types.first { $0.1 == descr }?.0 }

  static func descr(_ dtype: DType) -> String {
    guard let descr = types.first(where: { $0.0 == dtype })?.1 else { preconditionFailure("NumPy has no \(dtype)") }
    return descr
  }

  /// The text after `'key':`.
  private static func value(_ key: String, _ header: String) -> Substring? {
    guard let range = header.range(of: "'\(key)':") else { return nil }
    return header[range.upperBound...].drop { $0 == " " }
  }

  static func text(_ key: String, _ header: String) -> String? {
    guard let value = value(key, header), value.first == "'" else { return nil }
    return String(value.dropFirst().prefix { $0 != "'" })
  }

  static func flag(_ key: String, _ header: String) -> Bool? {
    guard let value = value(key, header) else { return nil }
    return value.hasPrefix("True") ? true : value.hasPrefix("False") ? false : nil
  }

  static func shape(_ header: String) -> [Int]? {
    guard let value = value("shape", header), value.first == "(", let end = value.firstIndex(of: ")") else {
      return nil
    }
    let parts = value[..<end].dropFirst().split(separator: ",").map { $0.filter { $0 != " " } }
    let sizes = parts.filter { !$0.isEmpty }.map { Int($0) }
    guard sizes.allSatisfy({ $0 != nil && $0! >= 0 }) else { return nil }
    return sizes.map { $0! }
  }
}
