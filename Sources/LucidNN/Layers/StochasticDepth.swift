import LucidTensor

/// Which parts of a batch stochastic depth drops together.
public enum StochasticDepthMode: String, Sendable, Hashable, CaseIterable {
  /// Each element of the batch by itself.
  case row
  /// The whole batch or nothing.
  case batch
}

/// Sets whole elements of a batch to 0 with probability `p` and divides the others by `1 - p` while training; else passes
/// on. At the end of a residual branch it makes the network shallower at random. As torchvision's.
///
/// `[N, …]` to `[N, …]`. Huang et al., "Deep Networks with Stochastic Depth", 2016.
public final class StochasticDepth: Module, StochasticModule {
  /// The probability with which a branch is left out.
  public let p: Double
  /// Which parts of the batch are dropped together.
  public let mode: StochasticDepthMode
  /// What decides which branches are dropped.
  public let generator: Generator

  /// A layer that drops with probability `p`.
  public init(_ p: Double, mode: StochasticDepthMode = .row, generator: Generator = .default) {
    precondition(p >= 0 && p <= 1, "StochasticDepth: \(p) is not a probability")
    self.p = p
    self.mode = mode
    self.generator = generator
  }

  public override func forward(_ x: Tensor) -> Tensor {
    if !isTraining || p == 0 { return x }
    precondition(x.rank > 0 && x.dtype.isFloatingPoint, "StochasticDepth: \(x.type) is no batch of fractions")
    if p == 1 { return x * 0 }
    var shape = Shape([Int](repeating: 1, count: x.rank))
    if mode == .row { shape[0] = x.shape[0] }
    return x * ((Tensor.rand(shape, generator: generator) .>= p).to(.float32) / (1 - p)).to(x.dtype)
  }

  public override var settings: String { "\(p)" + (mode == .row ? "" : ", mode: \(mode)") }
}
