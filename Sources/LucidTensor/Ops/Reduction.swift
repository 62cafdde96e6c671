/// A function over some dimensions, which are kept with size 1.
struct Reduce: Operation {
  let function: ReductionFunction
  let axes: [Int]

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    var shape = inputs[0].shape
    for axis in axes {
      if shape[axis] == 0 {
        precondition(
          function != .maximum && function != .minimum, "the \(function) of no elements does not exist: \(shape)")
      }
      shape[axis] = 1
    }
    return [TensorType(shape, outputType(inputs[0].dtype))]
  }

  private func outputType(_ dtype: DType) -> DType {
    switch function {
    case .any, .all: .bool
    case .sum, .product: dtype.isFloatingPoint ? dtype : .int64
    case .mean: dtype.isFloatingPoint ? dtype : .float32
    case .maximum, .minimum: dtype
    }
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let x = inputs[0]
    let output = outputType(x.dtype)
    let compute = function == .mean && !x.dtype.isFloatingPoint ? .float32 : x.dtype.computeType
    return [backend.reduce(function, x.to(compute), axes: axes).to(output)]
  }

  func saved(wanted: [Bool]) -> Saved {
    switch function {
    case .sum, .mean, .any, .all: Saved()
    case .product: Saved(inputs: [0])
    case .maximum, .minimum: Saved(inputs: [0], outputs: [0])
    }
  }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let (g, shape) = (step.gradient(), step.inputTypes[0].shape)
    switch function {
    case .sum: return [g.expand(to: shape)]
    case .mean: return [(g / Double(axes.reduce(1) { $0 * shape[$1] })).expand(to: shape)]
    case .product: return [productGradient(g, step.input(0))]
    case .maximum, .minimum:
      // Shared evenly among equals, as PyTorch's amax and amin do.
      let chosen = (step.input(0) .== step.output()).to(g.dtype)
      return [chosen * (g / Tensor.apply(Reduce(function: .sum, axes: axes), chosen))]
    case .any, .all: preconditionFailure("\(function) has no gradient")
    }
  }

  /// The product of all others for each element: without division by the element where one is 0.
  private func productGradient(_ g: Tensor, _ x: Tensor) -> Tensor {
    let isZero = x .== 0
    let (zero, one) = (Tensor(0.0).to(x.dtype), Tensor(1.0).to(x.dtype))
    let zeros = Tensor.apply(Reduce(function: .sum, axes: axes), isZero.to(x.dtype))
    let rest = Tensor.apply(Reduce(function: .product, axes: axes), Tensor.where(isZero, one, x))
    let amongZeros = Tensor.where(isZero.logicalAnd(zeros .== 1), rest, zero)
    return g * Tensor.where(zeros .== 0, rest / Tensor.where(isZero, one, x), amongZeros)
  }
}

/// The index of the greatest or smallest element along a dimension, which is kept with size 1.
struct ArgReduce: Operation {
  let axis: Int
  let greatest: Bool

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    var shape = inputs[0].shape
    precondition(shape[axis] > 0, "argmax and argmin need at least one element along dimension \(axis) of \(shape)")
    shape[axis] = 1
    return [TensorType(shape, .int64)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.argReduce(inputs[0].to(inputs[0].dtype.computeType), axis: axis, greatest: greatest)]
  }
}

/// The best elements along the last dimension, and where they were.
struct TopK: Operation {
  let count: Int
  let greatest: Bool

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    var shape = inputs[0].shape
    precondition(shape.rank > 0, "topk needs at least one dimension")
    precondition(
      count >= 0 && count <= shape[shape.rank - 1],
      "topk: \(count) of the \(shape[shape.rank - 1]) elements along the last dimension of \(shape) are not there")
    shape[shape.rank - 1] = count
    return [TensorType(shape, inputs[0].dtype), TensorType(shape, .int64)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let (values, indices) = backend.topK(inputs[0].to(inputs[0].dtype.computeType), count: count, greatest: greatest)
    return [values.to(inputs[0].dtype), indices]
  }

  func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor]) {
    let outputs = forward(inputs, on: backend)
    return (outputs, [outputs[1]])
  }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let (shape, indices) = (step.inputTypes[0].shape, step.extras[0])
    let length = shape[shape.rank - 1]
    // As places in a vector of all elements.
    let rows = Tensor.arange(to: Double(shape.dropLast().reduce(1, *)), dtype: .int64).unsqueeze(1) * Double(length)
    let places = (indices.reshape([rows.shape[0], count]) + rows).flatten()
    let vector = step.backend.scatterAdd(
      step.gradient().flatten(), indices: places, axis: 0, shape: [shape.elementCount])
    return [vector.reshape(shape)]
  }
}

extension Tensor {
  /// The sum over the given dimensions, or over all; integers and bools sum to int64.
  public func sum(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.sum, dim, keepDim) }

  /// The arithmetic mean over the given dimensions, or over all; of integers in float32, of no elements NaN.
  public func mean(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.mean, dim, keepDim) }

  /// The product over the given dimensions, or over all.
  public func prod(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.product, dim, keepDim) }

  /// The greatest element over the given dimensions, or over all; NaN if there is one.
  public func max(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.maximum, dim, keepDim) }

  /// The smallest element over the given dimensions, or over all; NaN if there is one.
  public func min(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.minimum, dim, keepDim) }

  /// Whether any element over the given dimensions, or over all, is not 0.
  public func any(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.any, dim, keepDim) }

  /// Whether every element over the given dimensions, or over all, is not 0.
  public func all(dim: Int..., keepDim: Bool = false) -> Tensor { reduce(.all, dim, keepDim) }

  /// The variance over the given dimensions, or over all: the mean squared distance from the mean, with the sum divided
  /// by the count less `correction`. PyTorch's default, 1, estimates a population's variance from a sample.
  public func variance(dim: Int..., correction: Int = 1, keepDim: Bool = false) -> Tensor {
    variance(axes(dim), correction, keepDim)
  }

  /// The standard deviation: the square root of ``variance(dim:correction:keepDim:)``.
  public func std(dim: Int..., correction: Int = 1, keepDim: Bool = false) -> Tensor {
    variance(axes(dim), correction, keepDim).sqrt()
  }

  private func variance(_ axes: [Int], _ correction: Int, _ keepDim: Bool) -> Tensor {
    let count = axes.reduce(1) { $0 * shape[$1] }
    let distance = self - Tensor.apply(Reduce(function: .mean, axes: axes), self)
    return distance.square().reduce(.sum, axes, keepDim) / Double(Swift.max(count - correction, 0))
  }

  /// The int64 index of the greatest element along a dimension, the first of equals; over all elements without one. A
  /// NaN is greater than any number.
  public func argmax(dim: Int? = nil, keepDim: Bool = false) -> Tensor { argReduce(dim, keepDim, greatest: true) }

  /// The int64 index of the smallest element along a dimension, the first of equals; over all elements without one. A
  /// NaN is smaller than any number.
  public func argmin(dim: Int? = nil, keepDim: Bool = false) -> Tensor { argReduce(dim, keepDim, greatest: false) }

  /// The `k` greatest elements along a dimension (the smallest with `largest: false`), best first, and their int64
  /// indices. Of equal elements, the one that comes first in the tensor comes first; NaN comes before any number.
  public func topk(_ k: Int, dim: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
    let axis = shape.axis(dim)
    let results = Tensor.apply(TopK(count: k, greatest: largest), [transpose(axis, -1)])
    return (results[0].transpose(axis, -1), results[1].transpose(axis, -1))
  }

  /// The named dimensions counted from the front, in order; all of them when none is named.
  private func axes(_ dimensions: [Int]) -> [Int] {
    let axes = dimensions.isEmpty ? Array(0..<rank) : dimensions.map(shape.axis).sorted()
    precondition(Set(axes).count == axes.count, "a dimension is named twice in \(dimensions)")
    return axes
  }

  private func reduce(_ function: ReductionFunction, _ dimensions: [Int], _ keepDim: Bool) -> Tensor {
    let axes = axes(dimensions)
    let result = Tensor.apply(Reduce(function: function, axes: axes), self)
    if keepDim { return result }
    return result.reshape(Shape(shape.indices.filter { !axes.contains($0) }.map { shape[$0] }))
  }

  private func argReduce(_ dimension: Int?, _ keepDim: Bool, greatest: Bool) -> Tensor {
    guard let dimension else {
      let result = flatten().argReduce(0, false, greatest: greatest)
      return keepDim ? result.reshape([Int](repeating: 1, count: rank)) : result
    }
    let axis = shape.axis(dimension)
    let result = Tensor.apply(ArgReduce(axis: axis, greatest: greatest), self)
    return keepDim ? result : result.squeeze(axis)
  }
}
