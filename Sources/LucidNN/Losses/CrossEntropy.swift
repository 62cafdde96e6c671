import LucidTensor

extension Tensor {
  /// The cross entropy between the softmax of logits and the classes that are right: what classifiers are trained with.
  ///
  /// This tensor is `[N, C]`, or `[N, C, d₁, d₂, …]` for a class at each place of a picture, of floating-point numbers;
  /// `labels` is `[N]` or `[N, d₁, d₂, …]`, integers from 0 to C - 1. With `p = softmax(logits)`, the label y, the class
  /// weights w and the label smoothing ε, the loss of one element is
  ///
  ///     l = -(1 - ε) w[y] log p[y] - ε / C · Σᵢ w[i] log p[i]
  ///
  /// `.mean` is `Σ l / Σ w[y]` over the elements that are not ignored, as PyTorch's: NaN where there are none. Label
  /// smoothing: Szegedy et al., "Rethinking the Inception Architecture", 2016.
  ///
  /// - Parameters:
  ///   - labels: the number of the right class of each element.
  ///   - weight: the weights of the classes, `[C]`; 1 without it.
  ///   - ignoreIndex: a label that says that an element does not count; its loss is 0.
  ///   - labelSmoothing: the part of the target that is spread over all classes.
  /// - Precondition: the shapes go together, and labels are numbers of classes or `ignoreIndex`.
  public func crossEntropy(
    _ labels: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: Reduction = .mean
  ) -> Tensor {
    requireLogits(weight, labelSmoothing)
    let classes = shape[1]
    precondition(
      !labels.dtype.isFloatingPoint && labels.dtype != .bool,
      "crossEntropy: labels are integers, not \(labels.dtype); probabilities go to crossEntropy(softTargets:)")
    precondition(
      labels.shape == Shape([shape[0]] + shape[2...]),
      "crossEntropy: labels of shape \(labels.shape) do not fit logits of shape \(shape)")
    let numbers = labels.scalars(as: Int64.self)
    for label in numbers where label != Int64(ignoreIndex) {
      precondition(
        label >= 0 && label < classes, "crossEntropy: the label \(label) is not among \(classes) classes")
    }
    let counts = numbers.map { $0 != Int64(ignoreIndex) }
    let index = Tensor(zip(numbers, counts).map { $1 ? $0 : 0 }, labels.shape)
    let weights = weight?.detach()
    // The weight of each element's label: 0 of those that do not count.
    let ofLabels = weights.map { $0.scalars(as: Double.self) }
    let mass = Tensor(
      zip(numbers, counts).map { label, counts in counts ? ofLabels?[Int(label)] ?? 1 : 0 }, labels.shape
    ).to(dtype.computeType)
    let logProbabilities = to(dtype.computeType).logSoftmax(dim: 1)
    var losses = -(logProbabilities.gather(dim: 1, index.unsqueeze(1)).squeeze(1).masked(counts) * mass)
    if labelSmoothing > 0 {
      let spread = -(weights.map { logProbabilities * alongClasses($0) } ?? logProbabilities).sum(dim: 1)
      losses = losses * (1 - labelSmoothing) + spread.masked(counts) * (labelSmoothing / Double(classes))
    }
    return reduction == .mean ? losses.sum() / mass.sum() : reduction(losses)
  }

  /// The cross entropy between the softmax of logits and target distributions, such as those of mixup or of a teacher.
  ///
  /// This tensor and `softTargets` are `[N, C]` or `[N, C, d₁, d₂, …]`, of floating-point numbers. With
  /// `p = softmax(logits)`, the targets q, the class weights w and the label smoothing ε, the loss of one element is
  ///
  ///     l = -Σᵢ w[i] ((1 - ε) q[i] + ε / C) log p[i]
  ///
  /// `.mean` is the sum over the number of elements, N · d₁ · d₂ · …, whatever the weights, as PyTorch's.
  ///
  /// - Precondition: the shapes go together.
  public func crossEntropy(
    softTargets: Tensor, weight: Tensor? = nil, labelSmoothing: Double = 0, reduction: Reduction = .mean
  ) -> Tensor {
    requireLogits(weight, labelSmoothing)
    requireSameShape("crossEntropy", self, softTargets)
    precondition(
      softTargets.dtype.isFloatingPoint, "crossEntropy: soft targets are probabilities, not \(softTargets.dtype)")
    var targets = softTargets.to(dtype.computeType)
    if labelSmoothing > 0 { targets = targets * (1 - labelSmoothing) + labelSmoothing / Double(shape[1]) }
    if let weight { targets = targets * alongClasses(weight) }
    return reduction(-(to(dtype.computeType).logSoftmax(dim: 1) * targets).sum(dim: 1))
  }

  private func requireLogits(_ weight: Tensor?, _ labelSmoothing: Double) {
    precondition(rank >= 2, "crossEntropy: logits are [N, C] or [N, C, …], not of shape \(shape)")
    precondition(dtype.isFloatingPoint, "crossEntropy: logits are floating-point numbers, not \(dtype)")
    precondition(shape[1] > 0, "crossEntropy: there are no classes in logits of shape \(shape)")
    precondition(
      (0...1).contains(labelSmoothing), "crossEntropy: label smoothing is between 0 and 1, not \(labelSmoothing)")
    precondition(
      weight == nil || weight!.shape == [shape[1]],
      "crossEntropy: weights of shape \(weight!.shape) are not one for each of \(shape[1]) classes")
  }

  /// A number for each class as `[C, 1, …]`, to go with logits.
  private func alongClasses(_ numbers: Tensor) -> Tensor {
    numbers.to(dtype.computeType).reshape([shape[1]] + [Int](repeating: 1, count: rank - 2))
  }

  /// 0 where an element does not count: also where its loss is infinite, which a product with 0 would make NaN.
  private func masked(_ counts: [Bool]) -> Tensor {
    counts.allSatisfy { $0 } ? self : .where(Tensor(counts, shape), self, .zeros([], dtype: dtype))
  }
}
