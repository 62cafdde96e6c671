import LucidTensor

/// A running mean of a module's weights, which often does better than the last weights. Polyak and Juditsky,
/// "Acceleration of Stochastic Approximation by Averaging", 1992.
///
/// ```swift
/// let average = ExponentialMovingAverage(of: model, decay: 0.9999)
/// …
/// optimizer.step()
/// average.update()
/// …
/// let accuracy = average.whileSwapped { evaluate(model.eval()) }
/// ```
///
/// After the n-th update from 0, `average ← d · average + (1 - d) · weight` with `d = decay`, or while warming up
/// `d = min(decay, (1 + n) / (10 + n))`, so that the random weights of the beginning are soon forgotten.
///
/// It averages what the module consists of when the average is made: give a new head first.
public final class ExponentialMovingAverage {
  /// How much of the average is kept in each update, at the end of the warm-up.
  public let decay: Double
  /// Whether the first updates keep less.
  public let warmsUp: Bool
  /// Whether buffers of floating-point numbers, such as running means, are averaged, as torchvision's recipes do; else the
  /// average has the module's last ones. Other buffers, such as counters, are always the module's last.
  public let includesBuffers: Bool
  /// How many updates there were.
  public private(set) var updateCount = 0
  /// Whether the module has the averages at the moment.
  public private(set) var isSwapped = false

  private let slots: [Module.Slot]
  private var averages: [Tensor]
  /// Every name of the module's state dict, and whose average it stands for: what is shared has several.
  private let names: [(key: String, index: Int)]

  /// An average that begins with the module's present weights.
  public init(of module: Module, decay: Double = 0.9999, warmsUp: Bool = true, includesBuffers: Bool = true) {
    precondition((0...1).contains(decay), "a decay is between 0 and 1, not \(decay)")
    self.decay = decay
    self.warmsUp = warmsUp
    self.includesBuffers = includesBuffers
    var places: [ObjectIdentifier: Int] = [:]
    var slots: [Module.Slot] = []
    names = module.slots().map { slot in
      let index = places[slot.identity] ?? slots.count
      if places.updateValue(index, forKey: slot.identity) == nil { slots.append(slot) }
      return (slot.key, index)
    }
    self.slots = slots
    averages = slots.map(\.value)
  }

  /// The decay of the next update.
  public var currentDecay: Double {
    warmsUp ? min(decay, Double(1 + updateCount) / Double(10 + updateCount)) : decay
  }

  /// Moves the average towards the module's weights. Traps while swapped.
  public func update() {
    precondition(!isSwapped, "the module has the averages: swap() back before update()")
    let decay = currentDecay
    updateCount += 1
    for (index, slot) in slots.enumerated() {
      let value = slot.value
      if !value.dtype.isFloatingPoint || (slot.isBuffer && !includesBuffers) {
        averages[index] = value
      } else if value.dtype == .float32 {
        averages[index].update(.lerp(weight: Float(1 - decay)), from: value)
      } else {
        averages[index] = averages[index] * decay + value * (1 - decay)
      }
    }
  }

  /// Exchanges the module's weights and the averages, which costs no copy; again, and all is as it was.
  public func swap() {
    isSwapped.toggle()
    for (index, slot) in slots.enumerated() {
      let value = slot.value
      slot.value = averages[index]
      averages[index] = value
    }
  }

  /// Runs `body` while the module has the averages.
  public func whileSwapped<Result>(_ body: () throws -> Result) rethrows -> Result {
    swap()
    defer { swap() }
    return try body()
  }

  /// Runs `body` while the module has the averages.
  public func whileSwapped<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    swap()
    defer { swap() }
    return try await body()
  }

  /// The averages under the module's names: what is to be kept when training has ended, and `load` takes.
  public var averagedStateDict: StateDict {
    var result = StateDict()
    for (key, index) in names { result.set(key, isSwapped ? slots[index].value : averages[index]) }
    return result
  }

  /// The state by name, so that a training goes on from a checkpoint: `updates` (int64) and the averages as
  /// `averages.fc.weight`.
  public func stateDict() -> StateDict {
    var result = StateDict()
    result.set("updates", Tensor(updateCount))
    for (index, slot) in slots.enumerated() {
      result.set("averages.\(slot.key)", isSwapped ? slot.value : averages[index])
    }
    return result
  }

  /// Takes over a state that ``stateDict()`` gave. Throws ``LucidError`` with
  /// ``LucidError/Code/stateDictMismatch`` where it is that of another module, or what reading the state dict's tensors
  /// throws, and changes nothing then. Traps while swapped.
  public func load(_ stateDict: StateDict) throws {
    precondition(!isSwapped, "the module has the averages: swap() back before load(_:)")
    let types = [("updates", TensorType([], .int64))] + slots.map { ("averages.\($0.key)", $0.type) }
    var faults = types.compactMap { key, type -> String? in
      guard let found = stateDict.type(of: key) else { return "\(key) is missing" }
      return found.shape == type.shape ? nil : "\(key) is \(found.shape) in the state dict, \(type.shape) in the module"
    }
    let known = Set(types.map(\.0))
    faults += stateDict.keys.filter { !known.contains($0) }.map { "\($0) is not known" }
    guard faults.isEmpty else {
      throw LucidError(
        .stateDictMismatch, doing: "loading averages of weights",
        problem: faults.prefix(5).joined(separator: "; ")
          + (faults.count > 5 ? "; and \(faults.count - 5) more" : ""),
        advice: "Make the average of a module like the one that was saved.")
    }
    let tensors = try types.map { key, type -> Tensor in
      guard let tensor = try stateDict[key] else { preconditionFailure("\(key) is in the state dict") }
      return tensor.to(type.dtype).contiguous()
    }
    updateCount = tensors[0].item()
    averages = Array(tensors.dropFirst())
  }
}

extension Module.Slot {
  fileprivate var identity: ObjectIdentifier {
    switch content {
    case .parameter(let parameter): ObjectIdentifier(parameter)
    case .buffer(let buffer): ObjectIdentifier(buffer)
    }
  }

  fileprivate var isBuffer: Bool { if case .buffer = content { true } else { false } }
}
