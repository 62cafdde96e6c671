import Foundation
import LucidTensor

/// NumPy's `.npy` files: one array each.
///
/// Format: numpy.lib.format, versions 1 to 3: the magic `\x93NUMPY`, two bytes of version, the length of a header, the
/// header as a Python dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, and the numbers.
extension Tensor {
  /// The array in a `.npy` file, in its own element type, read whole. Nothing in the file is executed.
  ///
  /// - Throws: ``LucidError`` that names the file, with ``LucidError/Code/fileUnreadable``;
  ///   ``LucidError/Code/corruptFile``; ``LucidError/Code/unsupportedFormat`` for element types that ``DType`` lacks;
  ///   ``LucidError/Code/unsafeFile`` for an array of Python objects, which is a pickle.
  public init(contentsOfNumPyFile path: String) throws(LucidError) {
    let file = try MappedFile(path: path)
    let (header, start) = try NumPyHeader.read(file)
    let (dtype, isBigEndian) = try header.element(file)
    let shape = header.shape
    // Counted without the zeros, since strides are products of the other sizes.
    var room = dtype.byteCount
    for size in shape where size > 0 {
      let (product, overflow) = room.multipliedReportingOverflow(by: size)
      guard !overflow else { throw file.corrupt("the shape \(Shape(shape)) has more elements than can be counted") }
      room = product
    }
    let byteCount = shape.contains(0) ? 0 : room
    guard file.count - start == byteCount else {
      throw file.corrupt("\(dtype)\(Shape(shape)) takes \(byteCount) bytes, the file has \(file.count - start) for it")
    }
    // A file with holes in it can be far larger than the disk that it is on.
    guard byteCount < ProcessInfo.processInfo.physicalMemory else {
      throw LucidError(
        .invalidInput, doing: "reading \(path)",
        problem: "\(dtype)\(Shape(shape)) takes \(byteCount) bytes, more than this machine has memory",
        advice: "Split the array into several files.")
    }
    let storage = Storage(byteCount: byteCount)
    let target = UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
    target.copyMemory(from: file.bytes(start..<file.count))
    if isBigEndian {
      for element in stride(from: 0, to: byteCount, by: dtype.byteCount) {
        target[element..<(element + dtype.byteCount)].reverse()
      }
    }
    if dtype == .bool {
      for index in target.indices where target[index] > 1 { target[index] = 1 }
    }
    let order =
      header.isFortranOrder
      ? Array(Shape(shape.reversed()).rowMajorStrides.reversed()) : Shape(shape).rowMajorStrides
    self.init(storage: storage, shape: Shape(shape), dtype: dtype, layout: .strided(order, offset: 0))
  }

  /// Writes the array as a `.npy` file, to a temporary file beside it first, which is then renamed: there is the whole
  /// file or, after a failure, what was there before. A path that leads to no regular file, such as a pipe, is written
  /// to as it is. Bfloat16, which NumPy lacks, is written as float32.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``.
  public func write(toNumPyFile path: String) throws(LucidError) {
    let tensor = dtype == .bfloat16 ? to(.float32) : self
    let sizes = tensor.shape.map { "\($0)," }.joined(separator: " ")
    let descr = NumPyElement.descr(tensor.dtype)
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The numbers begin at a multiple of 64, as numpy.save aligns them.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let start =
      NumPyHeader.magic + [1, 0, UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)] + header.utf8
    do {
      try FileWriting.write(path) { descriptor in
        try start.withUnsafeBytes { try FileSystem.write($0, to: descriptor, path) }
        try tensor.withUnsafeBytes { try FileSystem.write($0, to: descriptor, path) }
      }
    } catch let error as LucidError {
      throw LucidError(
        error.code, doing: "writing \(path)", problem: error.problem,
        advice: "Check that the folder exists, that you may write to it and that there is room.")
    } catch {
      throw LucidError(.fileUnreadable, doing: "writing \(path)", problem: "\(error)")
    }
  }
}

extension NumPyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The header of a file, and where the numbers begin.
  fileprivate static func read(_ file: MappedFile) throws(LucidError) -> (NumPyHeader, start: Int) {
    guard file.count > 0 else { throw file.corrupt("the file is empty") }
    guard file.has(magic, at: 0) else {
      let isArchive = file.has([0x50, 0x4b, 0x03, 0x04], at: 0)
      throw file.unsupported(
        isArchive ? "it is a zip archive, such as numpy.savez writes" : "it is not a NumPy file",
        "Save one array with numpy.save.")
    }
    var reader = ByteReader(file, magic.count..<file.count, part: "the file")
    let major = try reader.byte("the version")
    let minor = try reader.byte("the version")
    guard (1...3).contains(major), minor == 0 else {
      throw file.unsupported("version \(major).\(minor) of the NumPy format is not known", "1.0, 2.0 and 3.0 are.")
    }
    let count =
      try major == 1
      ? Int(reader.integer(UInt16.self, "the header's length"))
      : Int(reader.integer(UInt32.self, "the header's length"))
    let range = try reader.skip(count, "the header")
    // NumPy itself refuses longer ones, since Python may crash on them.
    guard count <= 10_000 || count <= 65_535 && major == 1 else {
      throw file.corrupt("the header takes \(count) bytes, more than any array's")
    }
    guard let text = file.text(range), let header = NumPyHeader(text) else {
      let text = String(decoding: file.bytes(range).prefix(120), as: UTF8.self)
      throw file.corrupt("the header is not a dictionary of 'descr', 'fortran_order' and 'shape': \(text.quoted)")
    }
    return (header, reader.position)
  }

  /// The type of the elements.
  fileprivate func element(_ file: MappedFile) throws(LucidError) -> (dtype: DType, isBigEndian: Bool) {
    if let element = NumPyElement.type(descr) { return element }
    guard !descr.contains("O") else {
      throw file.unsafe(
        "it holds Python objects ('\(descr)'), which only running a pickle could read", "Save an array of numbers.")
    }
    throw file.unsupported(
      "elements of type \(descr.quoted) are not supported",
      "Save another type, as array.astype('float32') is.")
  }
}
