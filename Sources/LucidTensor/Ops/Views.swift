/// The same elements in another shape, in row-major order. A view where the elements lie so, else a copy.
package struct Reshape: Operation {
  package let shape: Shape

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(
      inputs[0].shape.elementCount == shape.elementCount,
      "reshape: \(inputs[0].shape) has \(inputs[0].shape.elementCount) elements, \(shape) has \(shape.elementCount)")
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    if inputs[0].shape == shape { return inputs }
    let x = inputs[0]
    if let strides = viewStrides(x) { return [x.view(shape, strides)] }
    return [x.contiguous().view(shape, shape.rowMajorStrides)]
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] { [step.gradient().reshape(step.inputTypes[0].shape)] }

  /// The strides with which a view has the new shape; nil where no strides do and the elements must be copied.
  ///
  /// Dimensions that are walked as one (an outer stride that is the inner size times the inner stride) make a run. Each
  /// run must be cut into whole new dimensions.
  private func viewStrides(_ x: Tensor) -> [Int]? {
    guard case .strided(let strides, _) = x.layout else { return nil }
    if x.isContiguous { return shape.rowMajorStrides }
    var result = [Int](repeating: 0, count: shape.rank)
    var place = shape.rank - 1
    var (inRun, cut, innermost) = (1, 1, strides[x.rank - 1])
    for axis in stride(from: x.rank - 1, through: 0, by: -1) {
      inRun *= x.shape[axis]
      guard axis == 0 || (x.shape[axis - 1] != 1 && strides[axis - 1] != inRun * innermost) else { continue }
      while place >= 0 && (cut < inRun || shape[place] == 1) {
        result[place] = cut * innermost
        cut *= shape[place]
        place -= 1
      }
      guard cut == inRun else { return nil }
      if axis > 0 { (inRun, cut, innermost) = (1, 1, strides[axis - 1]) }
    }
    return result
  }
}

/// The dimensions in another order. A view.
package struct Permute: Operation {
  package let order: [Int]

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(
      order.sorted() == Array(0..<inputs[0].shape.rank),
      "permute: \(order) does not name each dimension of \(inputs[0].shape) once")
    return [TensorType(Shape(order.map { inputs[0].shape[$0] }), inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.plain(inputs[0]).permuted(order)]
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let inverse = order.indices.map { order.firstIndex(of: $0)! }
    return [Tensor.apply(Permute(order: inverse), step.gradient())]
  }
}

/// Every `step`-th element of a range along a dimension. A view.
package struct Slice: Operation {
  package let axis: Int
  package let start: Int
  package let end: Int
  package let step: Int

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    var shape = inputs[0].shape
    precondition(
      start >= 0 && start <= end && end <= shape[axis],
      "slice: \(start)..<\(end) is not inside dimension \(axis) of \(shape)")
    precondition(step > 0, "slice: the step must be positive, not \(step)")
    shape[axis] = (end - start + step - 1) / step
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let x = backend.plain(inputs[0])
    guard case .strided(var strides, let offset) = x.layout else { preconditionFailure("a plain tensor is strided") }
    let begin = offset + start * strides[axis]
    strides[axis] *= step
    return [x.view(outputTypes([x.type])[0].shape, strides, offset: begin)]
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.place(step.gradient(), axis: axis, start: start, step: self.step, shape: shape)]
  }
}

/// Dimensions of size 1 repeated. A view.
package struct Expand: Operation {
  package let shape: Shape

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(
      inputs[0].shape.rank <= shape.rank && inputs[0].shape.broadcast(with: shape) == shape,
      "expand: \(inputs[0].shape) does not broadcast to \(shape)")
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    if inputs[0].shape == shape { return inputs }
    let x = backend.plain(inputs[0])
    guard case .strided(_, let offset) = x.layout else { preconditionFailure("a plain tensor is strided") }
    return [x.view(shape, x.strides(broadcastTo: shape), offset: offset)]
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] { [step.gradient().summed(to: step.inputTypes[0].shape)] }
}

extension Tensor {
  /// The same storage seen with other sizes and strides.
  func view(_ shape: Shape, _ strides: [Int], offset: Int? = nil) -> Tensor {
    guard case .strided(_, let here) = layout else { preconditionFailure("only plain tensors have views") }
    return Tensor(
      storage: storage, shape: shape, dtype: dtype, device: device, layout: .strided(strides, offset: offset ?? here))
  }

  /// The dimensions of a plain tensor in another order.
  func permuted(_ order: [Int]) -> Tensor {
    guard case .strided(let strides, _) = layout else { preconditionFailure("only plain tensors have views") }
    return view(Shape(order.map { shape[$0] }), order.map { strides[$0] })
  }

  /// The same elements in another shape, in row-major order; one size may be -1 and is worked out from the others. A
  /// view where strides can say it, else a copy. Traps when the counts of elements differ.
  public func reshape(_ sizes: [Int]) -> Tensor {
    let known = sizes.filter { $0 != -1 }.reduce(1, *)
    let unknown = sizes.filter { $0 == -1 }.count
    precondition(unknown <= 1, "reshape: only one size can be -1, not \(unknown) of \(sizes)")
    precondition(sizes.allSatisfy { $0 >= -1 }, "reshape: a size cannot be negative, except for one -1: \(sizes)")
    precondition(
      unknown == 0 || (known > 0 && elementCount % known == 0),
      "reshape: \(shape) has \(elementCount) elements, which do not divide into \(sizes)")
    return reshape(Shape(sizes.map { $0 == -1 ? elementCount / known : $0 }))
  }

  /// The same elements in another shape, in row-major order; one size may be -1 and is worked out from the others.
  public func reshape(_ sizes: Int...) -> Tensor { reshape(sizes) }

  /// The same elements in another shape, in row-major order.
  public func reshape(_ shape: Shape) -> Tensor {
    shape == self.shape ? self : Tensor.apply(Reshape(shape: shape), self)
  }

  /// Dimensions `startDim` to `endDim` as one.
  public func flatten(startDim: Int = 0, endDim: Int = -1) -> Tensor {
    if rank == 0 {
      precondition(
        (-1...0).contains(startDim) && (-1...0).contains(endDim), "flatten: a scalar has one dimension at most")
      return reshape([1])
    }
    let (first, last) = (shape.axis(startDim), shape.axis(endDim))
    precondition(first <= last, "flatten: dimension \(startDim) comes after \(endDim)")
    return reshape(Array(shape[..<first]) + [shape[first...last].reduce(1, *)] + Array(shape[(last + 1)...]))
  }

  /// The dimensions in another order. A view.
  public func permute(_ order: Int...) -> Tensor {
    Tensor.apply(Permute(order: order.map(shape.axis)), self)
  }

  /// Two dimensions swapped. A view.
  public func transpose(_ first: Int, _ second: Int) -> Tensor {
    var order = Array(0..<rank)
    order.swapAt(shape.axis(first), shape.axis(second))
    return Tensor.apply(Permute(order: order), self)
  }

  /// The transpose of a matrix. A view. Traps when the rank is not 2.
  public var T: Tensor {
    precondition(rank == 2, "T is the transpose of a matrix; this tensor has shape \(shape)")
    return transpose(0, 1)
  }

  /// Elements `start` (0 without one) up to but not including `end` (the size) along a dimension, each `step`-th.
  /// Negative positions count from the end; positions past it are moved to it, as in Python. A view.
  public func slice(dim: Int, from start: Int = 0, to end: Int? = nil, step: Int = 1) -> Tensor {
    let axis = shape.axis(dim)
    let size = shape[axis]
    func position(_ index: Int) -> Int { Swift.min(Swift.max(index < 0 ? index + size : index, 0), size) }
    let first = position(start)
    let operation = Slice(axis: axis, start: first, end: Swift.max(first, position(end ?? size)), step: step)
    return Tensor.apply(operation, self)
  }

  /// Dimensions of size 1 repeated, and new ones put in front, until the tensor has this shape. A view.
  public func expand(to shape: Shape) -> Tensor { Tensor.apply(Expand(shape: shape), self) }

  /// The same as ``expand(to:)``.
  public func broadcast(to shape: Shape) -> Tensor { expand(to: shape) }

  /// Without a dimension of size 1, or without all of them. A view.
  public func squeeze(_ dim: Int? = nil) -> Tensor {
    guard let dim else { return reshape(shape.filter { $0 != 1 }) }
    var sizes = shape.dimensions
    if sizes[shape.axis(dim)] == 1 { sizes.remove(at: shape.axis(dim)) }
    return reshape(sizes)
  }

  /// With a new dimension of size 1 before the given one. A view.
  public func unsqueeze(_ dim: Int) -> Tensor {
    var sizes = shape.dimensions
    let place = dim < 0 ? dim + rank + 1 : dim
    precondition(place >= 0 && place <= rank, "unsqueeze: there is no place \(dim) in shape \(shape)")
    sizes.insert(1, at: place)
    return reshape(sizes)
  }
}
