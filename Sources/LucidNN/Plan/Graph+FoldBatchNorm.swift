import LucidTensor

extension Graph {
  /// With every convolution a ``FusedConvolution``, and every batch norm that follows one folded into it:
  ///
  /// `γ (W x + b - μ) / √(σ² + ε) + β = (γ / √(σ² + ε) W) x + (b - μ) γ / √(σ² + ε) + β`
  func foldingBatchNorm() -> Graph {
    var graph = self
    var count = 0
    for (index, node) in nodes.enumerated() {
      guard let convolution = node.operation as? Convolution, let weight = node.inputs[1].constant else { continue }
      let bias = node.inputs.count > 2 ? node.inputs[2] : .constant(.zeros([weight.shape[0]]))
      graph.nodes[index] = Node(
        FusedConvolution(convolution, number: count), Array(node.inputs.prefix(2)) + [bias], node.outputs)
      count += 1
    }
    let (makers, uses) = (graph.makers(), graph.useCounts())
    var folded: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard let norm = node.operation as? BatchNorm, let value = node.inputs[0].value, uses[value] == 1,
        let maker = makers[value], graph.nodes[maker].operation is FusedConvolution,
        let weight = graph.nodes[maker].inputs[1].constant, let bias = graph.nodes[maker].inputs[2].constant
      else { continue }
      let constants = node.inputs.dropFirst().compactMap(\.constant)
      guard constants.count == 4 else { continue }
      let (mean, variance, gamma, beta) = (constants[0], constants[1], constants[2], constants[3])
      let scale = gamma / (variance + Double(norm.epsilon)).sqrt()
      let inputs = [
        graph.nodes[maker].inputs[0], .constant(weight * scale.reshape([-1, 1, 1, 1])),
        .constant((bias - mean) * scale + beta),
      ]
      graph.nodes[maker] = Node(graph.nodes[maker].operation, inputs, node.outputs)
      folded.insert(index)
    }
    graph.nodes = graph.nodes.indices.filter { !folded.contains($0) }.map { graph.nodes[$0] }
    return graph
  }
}
