/// A function of every element.
package struct Unary: Operation {
  package let function: UnaryFunction

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(inputs[0].shape, outputType(inputs[0].dtype))]
  }

  private func outputType(_ dtype: DType) -> DType {
    if function.isPredicate { return .bool }
    return dtype.isFloatingPoint || function.keepsIntegers ? dtype : .float32
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let x = inputs[0]
    let output = outputType(x.dtype)
    let compute = function.keepsIntegers ? x.dtype.computeType : x.dtype == .float64 ? .float64 : .float32
    return [backend.unary(function, x.to(compute)).to(output)]
  }
}

/// A function of every pair of elements, with NumPy broadcasting and PyTorch's type promotion.
package struct Binary: Operation {
  package let function: BinaryFunction

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let (a, b) = (inputs[0], inputs[1])
    guard let shape = a.shape.broadcast(with: b.shape) else {
      preconditionFailure("\(function): shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    return [TensorType(shape, outputType(a.dtype, b.dtype))]
  }

  private func outputType(_ a: DType, _ b: DType) -> DType {
    if function.isPredicate { return .bool }
    let common = DType.promote(a, b)
    return function == .divide && !common.isFloatingPoint ? .float32 : common
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let (a, b) = (inputs[0], inputs[1])
    let output = outputType(a.dtype, b.dtype)
    let common = DType.promote(a.dtype, b.dtype)
    let compute = function == .divide && !common.isFloatingPoint ? .float32 : common.computeType
    let shape = a.shape.broadcast(with: b.shape)!
    return [backend.binary(function, a.to(compute), b.to(compute), shape: shape).to(output)]
  }
}

/// The first value where a condition holds, else the second.
struct Select: Operation {
  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    precondition(inputs[0].dtype == .bool, "where: the condition must be bool, not \(inputs[0].dtype)")
    guard let pair = inputs[1].shape.broadcast(with: inputs[2].shape), let shape = pair.broadcast(with: inputs[0].shape)
    else { preconditionFailure("where: shapes \(inputs.map(\.shape)) do not broadcast") }
    return [TensorType(shape, DType.promote(inputs[1].dtype, inputs[2].dtype))]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let type = outputTypes(inputs.map(\.type))[0]
    return [
      backend.select(
        inputs[0].expand(to: type.shape), inputs[1].to(type.dtype).expand(to: type.shape),
        inputs[2].to(type.dtype).expand(to: type.shape))
    ]
  }
}

/// The same numbers as another element type.
struct Cast: Operation {
  let dtype: DType

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [TensorType(inputs[0].shape, dtype)] }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] { [backend.cast(inputs[0], to: dtype)] }
}
