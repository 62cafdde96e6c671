/// A function of tensors, declared in one place: the rule for its outputs' shapes and its forward computation.
///
/// A conforming type holds the function's settings (a stride, an axis) and nothing else, so that it can be kept in a
/// graph and run again. Every computation on tensors passes through ``Tensor/apply(_:_:)-(_,[Tensor])``.
package protocol Operation: Sendable {
  /// The shapes and element types of the outputs. Traps, naming the operation, when the inputs do not fit it.
  func outputTypes(_ inputs: [TensorType]) -> [TensorType]

  /// The outputs. The inputs have been checked by ``outputTypes(_:)`` and are on the backend's device.
  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor]
}

extension Tensor {
  /// Runs an operation on the device of its inputs.
  package static func apply(_ operation: some Operation, _ inputs: [Tensor]) -> [Tensor] {
    if let recorder = recorder(of: inputs) { return recorder.record(operation, inputs) }
    let device = inputs.first?.device ?? .cpu
    for input in inputs {
      precondition(
        input.device == device,
        "tensors on \(device) and \(input.device) cannot be used together: move one with to(_:)")
    }
    _ = operation.outputTypes(inputs.map(\.type))
    return operation.forward(inputs, on: device.backend)
  }

  /// Runs an operation with one output on the device of its inputs.
  package static func apply(_ operation: some Operation, _ inputs: Tensor...) -> Tensor {
    apply(operation, inputs)[0]
  }
}
