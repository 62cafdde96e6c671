import LucidTensor

/// Where the elements of a tensor lie in a file, checked when it is made.
struct StoredExtent: Sendable {
  let shape: Shape
  /// In elements.
  let strides: [Int]
  /// The bytes from the first to the last element, in the file.
  let span: Range<Int>
  /// The bytes that the elements take when each is written once: more than the file holds when a stride is 0.
  let logicalByteCount: Int

  /// The largest number of dimensions, which is PyTorch's.
  static let maximumRank = 64

  /// A view of a storage of elements of `size` bytes: element `[i, j, …]` is `offset + i * strides[0] + j * strides[1] + …`
  /// elements into `storage`, a range of bytes of the file. Throws ``LucidError`` with ``LucidError/Code/corruptFile``
  /// unless every element is.
  init(
    _ name: String, elementSize size: Int, in storage: Range<Int>, offset: Int, shape: [Int], strides: [Int],
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
    guard let byteCount = Self.product(shape.map { max($0, 1) }, size) else {
      throw corrupt("the number of elements of shape \(shape) overflows")
    }

    let available = storage.count / size
    guard offset >= 0, offset <= available else {
      throw corrupt("it begins at element \(offset) of a storage of \(available) elements")
    }
    self.shape = Shape(shape)
    let start = storage.lowerBound + offset * size
    let plain = self.shape.rowMajorStrides
    guard !shape.contains(0) else {
      self.strides = plain
      span = start..<start
      logicalByteCount = 0
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
    span = start..<start + (last - offset + 1) * size
    logicalByteCount = byteCount
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
