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
    try self.init(numPy: MappedFile(path: path))
  }

  /// The array in a file that is open already.
  init(numPy file: MappedFile) throws(LucidError) {
    let (header, start) = try NumPyHeader.read(file, 0..<file.count)
    let (dtype, isBigEndian) = try header.element(file)
    _ = try header.byteCount(dtype, available: file.count - start, file)
    self.init(numPy: try file.copy(start..<file.count), header, dtype, isBigEndian: isBigEndian)
  }

  /// An array's numbers, which nobody else has: those of big-endian order are turned round and bools made 0 or 1.
  init(numPy storage: Storage, _ header: NumPyHeader, _ dtype: DType, isBigEndian: Bool) {
    if isBigEndian { storage.swapBytes(ofElements: dtype.byteCount) }
    if dtype == .bool {
      let bytes = UnsafeMutableRawBufferPointer(start: storage.base, count: storage.byteCount)
      for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
    }
    self.init(
      storage: storage, shape: Shape(header.shape), dtype: dtype, layout: .strided(header.strides, offset: 0))
  }

  /// Writes the array as a `.npy` file, to a temporary file beside it first, which is then renamed: there is the whole
  /// file or, after a failure, what was there before. A path that leads to no regular file, such as a pipe, is written
  /// to as it is. Bfloat16, which NumPy lacks, is written as float32.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable``; `CancellationError` when the task was cancelled.
  public func write(toNumPyFile path: String) throws {
    let tensor = dtype == .bfloat16 ? to(.float32) : self
    let file = try OutputFile(path: path)
    try file.write(NumPyHeader.bytes(before: tensor.type))
    try file.write(tensor)
    try file.publish()
  }
}

extension NumPyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// What is before the numbers of an array in row-major order.
  static func bytes(before type: TensorType) -> [UInt8] {
    let sizes = type.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(NumPyElement.descr(type.dtype))', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The numbers begin at a multiple of 64, as numpy.save aligns them.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    return magic + [1, 0, UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)] + header.utf8
  }

  /// The strides of the array, in elements.
  var strides: [Int] {
    isFortranOrder ? Shape(shape.reversed()).rowMajorStrides.reversed() : Shape(shape).rowMajorStrides
  }

  /// The bytes that the array takes. Throws unless they are as many as there are.
  func byteCount(_ dtype: DType, available: Int, _ file: MappedFile) throws(LucidError) -> Int {
    // Counted without the zeros, since strides are products of the other sizes.
    guard let room = StoredExtent.product(shape.map { max($0, 1) }, dtype.byteCount) else {
      throw file.corrupt("the shape \(Shape(shape)) has more elements than can be counted")
    }
    let byteCount = shape.contains(0) ? 0 : room
    guard available == byteCount else {
      throw file.corrupt("\(dtype)\(Shape(shape)) takes \(byteCount) bytes, the file has \(available) for it")
    }
    return byteCount
  }

  /// The header of the array in a range of a file, and where the numbers begin.
  static func read(_ file: MappedFile, _ range: Range<Int>) throws(LucidError) -> (NumPyHeader, start: Int) {
    guard !range.isEmpty else { throw file.corrupt("the file is empty") }
    guard range.count >= magic.count, try file.has(magic, at: range.lowerBound) else {
      let isArchive = try file.has([0x50, 0x4b, 0x03, 0x04], at: range.lowerBound)
      throw file.unsupported(
        isArchive ? "it is a zip archive, such as numpy.savez writes" : "it is not a NumPy file",
        "Save one array with numpy.save.")
    }
    var reader = ByteReader(file, range.lowerBound + magic.count..<range.upperBound, part: "the file")
    let major = try reader.byte("the version")
    let minor = try reader.byte("the version")
    guard (1...3).contains(major), minor == 0 else {
      throw file.unsupported("version \(major).\(minor) of the NumPy format is not known", "1.0, 2.0 and 3.0 are.")
    }
    let count =
      try major == 1
      ? Int(reader.integer(UInt16.self, "the header's length"))
      : Int(reader.integer(UInt32.self, "the header's length"))
    let textRange = try reader.skip(count, "the header")
    // NumPy itself refuses longer ones, since Python may crash on them.
    guard count <= 10_000 || count <= 65_535 && major == 1 else {
      throw file.corrupt("the header takes \(count) bytes, more than any array's")
    }
    guard let text = try file.text(textRange), let header = NumPyHeader(text) else {
      let text = String(decoding: try file.bytes(textRange).prefix(120), as: UTF8.self)
      throw file.corrupt("the header is not a dictionary of 'descr', 'fortran_order' and 'shape': \(text.quoted)")
    }
    return (header, reader.position)
  }

  /// The type of the elements.
  func element(_ file: MappedFile) throws(LucidError) -> (dtype: DType, isBigEndian: Bool) {
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
