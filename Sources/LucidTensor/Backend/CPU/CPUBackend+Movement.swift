extension CPUBackend {
  func cast(_ x: Tensor, to dtype: DType) -> Tensor {
    let output = Tensor(uninitialized: x.shape, dtype)
    x.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      Conversion.convert(source, x.dtype, output.bytes, dtype, count: x.elementCount)
    }
    return output
  }

  func concatenate(_ tensors: [Tensor], axis: Int, shape: Shape) -> Tensor {
    let output = Tensor(uninitialized: shape, tensors[0].dtype)
    let width = output.dtype.byteCount
    let inner = shape[(axis + 1)...].reduce(width, *)
    let rows = shape[..<axis].reduce(1, *)
    let rowBytes = shape[axis] * inner
    var start = 0
    for tensor in tensors {
      let source = tensor.contiguous()
      let bytes = tensor.shape[axis] * inner
      if bytes > 0 {
        for row in 0..<rows {
          (output.bytes + row * rowBytes + start).copyMemory(from: source.bytes + row * bytes, byteCount: bytes)
        }
      }
      start += bytes
    }
    return output
  }

  func gather(_ x: Tensor, indices: Tensor, axis: Int, shape: Shape) -> Tensor {
    let (x, indices) = (x.contiguous(), indices.scalars(as: Int64.self))
    let output = Tensor(uninitialized: shape, x.dtype)
    let inner = shape[(axis + 1)...].reduce(x.dtype.byteCount, *)
    for row in 0..<shape[..<axis].reduce(1, *) {
      for (place, index) in indices.enumerated() {
        precondition(
          index >= 0 && index < x.shape[axis], "index \(index) is out of range for dimension \(axis) of \(x.shape)")
        (output.bytes + (row * indices.count + place) * inner)
          .copyMemory(from: x.bytes + (row * x.shape[axis] + Int(index)) * inner, byteCount: inner)
      }
    }
    return output
  }
}
