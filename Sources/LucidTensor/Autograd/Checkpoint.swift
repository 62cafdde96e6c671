/// Runs `body` and keeps only its input: the backward pass runs it again to have what its operations save. Less memory for
/// more time. Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016; PyTorch's `torch.utils.checkpoint`.
///
/// ```swift
/// let y = checkpoint(x) { block($0) }
/// ```
///
/// Random numbers that `body` draws from ``Generator/default`` are the same in both runs, and batch norms
/// move their running statistics in the first only. The result counts as one that requires gradients. Call `backward` on the task
/// that owns what `body` uses, such as a module: that is where it runs again.
public func checkpoint(_ x: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
  checkpoint([x]) { [body($0[0])] }[0]
}

/// Runs `body` and keeps only its inputs, as the function of one tensor.
public func checkpoint(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> [Tensor]) -> [Tensor] {
  guard GradientMode.isRecording else { return body(inputs) }
  let seed = Generator.default.next()
  let outputs = noGrad {
    Generator.withDefault(seed: seed) { body(inputs.map { $0.detach() }) }
  }
  let operation = Checkpoint(body: body, outputTypes: outputs.map(\.type), seed: seed)
  // Parameters that `body` uses are no inputs: a leaf of its own makes the step one that gradients are wanted of.
  let anchor = Tensor.zeros([]).requiringGrad()
  return TapeStep.record(operation, inputs + [anchor], outputs.map { $0.detach() }, extras: [])
}

/// A part of a computation that is run again in the backward pass.
private struct Checkpoint: Operation {
  // Called by `checkpoint`, and by the backward pass on the task that owns what it uses, as the documentation demands.
  nonisolated(unsafe) let body: ([Tensor]) -> [Tensor]
  let outputTypes: [TensorType]
  let seed: UInt64

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] { outputTypes }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] { body(inputs.dropLast()) }

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: Array(wanted.indices.dropLast())) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let leaves = step.wanted.dropLast().map { $0 ? GradientLeaf() : nil }
    let inputs = leaves.enumerated().map { index, leaf in
      leaf.map { step.input(index).attached(to: $0) } ?? step.input(index)
    }
    let outputs = GradientMode.$isRecording.withValue(true) {
      GradientMode.$isRecomputing.withValue(true) {
        Generator.withDefault(seed: seed) { body(inputs) }
      }
    }
    var results = [Tensor?](repeating: nil, count: step.wanted.count)
    var pass = BackwardPass(isRetaining: false) { leaf, gradient in
      guard let index = leaves.firstIndex(where: { $0 === leaf }) else { return step.leaf(leaf, gradient) }
      results[index] = results[index].map { $0 + gradient } ?? gradient
    }
    pass.run(
      from: outputs.enumerated().compactMap { index, output in
        guard let origin = output.origin, let gradient = step.gradientIfAny(of: index) else { return nil }
        return (origin, gradient)
      })
    return results
  }
}
