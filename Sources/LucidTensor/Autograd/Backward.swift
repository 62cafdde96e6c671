/// What an operation's vjp is given: the gradient of the loss with respect to each output, and what was saved.
package struct BackwardStep {
  /// The types of the forward computation's inputs.
  package let inputTypes: [TensorType]
  /// The types of its outputs.
  package let outputTypes: [TensorType]
  /// Which inputs' gradients are wanted; others may be nil.
  package let wanted: [Bool]
  /// What ``Operation/forwardSaving(_:on:)`` kept.
  package let extras: [Tensor]
  private let gradients: [Tensor?]
  private let saved: SavedTensors

  init(_ step: TapeStep, _ gradients: [Tensor?], _ saved: SavedTensors) {
    inputTypes = step.inputTypes
    outputTypes = step.outputTypes
    wanted = step.wanted
    extras = saved.extras
    self.gradients = gradients
    self.saved = saved
  }

  /// The gradient of an output; nil where the loss does not depend on it.
  package func gradientIfAny(of output: Int) -> Tensor? { gradients[output] }

  /// The gradient of an output, zeros where the loss does not depend on it.
  package func gradient(of output: Int = 0) -> Tensor {
    gradients[output] ?? .zeros(outputTypes[output].shape, dtype: outputTypes[output].dtype)
  }

  /// Where the computation ran.
  package var backend: any Backend { (gradients.lazy.compactMap { $0 }.first?.device ?? .cpu).backend }

  /// An input, which ``Operation/saved(wanted:)`` named.
  package func input(_ number: Int) -> Tensor {
    guard let tensor = saved.inputs[number] else { preconditionFailure("input \(number) was not saved") }
    return tensor
  }

  /// An output, which ``Operation/saved(wanted:)`` named.
  package func output(_ number: Int = 0) -> Tensor {
    guard let tensor = saved.outputs[number] else { preconditionFailure("output \(number) was not saved") }
    return tensor
  }
}

/// The backward pass: walks the tape from the end, the step made last first, so that a step's gradients are complete
/// when its vjp is asked for those of its inputs. Reverse-mode differentiation; Griewank and Walther, 2008, chapter 3.
struct BackwardPass {
  /// Whether what was saved stays for another pass.
  let isRetaining: Bool
  /// Is told every leaf's gradients, one part for each use of the leaf.
  let leaf: (GradientLeaf, Tensor) -> Void
  /// Is told the gradients, complete, of every step's outputs.
  var outputs: (TapeStep, [Tensor?]) -> Void = { _, _ in }

  private var gradients: [ObjectIdentifier: [Tensor?]] = [:]

  init(isRetaining: Bool, leaf: @escaping (GradientLeaf, Tensor) -> Void) {
    self.isRetaining = isRetaining
    self.leaf = leaf
  }

  /// Sends a gradient back from where a tensor came from.
  mutating func run(from origin: Origin, _ gradient: Tensor) {
    add(gradient, to: origin)
    for step in Self.steps(behind: origin) {
      guard let gradients = gradients.removeValue(forKey: ObjectIdentifier(step)) else { continue }
      outputs(step, gradients)
      guard let saved = step.takeSaved(keepingIt: isRetaining) else {
        preconditionFailure(
          "backward() has already been through this computation, whose intermediate results are gone: compute the loss "
            + "anew, or call backward(retainingGraph: true) the first time")
      }
      let results = step.operation.vjp(BackwardStep(step, gradients, saved))
      for (index, origin) in step.origins.enumerated() where step.wanted[index] {
        guard let origin, let result = results[index] else { continue }
        let type = step.inputTypes[index]
        precondition(
          result.shape == type.shape,
          "the vjp of \(step.operation) gave a gradient of shape \(result.shape) for input \(index), \(type)")
        add(result.to(type.dtype), to: origin)
      }
    }
  }

  private mutating func add(_ gradient: Tensor, to origin: Origin) {
    switch origin {
    case .leaf(let leaf): self.leaf(leaf, gradient)
    case .output(let step, let index):
      let key = ObjectIdentifier(step)
      var sums = gradients.removeValue(forKey: key) ?? [Tensor?](repeating: nil, count: step.outputTypes.count)
      sums[index] = sums[index].map { $0 + gradient } ?? gradient
      gradients[key] = sums
    }
  }

  /// The steps that a tensor depends on, the last one first.
  private static func steps(behind origin: Origin) -> [TapeStep] {
    var found: [ObjectIdentifier: TapeStep] = [:]
    var waiting: [Origin?] = [origin]
    while let origin = waiting.popLast() {
      guard case .output(let step, _) = origin, found.updateValue(step, forKey: ObjectIdentifier(step)) == nil else {
        continue
      }
      waiting += step.origins
    }
    return found.values.sorted { $0.number > $1.number }
  }
}
