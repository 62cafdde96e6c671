/// Elements picked along a dimension, for each place another one.
package struct GatherElements: Operation {
  package let axis: Int

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let (x, index) = (inputs[0], inputs[1])
    precondition(index.dtype == .int64, "gather: the index must be int64, not \(index.dtype)")
    precondition(
      x.shape.rank == index.shape.rank
        && x.shape.indices.allSatisfy { $0 == axis || index.shape[$0] <= x.shape[$0] },
      "gather along dimension \(axis): an index of shape \(index.shape) does not fit a tensor of shape \(x.shape)")
    return [TensorType(index.shape, x.dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.gatherElements(inputs[0], index: inputs[1], axis: axis)]
  }

  package func saved(wanted: [Bool]) -> Saved { Saved(inputs: [1]) }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.scatterElements(step.gradient(), index: step.input(1), axis: axis, shape: shape), nil]
  }
}

extension Tensor {
  /// Elements picked along a dimension by number: `y[i, j, k] = x[i, index[i, j, k], k]` for `dim` 1 of three.
  ///
  /// `index` is int64 and of this tensor's rank; along other dimensions than `dim` it may be shorter. The result has its
  /// shape. Traps when a number is out of range.
  public func gather(dim: Int, _ index: Tensor) -> Tensor {
    Tensor.apply(GatherElements(axis: shape.axis(dim)), self, index)
  }
}
