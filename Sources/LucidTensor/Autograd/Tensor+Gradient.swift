/// Automatic differentiation, as in PyTorch but with value semantics.
///
/// ```swift
/// let w = Tensor([3.0] as [Float]).requiringGrad()
/// let loss = (w * w).sum()
/// loss.backward()
/// w.grad  // [6]
/// ```
///
/// Operations on a tensor that ``requiresGrad`` are recorded, outside of ``noGrad(_:)-(()->Result)``. A tensor that is
/// written to becomes another value: gradients of what was computed from the old one stay right.
extension Tensor {
  /// Whether gradients flow back through this tensor: it is a leaf made by ``requiringGrad()``, a parameter's value, or
  /// was computed from one.
  public var requiresGrad: Bool { origin != nil }

  /// The same numbers as a leaf, whose gradient can be read from ``grad`` after a backward pass. Traps where the elements
  /// are not floating-point numbers.
  public func requiringGrad() -> Tensor { attached(to: GradientLeaf()) }

  /// The same numbers as a constant: no gradient flows back from here.
  public func detach() -> Tensor {
    var result = self
    result.origin = nil
    return result
  }

  /// The gradient of a leaf: the sum of those of all backward passes. Nil before the first, and for other tensors.
  public var grad: Tensor? {
    if case .leaf(let leaf) = origin { leaf.gradient } else { nil }
  }

  /// Computes the gradients of this tensor with respect to all leaves that it was computed from, and adds them to what
  /// those have (`Parameter.grad`, ``grad``).
  ///
  /// What was saved for the pass is freed while it goes. Gradients themselves are not recorded: there are no second
  /// derivatives.
  ///
  /// - Parameters:
  ///   - gradient: of the loss with respect to this tensor, of its shape; a scalar needs none, and has 1.
  ///   - retainingGraph: keeps what was saved, so that backward can be called again.
  /// - Precondition: this tensor was computed from a leaf, is a scalar or comes with a gradient, and `backward` was not
  ///   called for it before.
  public func backward(gradient: Tensor? = nil, retainingGraph: Bool = false) {
    var pass = BackwardPass(isRetaining: retainingGraph) { $0.add($1) }
    runBackward(&pass, gradient)
  }

  /// The gradients of this tensor with respect to `tensors`, leaves or values on the way; nil for those that it does not
  /// depend on. Nothing is added to any leaf.
  public func gradients(
    withRespectTo tensors: [Tensor], gradient: Tensor? = nil, retainingGraph: Bool = false
  ) -> [Tensor?] {
    var results = [Tensor?](repeating: nil, count: tensors.count)
    var leaves: [ObjectIdentifier: Tensor] = [:]
    var pass = BackwardPass(isRetaining: retainingGraph) { leaf, gradient in
      leaves[ObjectIdentifier(leaf)] = leaves[ObjectIdentifier(leaf)].map { $0 + gradient } ?? gradient
    }
    pass.outputs = { step, gradients in
      for (index, tensor) in tensors.enumerated() {
        if case .output(let maker, let output) = tensor.origin, maker === step { results[index] = gradients[output] }
      }
    }
    runBackward(&pass, gradient)
    for (index, tensor) in tensors.enumerated() {
      if case .leaf(let leaf) = tensor.origin { results[index] = leaves[ObjectIdentifier(leaf)] }
    }
    return results
  }

  /// The same tensor; `body` is told its gradient when a backward pass has it.
  public func onGradient(_ body: @escaping @Sendable (Tensor) -> Void) -> Tensor {
    Tensor.apply(GradientHook(body: body), self)
  }

  /// The same numbers as the value of a leaf.
  package func attached(to leaf: GradientLeaf) -> Tensor {
    precondition(dtype.isFloatingPoint, "only floating-point tensors have gradients, not \(dtype)")
    var result = self
    result.origin = .leaf(leaf)
    return result
  }

  private func runBackward(_ pass: inout BackwardPass, _ gradient: Tensor?) {
    guard let origin else {
      preconditionFailure(
        "backward: this tensor was not computed from any that requires gradients, or was computed inside noGrad or by "
          + "a model in eval() mode")
    }
    precondition(
      gradient != nil || elementCount == 1,
      "backward: a tensor of shape \(shape) is no scalar: give the gradient of the loss with respect to it")
    if let gradient {
      precondition(gradient.shape == shape, "backward: a gradient of shape \(gradient.shape) for a tensor \(shape)")
    }
    noGrad { pass.run(from: [(origin, gradient?.detach().to(dtype) ?? .ones(shape, dtype: dtype))]) }
  }
}

/// Passes a tensor on and tells somebody of its gradient.
private struct GradientHook: Operation {
  let body: @Sendable (Tensor) -> Void

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] { inputs }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] { inputs }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    body(step.gradient())
    return [step.gradient()]
  }
}
