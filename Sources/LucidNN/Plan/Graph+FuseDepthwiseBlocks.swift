import LucidTensor

extension Graph {
  /// With a 1x1, a depthwise and a 1x1 convolution that follow each other made one ``LucidTensor/DepthwiseBlock``, as far as
  /// `isWorthwhile` says of the block, the shape of its input and the number of its channels inside. The first of the three
  /// may be missing.
  func fusingDepthwiseBlocks(where isWorthwhile: (DepthwiseBlock, Shape, Int) -> Bool) -> Graph {
    var graph = self
    let (makers, uses) = (makers(), useCounts())
    var fused: Set<Int> = []
    func convolution(making operand: Operand) -> (index: Int, operation: FusedConvolution)? {
      guard let value = operand.value, uses[value] == 1, let maker = makers[value], !fused.contains(maker),
        nodes[maker].inputs.count == 3, let operation = nodes[maker].operation as? FusedConvolution
      else { return nil }
      return (maker, operation)
    }
    func parameters(_ index: Int) -> (weight: Tensor, bias: Tensor)? {
      guard let weight = nodes[index].inputs[1].constant, let bias = nodes[index].inputs[2].constant else { return nil }
      return (weight, bias)
    }
    for (index, node) in nodes.enumerated() {
      guard let project = node.operation as? FusedConvolution, let last = parameters(index), last.weight.isOneByOne,
        let depthwise = convolution(making: node.inputs[0]), let middle = parameters(depthwise.index)
      else { continue }
      // Without the first convolution where it does not fit.
      let expand = convolution(making: nodes[depthwise.index].inputs[0]).flatMap { found in
        parameters(found.index).flatMap { $0.weight.isOneByOne ? (found.index, found.operation, $0) : nil }
      }
      let residual = Array(node.inputs.dropFirst(3))
      for first in expand == nil ? [nil] : [expand, nil] {
        let weights = DepthwiseBlockWeights(
          depth: middle.weight, depthBias: middle.bias, project: last.weight, projectBias: last.bias,
          expand: first?.2.weight, expandBias: first?.2.bias)
        let input = nodes[first?.0 ?? depthwise.index].inputs[0]
        guard let value = input.value,
          let block = DepthwiseBlock(
            expand: first?.1, depthwise: depthwise.operation, project: project, weights: weights,
            hasResidual: !residual.isEmpty),
          isWorthwhile(block, types[value].shape, middle.weight.shape[0])
        else { continue }
        let operands = [input] + weights.packed().operands.map(Operand.constant) + residual
        graph.nodes[index] = Node(block, operands, node.outputs)
        fused.insert(depthwise.index)
        if let first { fused.insert(first.0) }
        break
      }
    }
    graph.nodes = graph.nodes.indices.filter { !fused.contains($0) }.map { graph.nodes[$0] }
    return graph
  }
}

extension Tensor {
  /// Whether a convolution's weight has a window of one pixel.
  fileprivate var isOneByOne: Bool { shape[2] == 1 && shape[3] == 1 }
}
