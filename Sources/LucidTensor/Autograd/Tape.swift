import Synchronization

/// Where a tensor comes from, while gradients are recorded.
package enum Origin: Sendable {
  /// It is one whose gradient somebody wants to read.
  case leaf(GradientLeaf)
  /// It is an output, by its number, of a recorded operation.
  case output(TapeStep, Int)
}

/// Keeps the gradient of a tensor that no operation made, such as a parameter.
package final class GradientLeaf: Sendable {
  private let state = Mutex<Tensor?>(nil)

  package init() {}

  /// The sum of the gradients of all backward passes since it was last set to nil.
  package var gradient: Tensor? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue?.detach() } }
  }

  func add(_ gradient: Tensor) { state.withLock { $0 = $0.map { $0 + gradient } ?? gradient.contiguous() } }
}

/// What an operation's vjp reads of its forward computation, by number; the rest is not kept in memory.
package struct Saved: Sendable {
  var inputs: [Int] = []
  var outputs: [Int] = []
}

/// One operation that ran while gradients were recorded.
///
/// Steps refer to those that made their inputs, so the tape is as long as the tensors that were made by it live. It is
/// immutable but for the saved tensors, which go when the backward pass has used them.
package final class TapeStep: Sendable {
  /// Counts up: a step's number is greater than those of the steps that made its inputs.
  let number: Int
  let operation: any Operation
  let inputTypes: [TensorType]
  let outputTypes: [TensorType]
  /// Which inputs' gradients are wanted.
  let wanted: [Bool]

  private struct State {
    var origins: [Origin?]
    var saved: SavedTensors?

    mutating func takeSteps() -> [TapeStep] {
      defer { origins = [] }
      return origins.compactMap { if case .output(let step, _) = $0 { step } else { nil } }
    }
  }
  private let state: Mutex<State>
  private static let counter = Atomic<Int>(0)

  /// Records that `operation` made `outputs` of `inputs` and keeps `extras` besides; returns the outputs with their
  /// origin.
  static func record(
    _ operation: some Operation, _ inputs: [Tensor], _ outputs: [Tensor], extras: [Tensor]
  ) -> [Tensor] {
    let step = TapeStep(operation, inputs, outputs, extras)
    return outputs.enumerated().map { index, output in
      var output = output
      output.origin = output.dtype.isFloatingPoint ? .output(step, index) : nil
      return output
    }
  }

  private init(_ operation: some Operation, _ inputs: [Tensor], _ outputs: [Tensor], _ extras: [Tensor]) {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    self.operation = operation
    inputTypes = inputs.map(\.type)
    outputTypes = outputs.map(\.type)
    wanted = inputs.map { $0.requiresGrad }
    let saved = operation.saved(wanted: wanted)
    // Saved tensors have no origin: an output that knew its own step would keep both alive for ever.
    let tensors = SavedTensors(
      inputs: inputs.indices.map { saved.inputs.contains($0) ? inputs[$0].detach() : nil },
      outputs: outputs.indices.map { saved.outputs.contains($0) ? outputs[$0].detach() : nil }, extras: extras)
    state = Mutex(State(origins: inputs.map(\.origin), saved: tensors))
  }

  /// Where the inputs come from.
  var origins: [Origin?] { state.withLock { $0.origins } }

  /// What was saved; nil when it has been given away. It is, unless `keepingIt`.
  func takeSaved(keepingIt: Bool) -> SavedTensors? {
    state.withLock { state in
      defer { if !keepingIt { state.saved = nil } }
      return state.saved
    }
  }

  /// Ends one step after the other: to let each end the one before would need as much stack as the tape is long.
  deinit {
    var ending = state.withLock { $0.takeSteps() }
    while var step = ending.popLast() {
      if isKnownUniquelyReferenced(&step) { ending += step.state.withLock { $0.takeSteps() } }
    }
  }
}

/// The tensors that a step has kept for its vjp.
struct SavedTensors: Sendable {
  let inputs: [Tensor?]
  let outputs: [Tensor?]
  let extras: [Tensor]
}
