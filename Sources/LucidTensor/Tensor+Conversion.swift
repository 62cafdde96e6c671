extension Tensor {
  /// The same numbers as another element type: to integers by dropping the fraction (saturating at 64 bits, NaN to 0),
  /// between integers by keeping the low bits, to bool by comparing with 0. No copy when the type is the same.
  public func to(_ dtype: DType) -> Tensor {
    dtype == self.dtype ? self : Tensor.apply(Cast(dtype: dtype), self)
  }

  /// The same tensor on another device. Throws ``LucidError`` with ``LucidError/Code/deviceUnavailable``.
  public func to(_ device: Device) throws(LucidError) -> Tensor {
    try device.requireAvailable()
    return self
  }

  /// The same tensor with its elements in row-major order without gaps; no copy when they already are.
  public func contiguous() -> Tensor { isContiguous ? self : copied() }

  /// A copy of the elements, in row-major order, in storage of its own.
  func copied() -> Tensor {
    precondition(!isSymbolic, "a symbolic tensor has no numbers: what is recorded cannot depend on them")
    guard case .strided(let strides, let offset) = layout else { return device.backend.plain(self) }
    let copy = Storage(byteCount: elementCount * dtype.byteCount)
    StridedCopy.gather(
      UnsafeRawPointer(storage.base) + offset * dtype.byteCount, shape: shape, strides: strides,
      width: dtype.byteCount, to: copy.base)
    return Tensor(storage: copy, shape: shape, dtype: dtype, device: device)
  }
}
