import LucidTensor

extension Tensor {
  /// The mean squared error: `l = (x - y)²` of each element x and its target y. `.mean` is over all elements.
  ///
  /// - Precondition: `target` has this tensor's shape.
  public func mseLoss(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    requireSameShape("mseLoss", self, target)
    return reduction((self - target).square())
  }

  /// The mean absolute error: `l = |x - y|` of each element x and its target y. `.mean` is over all elements.
  ///
  /// - Precondition: `target` has this tensor's shape.
  public func l1Loss(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    requireSameShape("l1Loss", self, target)
    return reduction((self - target).abs())
  }

  /// The squared error near the target, the absolute one far from it: `l = (x - y)² / 2β` where `|x - y| < β`, else
  /// `|x - y| - β / 2`. Equal to ``l1Loss(_:reduction:)`` for β = 0. Girshick, "Fast R-CNN", 2015.
  ///
  /// - Precondition: `target` has this tensor's shape, and `beta` is not negative.
  public func smoothL1Loss(_ target: Tensor, beta: Double = 1, reduction: Reduction = .mean) -> Tensor {
    requireSameShape("smoothL1Loss", self, target)
    precondition(beta >= 0, "smoothL1Loss: beta must not be negative, but is \(beta)")
    if beta == 0 { return l1Loss(target, reduction: reduction) }
    let distance = (self - target).abs()
    // Both cases in one: with c = min(|x - y|, β), c (|x - y| - c / 2) / β.
    let near = distance.clamp(-.infinity, beta)
    return reduction(near * (distance - near * 0.5) / beta)
  }

  /// The Kullback-Leibler divergence of a target distribution q from one whose logarithm this tensor is:
  /// `l = q (log q - x)`, 0 where q is.
  ///
  /// `.mean` is over all elements, as PyTorch's; the divergence of a batch of distributions is `.batchMean`. Kullback and
  /// Leibler, "On Information and Sufficiency", 1951.
  ///
  /// - Parameters:
  ///   - target: q, or with `isLogTarget` its logarithm.
  /// - Precondition: `target` has this tensor's shape.
  public func klDivergence(_ target: Tensor, isLogTarget: Bool = false, reduction: Reduction = .mean) -> Tensor {
    requireSameShape("klDivergence", self, target)
    if isLogTarget { return reduction(target.exp() * (target - self)) }
    let one = Tensor(1.0).to(target.dtype)
    return reduction(target * .where(target .!= 0, target, one).log() - target * self)
  }
}
