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

  package func saved(wanted: [Bool]) -> Saved {
    switch function.slopeSource {
    case .input: Saved(inputs: [0])
    case .output: Saved(outputs: [0])
    case .nothing: Saved()
    }
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let compute: DType = step.inputTypes[0].dtype == .float64 ? .float64 : .float32
    let value: Tensor
    switch function.slopeSource {
    case .input: value = step.input(0)
    case .output: value = step.output()
    case .nothing: return [nil]
    }
    return [step.backend.unaryGradient(function, step.gradient().to(compute), at: value.to(compute))]
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

  package func saved(wanted: [Bool]) -> Saved {
    switch function {
    case .add, .subtract: Saved()
    case .multiply: Saved(inputs: (wanted[0] ? [1] : []) + (wanted[1] ? [0] : []))
    case .divide: Saved(inputs: wanted[1] ? [0, 1] : [1])
    default: Saved(inputs: [0, 1])
    }
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let g = step.gradient()
    func a() -> Tensor { step.input(0) }
    func b() -> Tensor { step.input(1) }
    func results(_ first: () -> Tensor, _ second: () -> Tensor) -> [Tensor?] {
      [
        step.wanted[0] ? first().summed(to: step.inputTypes[0].shape) : nil,
        step.wanted[1] ? second().summed(to: step.inputTypes[1].shape) : nil,
      ]
    }
    /// All of the gradient where an element was taken, half of it where both are equal.
    func share(_ isTaken: (Tensor, Tensor) -> Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
      .where(x .== y, g * 0.5, .where(isTaken(x, y), g, Tensor(0.0).to(g.dtype)))
    }
    switch function {
    case .add: return results({ g }, { g })
    case .subtract: return results({ g }, { -g })
    case .multiply: return results({ g * b() }, { g * a() })
    case .divide: return results({ g / b() }, { -g * (a() / b() / b()) })
    case .power:
      let zero = Tensor(0.0).to(g.dtype)
      return results(
        { .where(b() .== 0, zero, g * b() * a().pow(b() - 1)) },
        { .where((a() .== 0).logicalAnd(b() .>= 0), zero, g * a().pow(b()) * a().log()) })
    case .maximum: return results({ share(.>, a(), b()) }, { share(.>, b(), a()) })
    case .minimum: return results({ share(.<, a(), b()) }, { share(.<, b(), a()) })
    default: preconditionFailure("\(function) has no gradient")
    }
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

  func saved(wanted: [Bool]) -> Saved { Saved(inputs: [0]) }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let (g, zero) = (step.gradient(), Tensor(0.0).to(step.outputTypes[0].dtype))
    return [
      nil,
      step.wanted[1] ? Tensor.where(step.input(0), g, zero).summed(to: step.inputTypes[1].shape) : nil,
      step.wanted[2] ? Tensor.where(step.input(0), zero, g).summed(to: step.inputTypes[2].shape) : nil,
    ]
  }
}

/// The same numbers as another element type.
struct Cast: Operation {
  let dtype: DType

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [TensorType(inputs[0].shape, dtype)] }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] { [backend.cast(inputs[0], to: dtype)] }

  func vjp(_ step: BackwardStep) -> [Tensor?] { [step.gradient().to(step.inputTypes[0].dtype)] }
}

extension Tensor {
  /// The sum over the dimensions in which a tensor of the given shape was repeated to have this one's.
  func summed(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    let missing = rank - shape.rank
    let axes = self.shape.indices.filter { $0 < missing || (shape[$0 - missing] == 1 && self.shape[$0] != 1) }
    return Tensor.apply(Reduce(function: .sum, axes: Array(axes)), self).reshape(shape)
  }
}
