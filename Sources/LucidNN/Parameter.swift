import LucidTensor

/// A tensor that a module learns.
///
/// Its first value is computed when somebody asks for it: a model that is built to be loaded from a checkpoint never
/// spends time or memory on random numbers. The seed is drawn when the parameter is made, so the value does not depend
/// on when that is.
public final class Parameter {
  private enum Content {
    case initial(Initializer, seed: UInt64)
    case tensor(Tensor)
  }

  private var content: Content

  /// The sizes of the dimensions; a new value must have the same.
  public let shape: Shape

  /// Whether gradients are computed for it, and so whether training changes it.
  public var requiresGrad = true

  private let leaf = GradientLeaf()

  /// The sum of the gradients of the backward passes since it was last set to nil, as optimizers' `zeroGrad()` does.
  public var grad: Tensor? {
    get { leaf.gradient }
    set {
      precondition(
        newValue == nil || newValue?.shape == shape, "a parameter of shape \(shape) has no gradient \(newValue!.shape)")
      leaf.gradient = newValue
    }
  }

  /// How often the value was replaced.
  private(set) var version = 0

  /// A float32 parameter that starts as `initializer` says.
  public init(_ shape: Shape, _ initializer: Initializer, generator: Generator = .default) {
    self.shape = shape
    content = .initial(initializer, seed: generator.next())
    Changes.note()
  }

  /// A parameter with a value.
  public init(_ value: Tensor) {
    shape = value.shape
    content = .tensor(value.detach())
    Changes.note()
  }

  /// The tensor; gradients flow back to it while ``requiresGrad``. Traps when a new one has another shape.
  public var value: Tensor {
    get { requiresGrad && dtype.isFloatingPoint ? constant.attached(to: leaf) : constant }
    set { constant = newValue }
  }

  /// The tensor as a constant.
  package var constant: Tensor {
    get {
      switch content {
      case .tensor(let tensor): return tensor
      case .initial(let initializer, let seed):
        let tensor = initializer.tensor(shape, generator: Generator(seed: seed))
        content = .tensor(tensor)
        return tensor
      }
    }
    set {
      precondition(newValue.shape == shape, "a parameter of shape \(shape) cannot become \(newValue.shape)")
      content = .tensor(newValue.detach())
      version += 1
      Changes.note()
    }
  }

  /// Changes the tensor in place where nobody else holds it. Traps when `body` gives it another shape.
  func update(_ body: (inout Tensor) -> Void) {
    var tensor = constant
    content = .tensor(.empty)
    body(&tensor)
    constant = tensor
  }

  /// Changes the gradient, if there is one, in place where nobody else holds it.
  func updateGradient(_ body: (inout Tensor) -> Void) {
    guard var gradient = leaf.gradient else { return }
    leaf.gradient = nil
    body(&gradient)
    leaf.gradient = gradient
  }

  /// The type of the elements.
  public var dtype: DType {
    if case .tensor(let tensor) = content { tensor.dtype } else { .float32 }
  }

  /// Where the tensor lives.
  public var device: Device {
    if case .tensor(let tensor) = content { tensor.device } else { .cpu }
  }
}

extension Tensor {
  /// What stands for a parameter's tensor while it is changed.
  fileprivate static let empty = Tensor.zeros([0])
}

/// A tensor that belongs to a module's state but is not learned, such as a running mean.
public final class Buffer {
  /// The tensor, a constant.
  public var value: Tensor {
    get { constant }
    set {
      constant = newValue.detach()
      version += 1
      Changes.note()
    }
  }

  private var constant: Tensor

  /// How often the value was replaced.
  private(set) var version = 0

  /// Whether a checkpoint may lack it. Files written before PyTorch 0.4.1 have no `num_batches_tracked`.
  public let isOptional: Bool

  /// A buffer with a value.
  public init(_ value: Tensor, isOptional: Bool = false) {
    constant = value.detach()
    self.isOptional = isOptional
    Changes.note()
  }
}
