import LucidTensor

extension Graph {
  /// Says what computes each convolution, and puts its weight in the order for that, so that no run has to decide or reorder.
  ///
  /// In place, and with every weight given back to the system that is not needed any more: a network and its packed weights
  /// are not in memory for a third time.
  ///
  /// - Parameter algorithms: how each convolution is computed, by its number; directly where that is nil.
  /// - Parameter other: a graph of the same module in the same state, for another shape, of which weights that would be
  ///   the same are used instead of new ones.
  mutating func packWeights(_ algorithms: [Int: ConvolutionAlgorithm] = [:], sharing other: Graph?) {
    let packedBefore = other?.packedWeights() ?? [:]
    for index in nodes.indices {
      let node = nodes[index]
      guard var convolution = node.operation as? FusedConvolution, let x = node.inputs[0].value,
        let weight = node.inputs[1].constant, types[node.outputs[0]].shape.elementCount > 0
      else { continue }
      let problem = convolution.problem(
        weight: weight.shape, input: types[x].shape, hasResidual: node.inputs.count > 3)
      let kernel = weight.device.backend.convolutionKernel(
        for: problem, algorithms[index] ?? .direct, pools: convolution.pools)
      convolution.kernel = kernel
      nodes[index].operation = convolution
      let before = packedBefore[convolution.number].flatMap { kernel.isPacked($0) ? $0 : nil }
      nodes[index].inputs[1] = .constant(before ?? kernel.packed(weight))
      weight.device.emptyCache()
    }
  }

  /// The packed weights by the numbers of the convolutions. Which operations there are, and so their places in the graph,
  /// depends on the shape.
  private func packedWeights() -> [Int: Tensor] {
    var result: [Int: Tensor] = [:]
    for node in nodes {
      if let convolution = node.operation as? FusedConvolution { result[convolution.number] = node.inputs[1].constant }
    }
    return result
  }

  /// Without operations whose values nobody uses.
  func removingUnused() -> Graph {
    var graph = self
    var uses = useCounts()
    for index in nodes.indices.reversed() where nodes[index].outputs.allSatisfy({ uses[$0] == 0 }) {
      for value in nodes[index].inputs.compactMap(\.value) { uses[value] -= 1 }
      graph.nodes.remove(at: index)
    }
    return graph
  }
}
