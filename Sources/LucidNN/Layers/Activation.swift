import LucidTensor

/// An activation as a layer; see the function of the same name on `Tensor` for its formula.
public final class Activation: Module {
  /// Which one.
  public enum Kind: Sendable, Hashable {
    case relu, relu6, silu, sigmoid, tanh, hardSwish, hardSigmoid
    case gelu(tanh: Bool = false)
    case leakyRelu(slope: Double = 0.01)
    case softmax(dim: Int = -1)
    case logSoftmax(dim: Int = -1)
  }

  /// Which one.
  public let kind: Kind

  /// The layer of a kind.
  public init(_ kind: Kind) { self.kind = kind }

  public override func forward(_ x: Tensor) -> Tensor {
    switch kind {
    case .relu: x.relu()
    case .relu6: x.relu6()
    case .silu: x.silu()
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .hardSwish: x.hardSwish()
    case .hardSigmoid: x.hardSigmoid()
    case .gelu(let tanh): x.gelu(tanh: tanh)
    case .leakyRelu(let slope): x.leakyRelu(slope)
    case .softmax(let dim): x.softmax(dim: dim)
    case .logSoftmax(let dim): x.logSoftmax(dim: dim)
    }
  }

  public override var settings: String { "\(kind)" }
}

/// `max(x, 0)` as a layer.
public func ReLU() -> Activation { Activation(.relu) }
/// `min(max(x, 0), 6)` as a layer.
public func ReLU6() -> Activation { Activation(.relu6) }
/// `x · sigmoid(x)` as a layer.
public func SiLU() -> Activation { Activation(.silu) }
/// `x · Φ(x)` as a layer.
public func GELU(tanh: Bool = false) -> Activation { Activation(.gelu(tanh: tanh)) }
/// `x · relu6(x + 3) / 6` as a layer.
public func Hardswish() -> Activation { Activation(.hardSwish) }
/// `relu6(x + 3) / 6` as a layer.
public func Hardsigmoid() -> Activation { Activation(.hardSigmoid) }
/// `1 / (1 + exp(-x))` as a layer.
public func Sigmoid() -> Activation { Activation(.sigmoid) }
/// The hyperbolic tangent as a layer.
public func Tanh() -> Activation { Activation(.tanh) }
/// `x` where positive, else `slope · x`, as a layer.
public func LeakyReLU(_ slope: Double = 0.01) -> Activation { Activation(.leakyRelu(slope: slope)) }
/// `exp(xᵢ) / Σⱼ exp(xⱼ)` along a dimension as a layer.
public func Softmax(dim: Int = -1) -> Activation { Activation(.softmax(dim: dim)) }
/// The natural logarithm of ``Softmax(dim:)`` as a layer.
public func LogSoftmax(dim: Int = -1) -> Activation { Activation(.logSoftmax(dim: dim)) }
