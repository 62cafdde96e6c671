import LucidTensor

/// What a module consists of, found by reflection whenever it is asked for.
extension Module {
  private enum Member {
    case parameter(Parameter)
    case buffer(Buffer)
    case module(Module)
  }

  /// The parameters, buffers and modules among the properties in the order of their declaration, a superclass's first.
  private func members() -> [(key: String, member: Member)] {
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: self)
    while let current = mirror, current.subjectType != Module.self {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    var result: [(String, Member)] = []
    for child in mirrors.reversed().flatMap(\.children) {
      guard let label = child.label else { continue }
      if let parameter = child.value as? Parameter {
        result.append((key(for: label), .parameter(parameter)))
      } else if let buffer = child.value as? Buffer {
        result.append((key(for: label), .buffer(buffer)))
      } else if let module = child.value as? Module {
        result.append((key(for: label), .module(module)))
      } else if let modules = child.value as? [Module] {
        result += numbered(key(for: label), modules.map(Member.module))
      } else if let parameters = child.value as? [Parameter] {
        result += numbered(key(for: label), parameters.map(Member.parameter))
      }
    }
    return result
  }

  /// The parameters and buffers directly in this module.
  final func ownState() -> (parameters: [Parameter], buffers: [Buffer]) {
    let members = members().map(\.member)
    return (
      members.compactMap { if case .parameter(let parameter) = $0 { parameter } else { nil } },
      members.compactMap { if case .buffer(let buffer) = $0 { buffer } else { nil } }
    )
  }

  private func numbered(_ name: String, _ members: [Member]) -> [(String, Member)] {
    members.enumerated().map { (name.isEmpty ? "\($0)" : "\(name).\($0)", $1) }
  }

  /// The modules directly in this one, by name.
  public final func children() -> [(name: String, module: Module)] {
    members().compactMap { if case .module(let module) = $1 { ($0, module) } else { nil } }
  }

  /// A place that a state dict's tensor goes to.
  final class Slot {
    enum Content {
      case parameter(Parameter)
      case buffer(Buffer)
    }

    let key: String
    let content: Content

    init(_ key: String, _ content: Content) {
      self.key = key
      self.content = content
    }

    var type: TensorType {
      switch content {
      case .parameter(let parameter): TensorType(parameter.shape, parameter.dtype)
      case .buffer(let buffer): buffer.value.type
      }
    }

    var device: Device {
      switch content {
      case .parameter(let parameter): parameter.device
      case .buffer(let buffer): buffer.value.device
      }
    }

    var isOptional: Bool {
      if case .buffer(let buffer) = content { buffer.isOptional } else { false }
    }

    var value: Tensor {
      get {
        switch content {
        case .parameter(let parameter): parameter.constant
        case .buffer(let buffer): buffer.value
        }
      }
      set {
        switch content {
        case .parameter(let parameter): parameter.value = newValue
        case .buffer(let buffer): buffer.value = newValue
        }
      }
    }
  }

  /// All places in the order of PyTorch's state dict: a module's parameters, its buffers, then its modules'.
  final func slots(_ prefix: String = "") -> [Slot] {
    ownSlots(prefix) + children().flatMap { $0.module.slots(prefix + $0.name + ".") }
  }

  /// The places of this module's own parameters, then of its own buffers.
  final func ownSlots(_ prefix: String = "") -> [Slot] {
    let members = members()
    let parameters = members.compactMap { key, member in
      if case .parameter(let parameter) = member { Slot(prefix + key, .parameter(parameter)) } else { nil }
    }
    return parameters
      + members.compactMap { key, member in
        if case .buffer(let buffer) = member { Slot(prefix + key, .buffer(buffer)) } else { nil }
      }
  }

  /// The parameters by their names in the state dict, in its order.
  public final func namedParameters() -> [(name: String, parameter: Parameter)] {
    slots().compactMap { if case .parameter(let parameter) = $0.content { ($0.key, parameter) } else { nil } }
  }

  /// The parameters in the order of the state dict, each once even where two modules share it.
  public final func parameters() -> [Parameter] {
    var seen: Set<ObjectIdentifier> = []
    return namedParameters().map(\.parameter).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// The number of learned numbers; a parameter that two modules share counts once.
  public final var parameterCount: Int { parameters().reduce(0) { $0 + $1.shape.elementCount } }

  /// This module and all in it, by name; this one's name is empty.
  public final func namedModules(_ prefix: String = "") -> [(name: String, module: Module)] {
    [(prefix, self)]
      + children().flatMap { $0.module.namedModules(prefix.isEmpty ? $0.name : "\(prefix).\($0.name)") }
  }
}
