/// Tensors one after the other along a dimension.
struct Concatenate: Operation {
  let axis: Int

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(!inputs.isEmpty, "concat needs at least one tensor")
    var shape = inputs[0].shape
    for input in inputs.dropFirst() {
      var expected = inputs[0].shape
      precondition(
        input.shape.rank == expected.rank, "concat: \(input.shape) and \(expected) have different ranks")
      expected[axis] = input.shape[axis]
      precondition(
        input.shape == expected,
        "concat along dimension \(axis): \(input.shape) and \(inputs[0].shape) differ elsewhere too")
      shape[axis] += input.shape[axis]
    }
    return [TensorType(shape, inputs.dropFirst().reduce(inputs[0].dtype) { DType.promote($0, $1.dtype) })]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let type = outputTypes(inputs.map(\.type))[0]
    return [backend.concatenate(inputs.map { $0.to(type.dtype) }, axis: axis, shape: type.shape)]
  }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let gradient = step.gradient().contiguous()
    var start = 0
    return step.inputTypes.enumerated().map { index, type in
      defer { start += type.shape[axis] }
      return step.wanted[index] ? gradient.slice(dim: axis, from: start, to: start + type.shape[axis]) : nil
    }
  }
}

/// Positions along a dimension, picked by number.
struct Gather: Operation {
  let axis: Int

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let (shape, indices) = (inputs[0].shape, inputs[1])
    precondition(indices.dtype == .int64, "indices must be int64, not \(indices.dtype)")
    precondition(indices.shape.rank == 1, "indices must be a vector, not of shape \(indices.shape)")
    var result = shape
    result[axis] = indices.shape[0]
    return [TensorType(result, inputs[0].dtype)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.gather(inputs[0], indices: inputs[1], axis: axis, shape: outputTypes(inputs.map(\.type))[0].shape)]
  }

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: [1]) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.scatterAdd(step.gradient(), indices: step.input(1), axis: axis, shape: shape), nil]
  }
}

/// What ``Tensor/pad(_:mode:value:)`` puts around a tensor.
public enum PaddingMode: Sendable, Hashable {
  /// One number.
  case constant
  /// The elements next to the edge, mirrored, the edge itself not repeated.
  case reflect
  /// The edge, repeated.
  case replicate
}

extension Tensor {
  /// The tensors one after the other along a dimension. All other sizes must be equal.
  public static func concat(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    precondition(!tensors.isEmpty, "concat needs at least one tensor")
    return apply(Concatenate(axis: tensors[0].shape.axis(dim)), tensors)[0]
  }

  /// Tensors of one shape along a new dimension.
  public static func stack(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    concat(tensors.map { $0.unsqueeze(dim) }, dim: dim)
  }

  /// The tensor cut along a dimension into pieces of a size; the last may be smaller. Views.
  public func split(_ size: Int, dim: Int = 0) -> [Tensor] {
    precondition(size > 0, "split: the size of the pieces must be positive, not \(size)")
    let length = shape[shape.axis(dim)]
    if length == 0 { return [self] }
    return stride(from: 0, to: length, by: size).map {
      slice(dim: dim, from: $0, to: Swift.min($0 + size, length))
    }
  }

  /// The tensor cut along a dimension into pieces of the given sizes, which must add up to its size. Views.
  public func split(_ sizes: [Int], dim: Int = 0) -> [Tensor] {
    let length = shape[shape.axis(dim)]
    precondition(
      sizes.allSatisfy { $0 >= 0 } && sizes.reduce(0, +) == length,
      "split: \(sizes) do not add up to \(length), the size of dimension \(dim) of \(shape)")
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return slice(dim: dim, from: start, to: start + size)
    }
  }

  /// The tensor cut along a dimension into at most `count` pieces of one size; the last may be smaller. Views.
  public func chunk(_ count: Int, dim: Int = 0) -> [Tensor] {
    precondition(count > 0, "chunk: the number of pieces must be positive, not \(count)")
    let length = shape[shape.axis(dim)]
    if length == 0 { return [Tensor](repeating: self, count: count) }
    return split((length + count - 1) / count, dim: dim)
  }

  /// Positions along a dimension, picked by number. Traps when one is out of range.
  public func indexSelect(dim: Int, _ indices: [Int]) -> Tensor {
    Tensor.apply(Gather(axis: shape.axis(dim)), self, Tensor(indices.map(Int64.init)))
  }

  /// The elements along the given dimensions in reverse order.
  public func flip(dim: Int...) -> Tensor {
    dim.reduce(self) { $0.indexSelect(dim: $1, Array((0..<$0.shape[$0.shape.axis($1)]).reversed())) }
  }

  /// The elements moved by `shift` places along a dimension; those pushed out at the end come in at the front.
  public func roll(_ shift: Int, dim: Int) -> Tensor {
    let size = shape[shape.axis(dim)]
    guard size > 0 else { return self }
    let places = ((shift % size) + size) % size
    guard places > 0 else { return self }
    return Tensor.concat(
      [slice(dim: dim, from: size - places), slice(dim: dim, to: size - places)], dim: dim)
  }

  /// The tensor with elements added around it. `padding` names how many, last dimension first, as in PyTorch:
  /// `[left, right, top, bottom]` for pictures. Negative numbers crop.
  public func pad(_ padding: [Int], mode: PaddingMode = .constant, value: Double = 0) -> Tensor {
    precondition(
      padding.count % 2 == 0 && padding.count / 2 <= rank,
      "pad: \(padding) does not name two amounts for each of at most \(rank) dimensions")
    var result = self
    for pair in 0..<(padding.count / 2) {
      let axis = rank - 1 - pair
      result = result.padded(axis, before: padding[2 * pair], after: padding[2 * pair + 1], mode, value)
    }
    return result
  }

  private func padded(_ axis: Int, before: Int, after: Int, _ mode: PaddingMode, _ value: Double) -> Tensor {
    precondition(
      shape[axis] + Swift.min(0, before) + Swift.min(0, after) >= 0,
      "pad: cannot crop \(-Swift.min(0, before)) and \(-Swift.min(0, after)) elements of dimension \(axis) of \(shape)")
    let kept = slice(dim: axis, from: Swift.max(0, -before), to: shape[axis] - Swift.max(0, -after))
    let (before, after) = (Swift.max(0, before), Swift.max(0, after))
    if before == 0 && after == 0 { return kept }
    let size = kept.shape[axis]
    switch mode {
    case .constant:
      func filling(_ count: Int) -> Tensor {
        var sizes = kept.shape
        sizes[axis] = count
        return Tensor.full(sizes, value, dtype: dtype)
      }
      return Tensor.concat([filling(before), kept, filling(after)], dim: axis)
    case .reflect:
      precondition(
        before < size && after < size,
        "pad: cannot mirror \(Swift.max(before, after)) elements of a dimension of \(size)")
      return kept.indexSelect(
        dim: axis, (-before..<(size + after)).map { $0 < 0 ? -$0 : $0 >= size ? 2 * size - 2 - $0 : $0 })
    case .replicate:
      precondition(size > 0, "pad: a dimension of size 0 has no edge to repeat")
      return kept.indexSelect(dim: axis, (-before..<(size + after)).map { Swift.min(Swift.max($0, 0), size - 1) })
    }
  }
}
