import LucidTensor

/// A module's inference for inputs of one shape, compiled.
///
/// The module's forward pass is recorded once on symbolic tensors; batch norms are folded into convolutions, additions
/// and activations become part of them, and weights are put in the order that the processor computes with. The module
/// and the plan are independent afterwards: a plan keeps the parameters that it was made from. Results differ from the
/// module's by rounding, and where an activation that is part of a convolution meets a NaN, which may become a number.
/// Convolutions are computed by the fastest of three algorithms (``Convolutions``), chosen when the plan is made.
///
/// A plan is immutable and may be called from many tasks at once. ``Module/callAsFunction(_:)`` makes and keeps plans by
/// itself for modules that are ``Module/isTraceable``.
public final class Plan: Sendable {
  /// The shape of the inputs.
  public let inputShape: Shape

  private let graph: Graph
  /// For each operation, the values that nobody needs after it.
  private let released: [[Graph.Value]]

  /// The plan of a module for float32 inputs of a shape. Traps when the module is training, or when its forward pass asks
  /// for a tensor's numbers, which are not there while it is recorded.
  public convenience init(_ module: Module, inputShape: Shape, convolutions: Convolutions = .standard) {
    self.init(module, inputShape: inputShape, convolutions, sharing: nil)
  }

  /// A plan that shares packed weights with one of the same module, in the same state, for another shape.
  init(_ module: Module, inputShape: Shape, _ convolutions: Convolutions = .standard, sharing other: Plan?) {
    precondition(!module.isTraining, "a plan is for inference: call eval() first")
    self.inputShape = inputShape
    let recorded = Recorder.record([TensorType(inputShape)]) { [module.forward($0[0])] }
    let fused = recorded.foldingBatchNorm().fusingResiduals().fusingActivations().removingUnused()
      .fusingDepthwiseBlocks { $0.pays(input: $1, hidden: $2) }.overwritingResiduals()
    var (graph, algorithms) = fused.fusingPools(fused.algorithms(convolutions))
    graph.packWeights(algorithms, sharing: other?.graph)
    var released = [[Graph.Value]](repeating: [], count: graph.nodes.count)
    for (value, last) in graph.lastUses().enumerated() {
      if let last, last < graph.nodes.count { released[last].append(value) }
    }
    self.graph = graph
    self.released = released
  }

  /// What the module computes. Traps when the input has another shape.
  public func callAsFunction(_ x: Tensor) -> Tensor { run(x) { _, compute in compute() } }

  /// How long each operation takes for an input, as the median over `runs` runs after one that does not count.
  public func profile(_ x: Tensor, runs: Int = 11) -> PlanProfile {
    precondition(runs > 0, "a profile needs at least one run, not \(runs)")
    var times = [[Double]](repeating: [], count: graph.nodes.count)
    var kernels: [String?] = []
    _ = run(x) { _, compute in
      var outputs: [Tensor] = []
      let names = KernelLog.names { outputs = compute() }
      kernels.append(names.isEmpty ? nil : names.joined(separator: " + "))
      return outputs
    }
    for number in 0...runs {
      _ = run(x) { index, compute in
        let start = ContinuousClock.now
        let outputs = compute()
        if number > 0 { times[index].append((ContinuousClock.now - start) / .milliseconds(1)) }
        return outputs
      }
    }
    let layers = zip(zip(graph.nodes, kernels), times).map { pair, times in
      let (node, kernel) = pair
      let types = node.inputs.map { $0.constant?.type ?? graph.types[$0.value!] }
      let multiplyAdds = node.operation.multiplyAdds(types)
      return PlanProfile.Layer(
        operation: "\(Swift.type(of: node.operation))", kernel: kernel, input: types[0].shape,
        weight: multiplyAdds == nil || types.count < 2 ? nil : types[1].shape,
        output: graph.types[node.outputs[0]].shape, milliseconds: times.sorted()[times.count / 2],
        multiplyAdds: multiplyAdds)
    }
    return PlanProfile(layers: layers, peakGigaflops: measuredPeakGigaflops())
  }

  /// Runs the operations; `step` is given each one's number and what computes its outputs.
  private func run(_ x: Tensor, _ step: (Int, () -> [Tensor]) -> [Tensor]) -> Tensor {
    precondition(x.shape == inputShape, "the plan is for inputs of shape \(inputShape), not \(x.shape)")
    precondition(x.dtype == .float32, "the plan is for float32 inputs, not \(x.dtype)")
    var values = [Tensor?](repeating: nil, count: graph.types.count)
    values[0] = x
    func tensor(_ operand: Graph.Operand) -> Tensor {
      switch operand {
      case .constant(let tensor): return tensor
      case .value(let value):
        guard let tensor = values[value] else { preconditionFailure("value \(value) is used after its release") }
        return tensor
      }
    }
    let backend = x.device.backend
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      let outputs = step(index) { node.operation.forward(node.inputs.map(tensor), on: backend) }
      for (place, output) in outputs.enumerated() { values[node.outputs[place]] = output }
      for value in released[index] { values[value] = nil }
    }
    return tensor(graph.outputs[0])
  }

  /// How many operations a run takes.
  public var operationCount: Int { graph.nodes.count }
}
