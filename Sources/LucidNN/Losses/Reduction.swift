import LucidTensor

/// What becomes of the losses of many elements.
public enum Reduction: String, Sendable, CaseIterable, Codable {
  /// They stay, each by itself.
  case none
  /// Their mean, as each loss defines it.
  case mean
  /// Their sum.
  case sum
  /// Their sum over the size of the first dimension, the batch.
  case batchMean

  /// The reduction of losses whose mean is that of all elements.
  func callAsFunction(_ losses: Tensor) -> Tensor {
    switch self {
    case .none: losses
    case .mean: losses.mean()
    case .sum: losses.sum()
    case .batchMean: losses.sum() / Double(losses.shape[0])
    }
  }
}

/// Traps where a loss compares tensors of different shapes, which broadcasting would hide.
func requireSameShape(_ loss: String, _ input: Tensor, _ target: Tensor) {
  precondition(
    input.shape == target.shape, "\(loss): the input has shape \(input.shape), the target \(target.shape)")
}
