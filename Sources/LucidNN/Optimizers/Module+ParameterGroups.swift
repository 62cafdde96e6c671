import LucidTensor

extension Module {
  /// The parameters in groups for an optimizer.
  ///
  /// Parameters for which `decays` is false have no weight decay. That is the rule for norms' and biases' (rank 1 or 0),
  /// unless told otherwise.
  ///
  /// With a `layerDecay` below 1, layers near the input learn more slowly: of L layers, that with the number l from 0 has
  /// the rate `learningRate · layerDecay^(L - 1 - l)`; Clark et al., "ELECTRA", 2020. Layers are the children with
  /// parameters in their order, the blocks inside a ``Sequential`` counting each by itself; parameters directly in the
  /// module belong to the first.
  ///
  /// Frozen parameters are among them: an optimizer's step leaves them out for as long as they are frozen. A parameter
  /// that two modules share is in one group, under its first name.
  public final func parameterGroups(
    learningRate: Double, weightDecay: Double = 0, layerDecay: Double = 1,
    decays: (_ name: String, _ parameter: Parameter) -> Bool = { $1.shape.rank > 1 }
  ) -> [ParameterGroup] {
    precondition(layerDecay > 0 && layerDecay <= 1, "a layer decay is above 0 and at most 1, not \(layerDecay)")
    var seen: Set<ObjectIdentifier> = []
    var groups: [ParameterGroup] = []
    let layers = layerDecay == 1 ? [(name: "", parameters: namedParameters())] : layers()
    for (index, layer) in layers.enumerated() {
      let unseen = layer.parameters.filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }
      let prefix = layer.name.isEmpty ? "" : layer.name + "."
      for (isDecaying, name) in [(true, "decay"), (false, "no_decay")] {
        let chosen = unseen.filter { decays($0.name, $0.parameter) == isDecaying }
        if chosen.isEmpty { continue }
        groups.append(
          ParameterGroup(
            chosen, learningRate: learningRate * power(layerDecay, layers.count - 1 - index),
            weightDecay: isDecaying ? weightDecay : 0, name: prefix + name))
      }
    }
    return groups
  }

  /// The layers that have parameters, from the input to the output, each with all its parameters.
  private func layers() -> [(name: String, parameters: [(name: String, parameter: Parameter)])] {
    func blocks(of module: Module, _ prefix: String) -> [(name: String, module: Module)] {
      module.children().flatMap { child -> [(name: String, module: Module)] in
        let name = prefix + child.name
        return child.module is Sequential ? blocks(of: child.module, name + ".") : [(name, child.module)]
      }
    }
    var layers = blocks(of: self, "").map { block in
      (block.name, block.module.namedParameters().map { (name: "\(block.name).\($0.name)", parameter: $0.parameter) })
    }
    .filter { !$0.1.isEmpty }
    let own = ownSlots().compactMap { slot -> (name: String, parameter: Parameter)? in
      if case .parameter(let parameter) = slot.content { (slot.key, parameter) } else { nil }
    }
    if layers.isEmpty { return own.isEmpty ? [] : [("", own)] }
    layers[0].1 = own + layers[0].1
    return layers
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
