/// A function of tensors, declared in one place: the rule for its outputs' shapes, its forward computation and its vjp.
///
/// A conforming type holds the function's settings (a stride, an axis) and nothing else, so that it can be kept in a
/// graph and run again. Every computation on tensors passes through ``Tensor/apply(_:_:)-(_,[Tensor])``.
package protocol Operation: Sendable {
  /// The shapes and element types of the outputs. Traps, naming the operation, when the inputs do not fit it.
  func outputTypes(_ inputs: [TensorType]) -> [TensorType]

  /// The outputs. The inputs have been checked by ``outputTypes(_:)`` and are on the backend's device.
  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor]

  /// The same outputs, and what only ``vjp(_:)`` needs of the computation, such as where a maximum was found.
  func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor])

  /// Which inputs and outputs ``vjp(_:)`` reads when the gradients of the `wanted` inputs are asked for.
  func saved(wanted: [Bool]) -> Saved

  /// The vector-Jacobian product: from the gradients of a loss with respect to the outputs, those with respect to the
  /// inputs, one for each, of its shape; nil where it is zero or not wanted.
  func vjp(_ step: BackwardStep) -> [Tensor?]
}

extension Operation {
  package func forwardSaving(
    _ inputs: [Tensor], on backend: any Backend
  ) -> (outputs: [Tensor], extras: [Tensor]) {
    (forward(inputs, on: backend), [])
  }

  package func saved(wanted: [Bool]) -> Saved { Saved() }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    preconditionFailure("\(Self.self) has no gradient: use detach(), or noGrad { }, where none is needed")
  }
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
    let types = operation.outputTypes(inputs.map(\.type))
    guard inputs.contains(where: \.requiresGrad) else { return operation.forward(inputs, on: device.backend) }
    let values = inputs.map { $0.detach() }
    guard GradientMode.isRecording, types.contains(where: \.dtype.isFloatingPoint) else {
      return operation.forward(values, on: device.backend)
    }
    let (outputs, extras) = operation.forwardSaving(values, on: device.backend)
    return TapeStep.record(operation, inputs, outputs, extras: extras)
  }

  /// Runs an operation with one output on the device of its inputs.
  package static func apply(_ operation: some Operation, _ inputs: Tensor...) -> Tensor {
    apply(operation, inputs)[0]
  }
}
