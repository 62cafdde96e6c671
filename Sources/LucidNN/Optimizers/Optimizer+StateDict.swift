import LucidTensor

/// An optimizer's state under names, so that a training goes on from a checkpoint to the same bits.
extension Optimizer {
  /// The state by name.
  ///
  /// For each parameter that was changed before, `<parameter>.step` (int64, how often) and the tensors of
  /// ``stateNames``, as `layer1.0.conv1.weight.momentum_buffer`; for each group its rates, float64:
  /// `groups.0.learning_rate`, `groups.0.base_learning_rate`, `groups.0.weight_decay`. Settings of the optimizer itself,
  /// such as a momentum, are the program's and not in it.
  public final func stateDict() -> StateDict {
    var result = StateDict()
    for (index, group) in groups.enumerated() {
      for (name, path) in GroupRates.all { result.set("groups.\(index).\(name)", Tensor(group[keyPath: path])) }
    }
    for (name, parameter) in named {
      guard let state = states[ObjectIdentifier(parameter)] else { continue }
      result.set("\(name).step", Tensor(state.stepCount))
      for (key, tensor) in zip(stateNames, state.tensors) { result.set("\(name).\(key)", tensor) }
    }
    return result
  }

  /// Takes over a state that ``stateDict()`` gave, whole: parameters that are not in it have no state afterwards.
  ///
  /// Throws ``LucidError`` with ``LucidError/Code/stateDictMismatch`` where the state is that of other parameters, groups
  /// or another kind of optimizer, or what reading the state dict's tensors throws. Nothing is changed then.
  public final func load(_ stateDict: StateDict) throws {
    var expected: Set<String> = []
    var faults: [String] = []
    func read(_ key: String, _ shape: Shape) throws -> Tensor? {
      expected.insert(key)
      guard let type = stateDict.type(of: key) else {
        faults.append("\(key) is missing")
        return nil
      }
      guard type.shape == shape else {
        faults.append("\(key) is \(type.shape) in the state dict, \(shape) here")
        return nil
      }
      return try stateDict[key]
    }
    var groups = groups
    for index in groups.indices {
      for (name, path) in GroupRates.all {
        if let rate = try read("groups.\(index).\(name)", []) { groups[index][keyPath: path] = rate.item() }
      }
    }
    var states: [ObjectIdentifier: ParameterState] = [:]
    let keys = ["step"] + stateNames
    for (name, parameter) in named {
      guard keys.contains(where: { stateDict.contains("\(name).\($0)") }) else { continue }
      guard let step = try read("\(name).step", []) else { continue }
      let tensors = try stateNames.map { try read("\(name).\($0)", parameter.shape) }
      states[ObjectIdentifier(parameter)] = ParameterState(
        stepCount: step.item(), tensors: tensors.compactMap { $0?.to(.float32).contiguous() })
    }
    let unknown = stateDict.keys.filter { !expected.contains($0) }
    faults += unknown.map { "\($0) is not known" }
    guard faults.isEmpty else { throw mismatch(faults) }
    self.groups = groups
    self.states = states
  }

  private var named: [(name: String, parameter: Parameter)] { groups.flatMap(\.parameters) }

  private func mismatch(_ faults: [String]) -> LucidError {
    let shown = faults.prefix(5).joined(separator: "; ")
    let rest = faults.count > 5 ? "; and \(faults.count - 5) more" : ""
    return LucidError(
      .stateDictMismatch, doing: "loading the state of \(Swift.type(of: self))", problem: shown + rest,
      advice: "Make the optimizer of the same kind, settings, parameters and groups as the one that was saved.")
  }
}

/// The numbers of a group that are part of the state.
private enum GroupRates {
  static var all: [(String, WritableKeyPath<ParameterGroup, Double>)] {
    [
      ("learning_rate", \.learningRate), ("base_learning_rate", \.baseLearningRate), ("weight_decay", \.weightDecay),
    ]
  }
}
