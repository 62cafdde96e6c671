/// What loading a state dict into a model would do, from names, shapes and element types alone: nothing is read.
///
/// ```swift
/// let plan = model.loadPlan(for: try StateDict(contentsOf: "birds.safetensors"))
/// print(plan)         // "120 of 122 fit, 2 have another shape …; hint: the head has 10 classes, the model 1000"
/// ```
public struct LoadPlan: Sendable, Hashable {
  /// A name that both sides have, with different types.
  public struct Difference: Sendable, Hashable {
    /// The name.
    public let name: String
    /// What the model has.
    public let expected: TensorType
    /// What the state dict has.
    public let found: TensorType
  }

  /// A name that both sides have, and the element type that cannot be read, as the file calls it.
  public struct Unreadable: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The element type, as in `F8_E4M3`.
    public let dtype: String
  }

  /// Names whose tensors fit, in the model's order; they are converted where ``dtypeDifferences`` has them too.
  public private(set) var matched: [String] = []
  /// Names that the model has and the state dict lacks.
  public private(set) var missing: [String] = []
  /// Names that the state dict has and the model lacks, in the state dict's order.
  public private(set) var unexpected: [String] = []
  /// Names with different shapes: they do not fit.
  public private(set) var shapeDifferences: [Difference] = []
  /// Names with the same shape and different element types: they fit after conversion.
  public private(set) var dtypeDifferences: [Difference] = []
  /// Names that both have, whose tensors are of an element type that ``DType`` does not have: they cannot be loaded.
  public private(set) var unreadable: [Unreadable] = []
  /// What may explain the rest.
  public private(set) var hints: [Hint] = []

  /// Whether every name of either side found its like.
  public var isComplete: Bool {
    missing.isEmpty && unexpected.isEmpty && shapeDifferences.isEmpty && unreadable.isEmpty
  }

  /// Compares a state dict with what a model has.
  ///
  /// - Parameters:
  ///   - stateDict: what there is; only its names and types are looked at.
  ///   - expected: the model's names and types, in its order.
  ///   - optional: names of the model that the state dict may lack.
  ///   - namings: ways in which others name the same models, for hints.
  public init(
    stateDict: StateDict, for expected: [(name: String, type: TensorType)], optional: Set<String> = [],
    namings: [Naming] = []
  ) {
    let others = Dictionary(stateDict.unreadable.map { ($0.name, $0.dtype) }) { first, _ in first }
    for (name, type) in expected {
      guard let found = stateDict.type(of: name) else {
        if let dtype = others[name] {
          unreadable.append(Unreadable(name: name, dtype: dtype))
          continue
        }
        if !optional.contains(name) { missing.append(name) }
        continue
      }
      guard found.shape == type.shape else {
        shapeDifferences.append(Difference(name: name, expected: type, found: found))
        continue
      }
      matched.append(name)
      if found.dtype != type.dtype { dtypeDifferences.append(Difference(name: name, expected: type, found: found)) }
    }
    let known = Set(expected.map(\.name))
    unexpected = (stateDict.keys + stateDict.unreadable.map(\.name)).filter { !known.contains($0) }
    if !isComplete {
      hints = HintFinder(stateDict, expected, optional, namings).hints(shapeDifferences)
    }
  }
}

extension LoadPlan: CustomStringConvertible {
  public var description: String {
    var lines = ["\(matched.count) of \(matched.count + missing.count + shapeDifferences.count + unreadable.count) fit"]
    func add(_ items: [String], _ what: String) {
      guard !items.isEmpty else { return }
      let shown = items.prefix(5).joined(separator: ", ")
      lines.append("\(items.count) \(what): \(shown)\(items.count > 5 ? ", …" : "")")
    }
    add(shapeDifferences.map { "\($0.name) \($0.found.shape) for \($0.expected.shape)" }, "of another shape")
    add(missing, "missing")
    add(unreadable.map { "\($0.name) \($0.dtype)" }, "of an element type that cannot be read")
    add(unexpected, "unexpected")
    add(dtypeDifferences.map { "\($0.name) \($0.found.dtype) to \($0.expected.dtype)" }, "to be converted")
    for hint in hints { lines.append("hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}
