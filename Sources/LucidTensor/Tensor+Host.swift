/// Moving numbers between Swift's own types and tensors.
extension Tensor {
  /// A tensor of the given numbers in row-major order. Traps when their count is not the shape's.
  ///
  /// ```swift
  /// let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3])
  /// ```
  public init<Element: TensorElement>(_ scalars: [Element], _ shape: Shape) {
    precondition(
      scalars.count == shape.elementCount,
      "\(scalars.count) numbers do not fill a tensor of shape \(shape), which has \(shape.elementCount)")
    let storage = Storage(byteCount: scalars.count * MemoryLayout<Element>.stride)
    scalars.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { storage.base.copyMemory(from: source, byteCount: bytes.count) }
    }
    self.init(storage: storage, shape: shape, dtype: Element.dtype)
  }

  /// A vector of the given numbers.
  public init<Element: TensorElement>(_ scalars: [Element]) { self.init(scalars, [scalars.count]) }

  /// A scalar: a tensor of shape `[]`.
  public init<Element: TensorElement>(_ scalar: Element) { self.init([scalar], []) }

  /// A tensor whose bytes `fill` writes, all of them, in row-major order.
  public init<Element: TensorElement>(
    shape: Shape, of type: Element.Type = Element.self,
    initializingWith fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) rethrows {
    let count = shape.elementCount
    let storage = Storage(byteCount: count * MemoryLayout<Element>.stride)
    try fill(
      UnsafeMutableBufferPointer(start: storage.base.bindMemory(to: Element.self, capacity: count), count: count))
    self.init(storage: storage, shape: shape, dtype: Element.dtype)
  }

  /// Calls `body` with the bytes in row-major order, in the tensor's own type. Copies only when the tensor is a view
  /// in another order or in a layout of the backend's.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let plain = contiguous()
    guard case .strided(_, let offset) = plain.layout else { preconditionFailure("a plain tensor is strided") }
    return try withExtendedLifetime(plain) {
      try body(
        UnsafeRawBufferPointer(
          start: plain.storage.base + offset * dtype.byteCount, count: elementCount * dtype.byteCount))
    }
  }

  /// Calls `body` with bytes that it may write, in row-major order; the tensor's copies and views keep their values. It
  /// counts as a constant afterwards: no gradient flows back from it.
  public mutating func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    makeWritable()
    return try body(UnsafeMutableRawBufferPointer(start: storage.base, count: elementCount * dtype.byteCount))
  }

  /// Puts the elements into row-major order in storage that nobody else reads, where they are not yet.
  mutating func makeWritable() {
    let isWhole = isContiguous && elementCount * dtype.byteCount == storage.byteCount
    if !isWhole || storage.isBorrowed || !isKnownUniquelyReferenced(&storage) {
      self = copied()
    }
    origin = nil
  }

  /// The numbers in row-major order, converted to `Element` as ``to(_:)-(DType)`` converts.
  public func scalars<Element: TensorElement>(as type: Element.Type = Element.self) -> [Element] {
    // A file's bool may be any byte; as uint8 and back, it is 0 or 1.
    let x = dtype == .bool && Element.dtype == .bool ? to(.uint8).to(.bool) : to(Element.dtype)
    return x.withUnsafeBytes { Array($0.assumingMemoryBound(to: Element.self)) }
  }

  /// The one number of a tensor with one element. Traps when there are more or none.
  public func item<Element: TensorElement>(as type: Element.Type = Element.self) -> Element {
    precondition(elementCount == 1, "item() needs a tensor with one element, not one of shape \(shape)")
    return scalars(as: Element.self)[0]
  }
}
