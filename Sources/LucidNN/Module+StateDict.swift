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

  /// Whether every name of either side found its like.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  /// The counts, and the first names of what did not fit.
  public var description: String {
    var parts = ["\(loaded.count) loaded"]
    for (names, what) in [(missing, "missing"), (unexpected, "unexpected"), (mismatched, "mismatched")]
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
    var report = LoadReport()
    var found: [Slot] = []
    for slot in slots {
      guard let type = stateDict.type(of: slot.key) else {
        if !slot.isOptional { report.missing.append(slot.key) }
        continue
      }
      guard type.shape == slot.type.shape else {
        report.mismatched.append(slot.key)
        continue
      }
      report.loaded.append(slot.key)
      found.append(slot)
    }
    let known = Set(slots.map(\.key))
    report.unexpected = stateDict.keys.filter { !known.contains($0) }
    if strict && !report.isComplete { throw mismatch(report, stateDict, slots) }
    // Everything is read before anything is put in place: reading may throw.
    let values = try found.map { slot in
      guard let tensor = try stateDict[slot.key], tensor.shape == slot.type.shape else {
        preconditionFailure("the state dict promised \(slot.key) as \(slot.type.shape) and gave something else")
      }
      return tensor.to(slot.type.dtype).contiguous()
    }
    for (slot, value) in zip(found, values) { slot.value = value }
    return report
  }

  private func mismatch(_ report: LoadReport, _ stateDict: StateDict, _ slots: [Slot]) -> LucidError {
    let types = Dictionary(slots.map { ($0.key, $0.type) }) { first, _ in first }
    var faults: [String] = []
    func add(_ names: [String], _ one: String, _ many: String, _ detail: (String) -> String) {
      guard !names.isEmpty else { return }
      let shown = names.prefix(5).map(detail).joined(separator: ", ")
      faults.append("\(names.count) \(names.count == 1 ? one : many): \(shown)\(names.count > 5 ? ", …" : "")")
    }
    add(report.mismatched, "name has another shape", "names have other shapes") {
      "\($0) is \(stateDict.type(of: $0)!.shape) in the state dict, \(types[$0]!.shape) in the module"
    }
    add(report.missing, "name is missing from the state dict", "names are missing from the state dict") { $0 }
    add(
      report.unexpected, "name of the state dict is not in the module", "names of the state dict are not in the module"
    ) { $0 }
    let isPrefixed =
      !stateDict.keys.isEmpty && report.loaded.isEmpty && stateDict.keys.allSatisfy { $0.hasPrefix("module.") }
    return LucidError(
      .stateDictMismatch, doing: "loading a state dict into \(Swift.type(of: self))",
      problem: faults.joined(separator: "; "),
      advice: isPrefixed
        ? "Every name begins with \"module.\", as data-parallel training writes: load removingPrefix(\"module.\")."
        : "load(_:strict: false) loads what fits and reports the rest.")
  }
}
