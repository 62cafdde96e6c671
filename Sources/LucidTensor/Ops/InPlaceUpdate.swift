/// A change of a tensor in place, element by element, in one pass over memory: what optimizers do to parameters.
///
/// `p` is the tensor, `g` the other one it is given, the gradient; `s₀`, `s₁`, … are the tensors of the state, which
/// change too. All are float32 of one shape. No gradient flows through an update.
package enum InPlaceUpdate: Sendable, Hashable {
  /// `p ← factor · p`.
  case scale(Float)
  /// `p ← min(max(p, -bound), bound)`; NaN stays NaN.
  case clamp(bound: Float)
  /// `p ← p + weight · (g - p)`.
  case lerp(weight: Float)
  /// See ``SGDUpdate``; `s₀` is the momentum buffer where there is a momentum.
  case sgd(SGDUpdate)
  /// See ``AdamUpdate``; `s₀` and `s₁` are the moments.
  case adam(AdamUpdate)
  /// See ``RMSpropUpdate``; `s₀` is the mean square, then the mean where it is centred, then the momentum buffer.
  case rmsprop(RMSpropUpdate)
  /// See ``LAMBUpdate``; `s₀` and `s₁` are the moments. Two passes.
  case lamb(LAMBUpdate)

  /// Whether there is another tensor than those that change.
  var takesSource: Bool {
    switch self {
    case .scale, .clamp: false
    default: true
    }
  }

  /// How many tensors the state has.
  package var stateCount: Int {
    switch self {
    case .scale, .clamp, .lerp: 0
    case .sgd(let update): update.momentum == 0 ? 0 : 1
    case .adam, .lamb: 2
    case .rmsprop(let update): 1 + (update.isCentered ? 1 : 0) + (update.momentum == 0 ? 0 : 1)
    }
  }
}

/// `d = gradientScale · (g + weightDecay · p)`, `s₀ ← momentum · s₀ + (1 - dampening) · d` (`s₀ ← d` in the first step),
/// `p ← p - learningRate · s₀`; with Nesterov `p ← p - learningRate · (d + momentum · s₀)`; without momentum
/// `p ← p - learningRate · d`.
package struct SGDUpdate: Sendable, Hashable {
  package var learningRate: Float
  package var weightDecay: Float
  package var momentum: Float
  package var dampening: Float
  package var isNesterov: Bool
  package var isFirst: Bool
  package var gradientScale: Float

  package init(
    learningRate: Float, weightDecay: Float, momentum: Float, dampening: Float, isNesterov: Bool, isFirst: Bool,
    gradientScale: Float = 1
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
    self.isFirst = isFirst
    self.gradientScale = gradientScale
  }
}

/// `p ← shrink · p`, `d = g + weightDecay · p`, `s₀ ← s₀ + (1 - β₁)(d - s₀)`, `s₁ ← β₂ s₁ + (1 - β₂) d²`,
/// `p ← p - stepSize · s₀ / (√s₁ / rootCorrection + ε)`.
package struct AdamUpdate: Sendable, Hashable {
  /// `1 - learningRate · weightDecay` of AdamW, 1 of Adam.
  package var shrink: Float
  /// Adam's, 0 of AdamW.
  package var weightDecay: Float
  /// `1 - β₁`.
  package var firstWeight: Float
  package var beta2: Float
  /// `1 - β₂`.
  package var secondWeight: Float
  package var epsilon: Float
  /// `learningRate / (1 - β₁ᵗ)`.
  package var stepSize: Float
  /// `√(1 - β₂ᵗ)`.
  package var rootCorrection: Float

  package init(
    shrink: Float, weightDecay: Float, firstWeight: Float, beta2: Float, secondWeight: Float, epsilon: Float,
    stepSize: Float, rootCorrection: Float
  ) {
    self.shrink = shrink
    self.weightDecay = weightDecay
    self.firstWeight = firstWeight
    self.beta2 = beta2
    self.secondWeight = secondWeight
    self.epsilon = epsilon
    self.stepSize = stepSize
    self.rootCorrection = rootCorrection
  }
}

/// `d = g + weightDecay · p`, `s₀ ← α s₀ + (1 - α) d²`, `a = √s₀ + ε`; centred: `s₁ ← s₁ + (1 - α)(d - s₁)`,
/// `a = √(s₀ - s₁²) + ε`. With momentum `b ← momentum · b + d / a`, `p ← p - learningRate · b`; without
/// `p ← p - learningRate · d / a`.
package struct RMSpropUpdate: Sendable, Hashable {
  package var learningRate: Float
  package var weightDecay: Float
  package var alpha: Float
  /// `1 - α`.
  package var weight: Float
  package var epsilon: Float
  package var momentum: Float
  package var isCentered: Bool

  package init(
    learningRate: Float, weightDecay: Float, alpha: Float, weight: Float, epsilon: Float, momentum: Float,
    isCentered: Bool
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.alpha = alpha
    self.weight = weight
    self.epsilon = epsilon
    self.momentum = momentum
    self.isCentered = isCentered
  }
}

/// `d = gradientScale · g`, `s₀ ← s₀ + (1 - β₁)(d - s₀)`, `s₁ ← β₂ s₁ + (1 - β₂) d²`,
/// `u = (s₀ / firstCorrection) / (√s₁ / rootCorrection + ε) + weightDecay · p`, `p ← p - learningRate · r · u` with
/// `r = ‖p‖ / ‖u‖`, or 1 where not ``isAdapted`` or one of the norms is 0.
package struct LAMBUpdate: Sendable, Hashable {
  package var learningRate: Float
  package var weightDecay: Float
  package var gradientScale: Float
  /// `1 - β₁`.
  package var firstWeight: Float
  package var beta2: Float
  /// `1 - β₂`.
  package var secondWeight: Float
  package var epsilon: Float
  /// `1 - β₁ᵗ`.
  package var firstCorrection: Float
  /// `√(1 - β₂ᵗ)`.
  package var rootCorrection: Float
  package var isAdapted: Bool

  package init(
    learningRate: Float, weightDecay: Float, gradientScale: Float, firstWeight: Float, beta2: Float,
    secondWeight: Float, epsilon: Float, firstCorrection: Float, rootCorrection: Float, isAdapted: Bool
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
    self.firstWeight = firstWeight
    self.beta2 = beta2
    self.secondWeight = secondWeight
    self.epsilon = epsilon
    self.firstCorrection = firstCorrection
    self.rootCorrection = rootCorrection
    self.isAdapted = isAdapted
  }
}

extension Tensor {
  /// Changes the tensor, and the tensors of `state`, in place; others that share their bytes keep their values.
  package mutating func update(_ update: InPlaceUpdate, from source: Tensor? = nil, state: inout [Tensor]) {
    precondition(update.takesSource == (source != nil), "\(update) is given a tensor that it does not take, or none")
    precondition(
      state.count == update.stateCount, "\(update) has a state of \(update.stateCount) tensors, not \(state.count)")
    for other in state + (source.map { [$0] } ?? []) {
      precondition(other.shape == shape, "an update of a tensor \(shape) has no operand of shape \(other.shape)")
    }
    for dtype in state.map(\.dtype) + (source.map { [$0.dtype] } ?? []) + [dtype] {
      precondition(
        dtype == .float32, "an update in place is of float32 numbers, not \(dtype): convert with to(.float32)")
    }
    device.backend.update(&self, update, source: source, state: &state)
  }

  /// Changes the tensor in place; others that share its bytes keep their values.
  package mutating func update(_ update: InPlaceUpdate, from source: Tensor? = nil) {
    var state: [Tensor] = []
    self.update(update, from: source, state: &state)
  }

  /// The sum of the squares of float32 elements in double precision: the same for any number of threads.
  package func sumOfSquares() -> Double {
    precondition(dtype == .float32, "the sum of squares is of float32 numbers, not \(dtype)")
    return device.backend.sumOfSquares(self)
  }
}
