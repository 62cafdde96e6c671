extension Tensor {
  private func map(_ function: UnaryFunction) -> Tensor { Tensor.apply(Unary(function: function), self) }

  /// `max(x, 0)`; NaN stays NaN.
  public func relu() -> Tensor { map(.relu) }
  /// `min(max(x, 0), 6)`.
  public func relu6() -> Tensor { map(.relu6) }
  /// `x` where positive, else `slope · x`.
  public func leakyRelu(_ slope: Double = 0.01) -> Tensor { map(.leakyRelu(slope: slope)) }
  /// `x · Φ(x)` with the normal distribution function Φ, or with `tanh` the approximation
  /// `x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`. Hendrycks and Gimpel, 2016.
  public func gelu(tanh: Bool = false) -> Tensor { map(tanh ? .geluTanh : .gelu) }
  /// `x · sigmoid(x)`.
  public func silu() -> Tensor { map(.silu) }
  /// `1 / (1 + exp(-x))`.
  public func sigmoid() -> Tensor { map(.sigmoid) }
  /// The hyperbolic tangent.
  public func tanh() -> Tensor { map(.tanh) }
  /// `x · relu6(x + 3) / 6`. Howard et al., "Searching for MobileNetV3", 2019.
  public func hardSwish() -> Tensor { map(.hardSwish) }
  /// `relu6(x + 3) / 6`.
  public func hardSigmoid() -> Tensor { map(.hardSigmoid) }

  /// The absolute value.
  public func abs() -> Tensor { map(.absolute) }
  /// -1, 0 or 1; 0 of NaN, as in PyTorch.
  public func sign() -> Tensor { map(.sign) }
  /// `x²`.
  public func square() -> Tensor { map(.square) }
  /// The square root.
  public func sqrt() -> Tensor { map(.sqrt) }
  /// `1 / √x`.
  public func rsqrt() -> Tensor { map(.rsqrt) }
  /// `1 / x`.
  public func reciprocal() -> Tensor { map(.reciprocal) }
  /// `eˣ`.
  public func exp() -> Tensor { map(.exp) }
  /// The natural logarithm.
  public func log() -> Tensor { map(.log) }
  /// The logarithm to base 2.
  public func log2() -> Tensor { map(.log2) }
  /// `log(1 + x)`, exact for small x.
  public func log1p() -> Tensor { map(.log1p) }
  /// The sine of an angle in radians.
  public func sin() -> Tensor { map(.sin) }
  /// The cosine of an angle in radians.
  public func cos() -> Tensor { map(.cos) }
  /// The error function.
  public func erf() -> Tensor { map(.erf) }
  /// The greatest whole number that is not above.
  public func floor() -> Tensor { map(.floor) }
  /// The smallest whole number that is not below.
  public func ceil() -> Tensor { map(.ceil) }
  /// The nearest whole number, halves to the even one.
  public func round() -> Tensor { map(.round) }
  /// Whether each element is not a number.
  public func isNaN() -> Tensor { map(.isNaN) }
  /// `min(max(x, lower), upper)`; NaN stays NaN. Integers stay integers.
  public func clamp(_ lower: Double = -.infinity, _ upper: Double = .infinity) -> Tensor {
    map(.clamp(lower: lower, upper: upper))
  }

  /// `x` with each element set to 0 with probability `p` and the others divided by `1 - p`, while training; else `x`.
  ///
  /// Srivastava et al., "Dropout", 2014.
  public func dropout(_ p: Double = 0.5, training: Bool, generator: Generator = .default) -> Tensor {
    precondition(p >= 0 && p <= 1, "dropout: \(p) is not a probability")
    precondition(dtype.isFloatingPoint, "dropout scales elements by a fraction, which \(dtype) cannot hold")
    if !training || p == 0 { return self }
    if p == 1 { return self * 0 }
    return self * ((Tensor.rand(shape, generator: generator) .>= p).to(.float32) / (1 - p)).to(dtype)
  }

  /// Elements of `a` where `condition` (bool) holds, else of `b`, with broadcasting.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    apply(Select(), condition, a, b)
  }
}
