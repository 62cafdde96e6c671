import LucidTensor

extension Graph {
  /// With what computes each convolution, and its weight in the order for that, so that no run has to decide or reorder.
  ///
  /// - Parameter algorithms: how each convolution is computed, by its number; directly where that is nil.
  /// - Parameter other: a graph of the same module in the same state, for another shape, of which weights that would be
  ///   the same are used instead of new ones.
  func packingWeights(_ algorithms: [Int: ConvolutionAlgorithm] = [:], sharing other: Graph?) -> Graph {
    var graph = self
    for (index, node) in nodes.enumerated() {
      let output = types[node.outputs[0]].shape
      guard var convolution = node.operation as? FusedConvolution, let x = node.inputs[0].value,
        let weight = node.inputs[1].constant, output.elementCount > 0
      else { continue }
      let problem = convolution.problem(
        weight: weight.shape, input: types[x].shape, output: output, hasResidual: node.inputs.count > 3)
      let kernel = weight.device.backend.convolutionKernel(for: problem, algorithms[index] ?? .direct)
      convolution.kernel = kernel
      graph.nodes[index].operation = convolution
      let packed = kernel.packed(weight)
      graph.nodes[index].inputs[1] = .constant(other?.weight(at: index, like: packed) ?? packed)
    }
    return graph
  }

  /// The packed weight of the convolution at a place, if it lies in memory as `packed` does.
  private func weight(at index: Int, like packed: Tensor) -> Tensor? {
    guard nodes.indices.contains(index), nodes[index].operation is FusedConvolution,
      let weight = nodes[index].inputs[1].constant, weight.hasSameLayout(as: packed)
    else { return nil }
    return weight
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
