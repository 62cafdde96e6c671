import COneDNN

/// The processor: oneDNN for what is heavy, Swift loops on the same threads for the rest.
struct CPUBackend: Backend {
  func plain(_ x: Tensor) -> Tensor {
    guard case .opaque = x.layout else { return x }
    return reordered(x, to: MemoryDescriptor(x.shape, strides: x.shape.rowMajorStrides))
  }

  /// The same numbers in another memory order; no copy when they are in it already.
  func reordered(_ x: Tensor, to target: MemoryDescriptor) -> Tensor {
    let source = x.descriptor
    if source == target { return x }
    let primitive = PrimitiveCache.shared.primitive(for: ReorderKey(source: source, target: target)) {
      Primitive("reorder", arguments: [DNNL_ARG_FROM, DNNL_ARG_TO], [source, target]) {
        lucid_reorder(&$0, $1.engine, $3, $2[0], $2[1])
      }
    }
    let output = Tensor(uninitialized: x.shape, target)
    primitive.execute([(DNNL_ARG_FROM, x), (DNNL_ARG_TO, output)])
    return output
  }
}

private struct ReorderKey: Hashable {
  let source: MemoryDescriptor
  let target: MemoryDescriptor
}

extension MemoryDescriptor: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(byteCount) }
}

extension Tensor {
  /// Float32 memory that oneDNN will fill. Strided when the order is row-major, else opaque.
  init(uninitialized shape: Shape, _ descriptor: MemoryDescriptor) {
    self.init(
      storage: Storage(byteCount: descriptor.byteCount), shape: shape, dtype: .float32,
      layout: descriptor.isRowMajor ? nil : .opaque(descriptor))
  }

  /// Plain memory that the caller will fill.
  init(uninitialized shape: Shape, _ dtype: DType) {
    self.init(storage: Storage(byteCount: shape.elementCount * dtype.byteCount), shape: shape, dtype: dtype)
  }

  /// Where the first element is.
  var bytes: UnsafeMutableRawPointer {
    guard case .strided(_, let offset) = layout else { return storage.base }
    return storage.base + offset * dtype.byteCount
  }

  /// The memory order, for oneDNN. The tensor is float32 and no element stands for several.
  var descriptor: MemoryDescriptor {
    switch layout {
    case .opaque(let layout): layout as! MemoryDescriptor
    // The strides of dimensions of size 1 are anybody's guess; oneDNN must not take them for another order.
    case .strided(let strides, _): MemoryDescriptor(shape, strides: isContiguous ? shape.rowMajorStrides : strides)
    case .symbolic: preconditionFailure("a symbolic tensor has no memory")
    }
  }

  /// Whether the elements are in an order of oneDNN's.
  var isOpaque: Bool { if case .opaque = layout { true } else { false } }

  /// Whether every byte of the memory belongs to an element, so that a function of elements may ignore their order.
  var isDense: Bool {
    switch layout {
    case .opaque(let layout): (layout as! MemoryDescriptor).byteCount == elementCount * dtype.byteCount
    case .strided: isContiguous
    case .symbolic: preconditionFailure("a symbolic tensor has no memory")
    }
  }

  /// The tensor as float32 memory in row-major order or an order of oneDNN's.
  var forDNN: Tensor {
    guard dtype == .float32 else { return to(.float32) }
    if case .opaque = layout { return self }
    return contiguous()
  }
}
