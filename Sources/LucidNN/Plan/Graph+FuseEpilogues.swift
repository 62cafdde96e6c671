import LucidTensor

extension Graph {
  /// With additions to a convolution's output made part of it. The convolution runs where the addition did, when both
  /// sides are there.
  func fusingResiduals() -> Graph {
    var graph = self
    let (makers, uses) = (graph.makers(), graph.useCounts())
    var fused: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard let binary = node.operation as? Binary, binary.function == .add,
        let left = node.inputs[0].value, let right = node.inputs[1].value, left != right, types[left] == types[right]
      else { continue }
      for (value, other) in [(left, right), (right, left)] {
        guard uses[value] == 1, let maker = makers[value], !fused.contains(maker),
          graph.nodes[maker].operation is FusedConvolution, graph.nodes[maker].inputs.count == 3
        else { continue }
        let convolution = graph.nodes[maker]
        graph.nodes[index] = Node(convolution.operation, convolution.inputs + [.value(other)], node.outputs)
        fused.insert(maker)
        break
      }
    }
    graph.nodes = graph.nodes.indices.filter { !fused.contains($0) }.map { graph.nodes[$0] }
    return graph
  }

  /// With functions of a convolution's output, such as ReLU, made part of it.
  func fusingActivations() -> Graph {
    var graph = self
    let (makers, uses) = (graph.makers(), graph.useCounts())
    var fused: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard let unary = node.operation as? Unary, unary.function.isFusible, let value = node.inputs[0].value,
        uses[value] == 1, let maker = makers[value],
        var convolution = graph.nodes[maker].operation as? FusedConvolution, convolution.activation == nil
      else { continue }
      convolution.activation = unary.function
      graph.nodes[maker] = Node(convolution, graph.nodes[maker].inputs, node.outputs)
      fused.insert(index)
    }
    graph.nodes = graph.nodes.indices.filter { !fused.contains($0) }.map { graph.nodes[$0] }
    return graph
  }

  /// With the memory of residuals that nobody needs afterwards handed on to the convolution that adds them.
  func overwritingResiduals() -> Graph {
    var graph = self
    let (makers, lastUses) = (makers(), lastUses())
    for (index, node) in nodes.enumerated() {
      guard var convolution = node.operation as? FusedConvolution, node.inputs.count > 3,
        let residual = node.inputs[3].value, node.inputs[0].value != residual, lastUses[residual] == index,
        let maker = makers[residual], nodes[maker].operation.makesOwnMemory,
        !nodes.contains(where: { $0.operation.mayShareMemory && $0.inputs.contains { $0.value == residual } })
      else { continue }
      convolution.mayOverwriteResidual = true
      graph.nodes[index].operation = convolution
    }
    return graph
  }

  /// The number of the last node that uses each value, the number of nodes for outputs, nil for what is not used.
  func lastUses() -> [Int?] {
    var result = [Int?](repeating: nil, count: types.count)
    for (index, node) in nodes.enumerated() {
      for value in node.inputs.compactMap(\.value) { result[value] = index }
    }
    for value in outputs.compactMap(\.value) { result[value] = nodes.count }
    return result
  }
}

extension Operation {
  /// Whether outputs are always in memory that no other tensor has.
  fileprivate var makesOwnMemory: Bool {
    self is FusedConvolution || self is DepthwiseBlock || self is Pool || self is Binary || self is Unary
  }

  /// Whether an output may be a view of an input.
  fileprivate var mayShareMemory: Bool { !makesOwnMemory }
}
