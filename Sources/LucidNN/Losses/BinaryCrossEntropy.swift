import LucidTensor

extension Tensor {
  /// The cross entropy between the sigmoid of logits and targets between 0 and 1, for each element by itself: for
  /// problems where several classes may be right.
  ///
  /// With the logit x, the target y, the weight w and the weight q of positives, the loss of one element is
  ///
  ///     l = -w (q y log σ(x) + (1 - y) log(1 - σ(x)))
  ///
  /// computed without overflow. `.mean` is over all elements, whatever the weights, as PyTorch's.
  ///
  /// - Parameters:
  ///   - targets: of this tensor's shape.
  ///   - weight: broadcast to the shape; 1 without it.
  ///   - posWeight: how much a positive counts; broadcast, so `[C]` for logits `[N, C]`; 1 without it.
  public func binaryCrossEntropyWithLogits(
    _ targets: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: Reduction = .mean
  ) -> Tensor {
    requireSameShape("binaryCrossEntropyWithLogits", self, targets)
    let targets = targets.to(dtype)
    // log(1 - σ(x)) = log σ(x) - x.
    let positives = posWeight.map { ($0.to(dtype) - 1) * targets + 1 }
    let logSigmoid = logSigmoid()
    let losses = (1 - targets) * self - (positives.map { $0 * logSigmoid } ?? logSigmoid)
    return reduction(weight.map { losses * $0.to(dtype) } ?? losses)
  }
}
