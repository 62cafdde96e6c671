import LucidTensor

/// What ``Module/load(_:strict:)`` did with each name.
public struct LoadReport: Sendable, Hashable, CustomStringConvertible {
  /// Names whose tensors are in the module now, in the module's order.
  public internal(set) var loaded: [String] = []
  /// Names that the module has and the state dict lacks; they keep their values.
  public internal(set) var missing: [String] = []
  /// Names that the state dict has and the module lacks.
  public internal(set) var unexpected: [String] = []
  /// Names that both have, with different shapes; the module's keep their values.
  public internal(set) var mismatched: [String] = []

  /// Names that both have, of an element type that cannot be read; the module's keep their values.
  public internal(set) var unreadable: [String] = []

  /// Whether every name of either side found its like.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty && unreadable.isEmpty }

  public var description: String {
    var parts = ["\(loaded.count) loaded"]
    for (names, what) in [
      (missing, "missing"), (unexpected, "unexpected"), (mismatched, "mismatched"), (unreadable, "unreadable"),
    ]
    where !names.isEmpty {
      let shown = names.prefix(5).joined(separator: ", ")
      parts.append("\(names.count) \(what) (\(shown)\(names.count > 5 ? ", …" : ""))")
    }
    return parts.joined(separator: ", ")
  }
}

extension Module {
  /// The parameters and buffers by name, in PyTorch's order.
  public final func stateDict() -> StateDict {
    var result = StateDict()
    for slot in slots() { result.set(slot.key, slot.value) }
    return result
  }

  /// Puts a state dict's tensors into the parameters and buffers of the same names, converted to their element types.
  ///
  /// With `strict`, the names and shapes of both sides must be the same. Without, what does not fit is left as it is
  /// and reported: fine-tuning with another head begins so.
  ///
  /// Throws ``LucidError`` with ``LucidError/Code/stateDictMismatch`` where the two do not fit, or what reading the
  /// tensors throws; the module is then as it was.
  @discardableResult
  public final func load(_ stateDict: StateDict, strict: Bool = true) throws -> LoadReport {
    let slots = slots()
    let plan = LoadPlan(slots, stateDict)
    if strict && !plan.isComplete { throw mismatch(plan) }
    let matched = Set(plan.matched)
    // Everything is read before anything is put in place: reading may throw.
    var values: [(Slot, Tensor)] = []
    for slot in slots where matched.contains(slot.key) {
      guard let tensor = try stateDict[slot.key], tensor.shape == slot.type.shape else {
        preconditionFailure("the state dict promised \(slot.key) as \(slot.type.shape) and gave something else")
      }
      values.append((slot, tensor.to(slot.type.dtype).contiguous()))
    }
    for (slot, value) in values { slot.value = value }
    return LoadReport(plan)
  }

  /// What ``load(_:strict:)`` would do with a state dict, from names and types alone; see ``LucidTensor/LoadPlan``.
  ///
  /// - Parameter namings: ways in which others name such models, for the plan's hints.
  public final func loadPlan(for stateDict: StateDict, namings: [Naming] = []) -> LoadPlan {
    LoadPlan(slots(), stateDict, namings)
  }

  private func mismatch(_ plan: LoadPlan) -> LucidError {
    var faults: [String] = []
    func add(_ names: [String], _ one: String, _ many: String) {
      guard !names.isEmpty else { return }
      let shown = names.prefix(5).joined(separator: ", ")
      faults.append("\(names.count) \(names.count == 1 ? one : many): \(shown)\(names.count > 5 ? ", …" : "")")
    }
    add(
      plan.shapeDifferences.map {
        "\($0.name) is \($0.found.shape) in the state dict, \($0.expected.shape) in the module"
      },
      "name has another shape", "names have other shapes")
    add(
      plan.unreadable.map { "\($0.name) \($0.dtype)" }, "tensor is of an element type that cannot be read",
      "tensors are of element types that cannot be read")
    add(plan.missing, "name is missing from the state dict", "names are missing from the state dict")
    add(
      plan.unexpected, "name of the state dict is not in the module", "names of the state dict are not in the module")
    let advice = plan.hints.map { hint in
      switch hint {
      case .rename(let map, _, _): "\(hint): load renamed(KeyMap(\"\(map)\"))"
      default: "\(hint)"
      }
    }
    return LucidError(
      .stateDictMismatch, doing: "loading a state dict into \(Swift.type(of: self))",
      problem: faults.joined(separator: "; "),
      advice: advice.isEmpty
        ? "load(_:strict: false) loads what fits and reports the rest." : advice.joined(separator: "; ") + ".")
  }
}

extension LoadPlan {
  fileprivate init(_ slots: [Module.Slot], _ stateDict: StateDict, _ namings: [Naming] = []) {
    self.init(
      stateDict: stateDict, for: slots.map { ($0.key, $0.type) },
      optional: Set(slots.lazy.filter(\.isOptional).map(\.key)), namings: namings)
  }
}

extension LoadReport {
  fileprivate init(_ plan: LoadPlan) {
    loaded = plan.matched
    missing = plan.missing
    unexpected = plan.unexpected
    mismatched = plan.shapeDifferences.map(\.name)
    unreadable = plan.unreadable.map(\.name)
  }
}
