import LucidTensor

/// A part of a network: it has parameters, buffers and modules as plain properties, and a forward pass.
///
/// ```swift
/// final class Classifier: Module {
///   let body = Conv2d(3, 8, kernel: 3)
///   var head = Linear(8, 10)
///
///   override func forward(_ x: Tensor) -> Tensor {
///     head(body(x).relu().adaptiveAvgPool2d(1, 1).flatten(startDim: 1))
///   }
/// }
/// ```
///
/// Names in a state dict come from the properties' names, `runningMean` as `running_mean`; a list of modules counts
/// from 0. They are looked up when asked for and never kept, so a property may be given a new module at any time.
/// Modules are classes and not `Sendable`: one task trains or runs a module.
open class Module {
  /// Whether the module trains: dropout drops and batch norm uses the batch's statistics. New modules do.
  public private(set) var isTraining = true

  private var plans = PlanCache()

  /// A module. Subclasses set their properties first.
  public init() { Changes.note() }

  /// What the module computes. A subclass that is called with one tensor overrides this.
  open func forward(_ x: Tensor) -> Tensor {
    preconditionFailure("\(Swift.type(of: self)) does not override forward(_:)")
  }

  /// The name in a state dict of a property. Override where a checkpoint's names do not follow from the properties'.
  open func key(for property: String) -> String { snakeCase(property) }

  /// The settings that ``description`` shows between the brackets, such as `3, 64, kernel: [7, 7]`.
  open var settings: String { "" }

  /// Whether inference may be compiled: ``forward(_:)`` depends on its input's shape, but never on the numbers in it, and
  /// does nothing but compute. False unless overridden.
  open var isTraceable: Bool { false }

  /// Runs the module: ``forward(_:)``, or the same compiled.
  ///
  /// Where the module is ``isTraceable`` and in ``eval()`` mode, a ``Plan`` is made for each shape of input and kept, the
  /// last few of them. A parameter or buffer that is given a new value, and a property or list that is given a new
  /// module, make it begin anew. Only a module deep inside that is replaced by one that existed before can go unnoticed:
  /// say `eval()` after that. No gradients are recorded in a plan: to have them in ``eval()`` mode call ``forward(_:)``,
  /// or give an input that requires them.
  public final func callAsFunction(_ x: Tensor) -> Tensor {
    guard isTraceable, !isTraining, x.dtype == .float32, !x.isSymbolic, !x.requiresGrad else { return forward(x) }
    guard let plan = plans.plan(for: self, inputShape: x.shape) else { return forward(x) }
    return plan(x)
  }

  /// Makes the module and all in it train, or not.
  @discardableResult
  public final func train(_ isTraining: Bool = true) -> Self {
    forEachModule { $0.isTraining = isTraining }
    Changes.note()
    return self
  }

  /// Makes the module and all in it infer: the same as `train(false)`.
  @discardableResult
  public final func eval() -> Self { train(false) }

  /// Keeps training from changing any parameter of the module.
  @discardableResult
  public final func freeze() -> Self { setRequiresGrad(false) }

  /// Lets training change every parameter of the module.
  @discardableResult
  public final func unfreeze() -> Self { setRequiresGrad(true) }

  private func setRequiresGrad(_ requiresGrad: Bool) -> Self {
    for parameter in parameters() { parameter.requiresGrad = requiresGrad }
    return self
  }

  /// Moves every parameter and buffer to a device. Throws ``LucidError`` with
  /// ``LucidError/Code/deviceUnavailable``, and moves nothing, where it cannot.
  @discardableResult
  public final func to(_ device: Device) throws(LucidError) -> Self {
    try device.requireAvailable()
    for slot in slots() where slot.device != device { slot.value = try slot.value.to(device) }
    return self
  }

  private func forEachModule(_ body: (Module) -> Void) {
    body(self)
    for (_, child) in children() { child.forEachModule(body) }
  }
}

/// `numBatchesTracked` as `num_batches_tracked`, `cpbMLP` as `cpb_mlp`: capitals that follow each other are one word, of
/// which the last begins the next word when a small letter follows it.
private func snakeCase(_ name: String) -> String {
  let letters = Array(name)
  var result = ""
  for (index, letter) in letters.enumerated() {
    if letter.isUppercase, index > 0, letters[index - 1] != "_" {
      let isInsideWord =
        letters[index - 1].isUppercase && !(index + 1 < letters.count && letters[index + 1].isLowercase)
      if !isInsideWord { result += "_" }
    }
    result += letter.lowercased()
  }
  return result
}
