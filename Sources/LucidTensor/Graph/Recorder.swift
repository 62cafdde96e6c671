import Synchronization

/// What a symbolic tensor stands for: a value of the graph that a recorder is writing down.
package final class SymbolicValue: Sendable {
  let recorder: Recorder
  let value: Graph.Value

  init(_ recorder: Recorder, _ value: Graph.Value) {
    self.recorder = recorder
    self.value = value
  }
}

/// Writes down the operations that Swift code runs on symbolic tensors.
///
/// Nothing is computed on them: their shapes follow from the operations' rules. Operations on plain tensors, such as the
/// transposition of a weight, run as always and their results become constants of the graph.
package final class Recorder: Sendable {
  private struct State {
    var nodes: [Graph.Node] = []
    var types: [TensorType] = []
  }

  private let state = Mutex(State())

  private init() {}

  /// The graph of what `body` computes for inputs of the given types.
  package static func record(_ inputs: [TensorType], _ body: ([Tensor]) -> [Tensor]) -> Graph {
    let recorder = Recorder()
    let outputs = noGrad { body(recorder.add(inputs)) }.map(recorder.operand)
    return recorder.state.withLock { state in
      Graph(inputs: inputs, nodes: state.nodes, outputs: outputs, types: state.types)
    }
  }

  func record(_ operation: some Operation, _ inputs: [Tensor]) -> [Tensor] {
    let outputs = add(operation.outputTypes(inputs.map(\.type)))
    let operands = inputs.map(operand)
    state.withLock { $0.nodes.append(Graph.Node(operation, operands, outputs.compactMap { operand($0).value })) }
    return outputs
  }

  private func add(_ types: [TensorType]) -> [Tensor] {
    let first = state.withLock { state in
      defer { state.types += types }
      return state.types.count
    }
    return types.enumerated().map { index, type in
      Tensor(
        storage: .none, shape: type.shape, dtype: type.dtype,
        layout: .symbolic(SymbolicValue(self, first + index)))
    }
  }

  private func operand(_ tensor: Tensor) -> Graph.Operand {
    guard case .symbolic(let symbol) = tensor.layout else { return .constant(tensor.detach()) }
    precondition(symbol.recorder === self, "a symbolic tensor is used in another recording than its own")
    return .value(symbol.value)
  }
}

extension Storage {
  /// What symbolic tensors have instead of bytes.
  static let none = Storage(byteCount: 0)
}

extension Tensor {
  /// The recorder that a symbolic tensor among the inputs belongs to.
  static func recorder(of inputs: [Tensor]) -> Recorder? {
    for input in inputs { if case .symbolic(let symbol) = input.layout { return symbol.recorder } }
    return nil
  }

  /// Whether the tensor stands for a value that is not there yet.
  package var isSymbolic: Bool { if case .symbolic = layout { true } else { false } }
}
