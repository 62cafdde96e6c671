import LucidTensor

extension Graph {
  /// With max poolings of 2x2 made part of the convolutions before them, where those are computed by Winograd's algorithm:
  /// what is pooled never gets into memory. The algorithms go by the numbers of the nodes, which change.
  func fusingPools(
    _ algorithms: [Int: ConvolutionAlgorithm]
  ) -> (graph: Graph, algorithms: [Int: ConvolutionAlgorithm]) {
    var graph = self
    let (makers, uses) = (makers(), useCounts())
    var fused: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard let pool = node.operation as? Pool, pool.halves, let value = node.inputs[0].value, uses[value] == 1,
        let maker = makers[value], nodes[maker].inputs.count == 3, algorithms[maker] ?? .direct != .direct,
        var convolution = nodes[maker].operation as? FusedConvolution, convolution.isMonotonic
      else { continue }
      convolution.pools = true
      graph.nodes[maker] = Node(convolution, nodes[maker].inputs, node.outputs)
      fused.insert(index)
    }
    let kept = graph.nodes.indices.filter { !fused.contains($0) }
    graph.nodes = kept.map { graph.nodes[$0] }
    let moved = kept.enumerated().compactMap { place, index in algorithms[index].map { (place, $0) } }
    return (graph, Dictionary(uniqueKeysWithValues: moved))
  }
}

extension FusedConvolution {
  /// Whether the greatest of what the activation makes of numbers is what it makes of the greatest of them.
  fileprivate var isMonotonic: Bool { if case .leakyRelu(let slope) = activation { slope >= 0 } else { true } }
}
