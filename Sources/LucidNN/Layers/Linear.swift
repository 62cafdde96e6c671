import LucidTensor

/// `y = x Wᵀ + b` over the last dimension: `[…, I]` to `[…, O]`.
///
/// The weight `[O, I]` and the bias `[O]` start uniform on ±1/√I, as PyTorch's.
public final class Linear: Module {
  /// `[O, I]`.
  public let weight: Parameter
  /// `[O]`.
  public let bias: Parameter?

  /// The size of the input's last dimension, I.
  public var inFeatures: Int { weight.shape[1] }
  /// The size of the output's last dimension, O.
  public var outFeatures: Int { weight.shape[0] }

  /// A layer from `inFeatures` to `outFeatures` numbers.
  public init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, initializer: Initializer = .kaimingUniform,
    biasInitializer: Initializer? = nil, generator: Generator = .default
  ) {
    weight = Parameter([outFeatures, inFeatures], initializer, generator: generator)
    let bound = 1 / Double(max(inFeatures, 1)).squareRoot()
    self.bias =
      bias ? Parameter([outFeatures], biasInitializer ?? .uniform(bound: bound), generator: generator) : nil
  }

  public override func forward(_ x: Tensor) -> Tensor { x.linear(weight.value, bias: bias?.value) }

  public override var settings: String { "\(inFeatures), \(outFeatures)" + (bias == nil ? ", bias: false" : "") }
}
