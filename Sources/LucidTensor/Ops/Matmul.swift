/// Matrix products over the last two dimensions, with NumPy broadcasting of those before, and a bias a column.
struct Matmul: Operation {
  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let (a, b) = (inputs[0].shape, inputs[1].shape)
    requireComputable(inputs, "matmul")
    precondition(a.rank >= 2 && b.rank >= 2, "matmul: \(a) and \(b) are not matrices")
    precondition(
      a[a.rank - 1] == b[b.rank - 2],
      "matmul: \(a) and \(b) do not fit: \(a[a.rank - 1]) columns on the left, \(b[b.rank - 2]) rows on the right")
    guard let batch = Shape(Array(a.dropLast(2))).broadcast(with: Shape(Array(b.dropLast(2)))) else {
      preconditionFailure("matmul: the leading dimensions of \(a) and \(b) do not broadcast")
    }
    if inputs.count > 2 {
      precondition(
        inputs[2].shape == [b[b.rank - 1]], "matmul: a bias of shape \(inputs[2].shape) for \(b[b.rank - 1]) columns")
    }
    return [TensorType(Shape(batch.dimensions + [a[a.rank - 2], b[b.rank - 1]]), inputs[0].dtype)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    return [backend.matmul(inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, shape: shape)]
  }

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: (wanted[1] ? [0] : []) + (wanted[0] ? [1] : [])) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let g = step.gradient()
    let columns = g.shape[g.rank - 1]
    return [
      step.wanted[0] ? g.matmul(step.input(1).transpose(-1, -2)).summed(to: step.inputTypes[0].shape) : nil,
      step.wanted[1] ? rightGradient(g, step.input(0), step.inputTypes[1].shape) : nil,
      step.wanted.count > 2 && step.wanted[2] ? g.summed(to: [columns]) : nil,
    ]
  }

  private func rightGradient(_ g: Tensor, _ a: Tensor, _ shape: Shape) -> Tensor {
    guard shape.rank == 2 else { return a.transpose(-1, -2).matmul(g).summed(to: shape) }
    // A single matrix on the right is a layer's weight, most often, transposed: so its gradient is contiguous in the end.
    return g.reshape([-1, shape[1]]).T.matmul(a.reshape([-1, shape[0]])).T
  }
}

/// Traps unless every input is float32, which the heavy operations are made for, or every one float64, for which there are
/// slow loops to check gradients with.
func requireComputable(_ inputs: [TensorType], _ operation: String) {
  for input in inputs where input.dtype != .float64 || inputs.contains(where: { $0.dtype != .float64 }) {
    precondition(
      input.dtype == .float32, "\(operation) computes in float32, not \(input.dtype): convert with to(.float32)")
  }
}

extension Tensor {
  /// The matrix product. For ranks above 2 the leading dimensions are batches and broadcast as NumPy's; a vector counts
  /// as a row on the left and a column on the right, and loses that dimension in the result.
  ///
  /// `[…, M, K] × […, K, N] -> […, M, N]`
  public func matmul(_ other: Tensor) -> Tensor {
    precondition(rank > 0 && other.rank > 0, "matmul: a scalar is not a matrix")
    let left = rank == 1 ? unsqueeze(0) : self
    let right = other.rank == 1 ? other.unsqueeze(1) : other
    var result = Tensor.apply(Matmul(), left, right)
    if other.rank == 1 { result = result.squeeze(-1) }
    if rank == 1 { result = result.squeeze(other.rank == 1 ? -1 : -2) }
    return result
  }

  /// `x Wᵀ + b` over the last dimension: `[…, I]` with a weight `[O, I]` and a bias `[O]` gives `[…, O]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(weight.rank == 2, "linear: the weight must be a matrix [O, I], not of shape \(weight.shape)")
    precondition(
      rank > 0 && shape[rank - 1] == weight.shape[1],
      "linear: an input of shape \(shape) does not fit a weight of shape \(weight.shape)")
    if let bias {
      precondition(
        bias.shape == [weight.shape[0]], "linear: a bias of shape \(bias.shape) does not fit a weight \(weight.shape)")
    }
    let rows = reshape([shape.dropLast().reduce(1, *), weight.shape[1]])
    let result = Tensor.apply(Matmul(), [rows, weight.T] + (bias.map { [$0] } ?? []))[0]
    return result.reshape(Array(shape.dropLast()) + [weight.shape[0]])
  }
}
