import LucidTensor

/// Where a tensor lies in a file: checked when it is made, read when it is asked for.
struct StoredTensor: Sendable {
  let name: String
  let type: TensorType
  /// In elements of the type.
  private let strides: [Int]
  /// The bytes from the first to the last element, in the file.
  private let span: Range<Int>

  /// The largest number of dimensions, which is PyTorch's.
  static let maximumRank = 64

  /// A view of a storage: element `[i, j, …]` is `offset + i * strides[0] + j * strides[1] + …` elements into `storage`,
  /// a range of bytes of the file. Throws ``LucidError`` with ``LucidError/Code/corruptFile`` unless every element is.
  init(
    _ name: String, _ dtype: DType, in storage: Range<Int>, offset: Int, shape: [Int], strides: [Int],
    of file: MappedFile
  ) throws(LucidError) {
    func corrupt(_ problem: String) -> LucidError { file.corrupt("tensor \(name.quoted): \(problem)") }

    guard shape.count <= Self.maximumRank else {
      throw corrupt("it has \(shape.count) dimensions; at most \(Self.maximumRank) are possible")
    }
    guard shape.count == strides.count else {
      throw corrupt("it has \(shape.count) sizes and \(strides.count) strides")
    }
    guard shape.allSatisfy({ $0 >= 0 }) else { throw corrupt("its shape \(shape) has a negative size") }
    guard strides.allSatisfy({ $0 >= 0 }) else { throw corrupt("its strides \(strides) have a negative one") }
    // Sizes of 0 count as 1 here, so that no partial product of an empty tensor's sizes overflows later either.
    guard Self.product(shape.map { max($0, 1) }, dtype.byteCount) != nil else {
      throw corrupt("the number of elements of shape \(shape) overflows")
    }

    let available = storage.count / dtype.byteCount
    guard offset >= 0, offset <= available else {
      throw corrupt("it begins at element \(offset) of a storage of \(available) elements")
    }
    let shapeOfTensor = Shape(shape)
    type = TensorType(shapeOfTensor, dtype)
    self.name = name
    let start = storage.lowerBound + offset * dtype.byteCount
    let plain = shapeOfTensor.rowMajorStrides
    guard !shape.contains(0) else {
      self.strides = plain
      span = start..<start
      return
    }
    var last = offset
    for (size, stride) in zip(shape, strides) where size > 1 {
      let (step, stepOverflows) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflows) = last.addingReportingOverflow(step)
      guard !stepOverflows, !sumOverflows else { throw corrupt("shape \(shape) times strides \(strides) overflows") }
      last = sum
    }
    guard last < available else {
      throw corrupt(
        "with offset \(offset), shape \(shape) and strides \(strides) it reaches element \(last) of a storage of "
          + "\(available) elements")
    }
    // The stride of a dimension of size 1 is never used and may be anything in a file.
    self.strides = zip(shape, zip(strides, plain)).map { size, stride in size == 1 ? stride.1 : stride.0 }
    span = start..<start + (last - offset + 1) * dtype.byteCount
  }

  /// The bytes the elements take when each is written once: more than the file holds when a stride is 0.
  var logicalByteCount: Int { type.shape.elementCount * type.dtype.byteCount }

  /// The tensor: a view of the mapped file, or a copy where the file's order leaves it misaligned in memory. Throws
  /// ``LucidError`` with ``LucidError/Code/corruptFile`` when a bool is neither 0 nor 1, and with
  /// ``LucidError/Code/fileUnreadable`` when the file has been cut since it was opened.
  func read(from file: MappedFile) throws(LucidError) -> Tensor {
    try file.checkLength()
    let bytes = file.bytes(span)
    if type.dtype == .bool, let wrong = bytes.first(where: { $0 > 1 }) {
      throw file.corrupt("tensor \(name.quoted): a bool is stored as \(wrong); only 0 and 1 are possible")
    }
    let storage: Storage
    if Int(bitPattern: bytes.baseAddress) % type.dtype.byteCount == 0 {
      storage = Storage(borrowing: bytes, owner: file)
    } else {
      storage = Storage(byteCount: bytes.count)
      UnsafeMutableRawBufferPointer(start: storage.base, count: bytes.count).copyMemory(from: bytes)
    }
    return Tensor(storage: storage, shape: type.shape, dtype: type.dtype, layout: .strided(strides, offset: 0))
  }

  /// The product of non-negative numbers, nil when it overflows.
  static func product(_ factors: [Int], _ last: Int = 1) -> Int? {
    var result = last
    for factor in factors {
      let (next, overflows) = result.multipliedReportingOverflow(by: factor)
      if overflows { return nil }
      result = next
    }
    return result
  }
}

extension StateDict {
  /// Puts a tensor that is read from a file when asked for at the end.
  mutating func append(_ tensor: StoredTensor, of file: MappedFile) {
    set(tensor.name, tensor.type) { () throws(LucidError) in try tensor.read(from: file) }
  }
}

extension String {
  /// The text in quotes with control characters escaped, cut where it is long: fit for an error.
  var quoted: String {
    let shown = unicodeScalars.prefix(120)
    return "\""
      + shown.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }.joined()
      + (shown.endIndex < unicodeScalars.endIndex ? "…\"" : "\"")
  }
}
