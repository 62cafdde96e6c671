import LucidTensor

extension Graph {
  /// The algorithm for each convolution that has its choice, by the number of the node.
  func algorithms(_ convolutions: Convolutions, choices: ConvolutionChoices = .shared) -> [Int: ConvolutionAlgorithm] {
    if convolutions == .direct { return [:] }
    var problems: [Int: ConvolutionProblem] = [:]
    for (index, node) in nodes.enumerated() {
      guard let convolution = node.operation as? FusedConvolution, let x = node.inputs[0].value,
        let weight = node.inputs[1].constant
      else { continue }
      problems[index] = convolution.problem(
        weight: weight.shape, input: types[x].shape, hasResidual: node.inputs.count > 3)
    }
    let backend = Device.cpu.backend
    if convolutions == .winograd {
      return problems.compactMapValues { backend.algorithms(for: $0).contains(.winograd) ? .winograd : nil }
    }
    let candidates = problems.filter { $0.value.mayUseWinograd }
    let chosen = choices.algorithms(for: Set(candidates.values), on: backend)
    return candidates.compactMapValues { chosen[$0] }
  }
}
