import LucidTensor

/// What changes a module's parameters by their gradients.
///
/// ```swift
/// let optimizer = SGD(model, learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4)
/// for (step, (images, labels)) in batches.enumerated() {
///   schedule.apply(to: optimizer, step: step)
///   optimizer.zeroGrad()
///   model(images).crossEntropy(labels).backward()
///   optimizer.step()
/// }
/// ```
///
/// Settings that groups of parameters may have each for itself are in ``groups``; the others are the subclass's. A
/// subclass says what a step does to one parameter in ``update(_:gradient:state:group:)``. Like modules, optimizers are
/// classes and not `Sendable`: one task trains.
open class Optimizer {
  /// The parameters that are optimized, with their rates. May be changed at any time: a parameter keeps its state. Traps
  /// where a parameter or a name is in two places.
  public var groups: [ParameterGroup] { didSet { checkGroups() } }

  var states: [ObjectIdentifier: ParameterState] = [:]

  /// An optimizer of these groups.
  public init(_ groups: [ParameterGroup]) {
    self.groups = groups
    checkGroups()
  }

  /// What an optimizer remembers of a parameter from one step to the next.
  public struct ParameterState: Sendable {
    /// How many steps there were, the present one included.
    public internal(set) var stepCount = 0
    /// One tensor of the parameter's shape, float32 and first 0, for each of ``Optimizer/stateNames``.
    public var tensors: [Tensor] = []
  }

  /// What the tensors of a parameter's state are called in a state dict, as PyTorch calls them.
  open var stateNames: [String] { [] }

  /// Changes one parameter, and its state, by its gradient. The three are float32, the gradient of the parameter's shape
  /// in an order of memory that may not be the plain one.
  open func update(_ value: inout Tensor, gradient: Tensor, state: inout ParameterState, group: ParameterGroup) {
    preconditionFailure("\(Swift.type(of: self)) does not override update(_:gradient:state:group:)")
  }

  /// Changes every parameter that has a gradient and is not frozen.
  ///
  /// - Precondition: these parameters are float32.
  open func step() {
    for group in groups {
      for (name, parameter) in group.parameters where parameter.requiresGrad {
        guard let gradient = parameter.grad else { continue }
        precondition(
          parameter.dtype == .float32 && gradient.dtype == .float32,
          "\(Swift.type(of: self)) changes float32 parameters, and \(name) is \(parameter.dtype)")
        parameter.update { update(&$0, gradient: gradient, state: &states[parameter, ready: stateNames.count], group) }
      }
    }
  }

  private func update(
    _ value: inout Tensor, gradient: Tensor, state: inout ParameterState, _ group: ParameterGroup
  ) {
    state.stepCount += 1
    update(&value, gradient: gradient, state: &state, group: group)
  }

  /// Forgets the gradients of all parameters, so that the next backward pass begins new ones.
  public final func zeroGrad() {
    for group in groups { for (_, parameter) in group.parameters { parameter.grad = nil } }
  }

  /// All parameters, frozen ones too.
  public final var parameters: [Parameter] { groups.flatMap { $0.parameters.map(\.parameter) } }

  private func checkGroups() {
    var names: Set<String> = []
    var parameters: Set<ObjectIdentifier> = []
    for group in groups {
      for (name, parameter) in group.parameters {
        precondition(names.insert(name).inserted, "two parameters of the optimizer are called \(name)")
        precondition(
          parameters.insert(ObjectIdentifier(parameter)).inserted,
          "the parameter \(name) is in the optimizer's groups twice: it would be changed twice in each step")
      }
    }
  }
}

extension Module {
  /// All parameters as one group, those that modules share once.
  final func wholeGroup(learningRate: Double, weightDecay: Double) -> [ParameterGroup] {
    parameterGroups(learningRate: learningRate, weightDecay: weightDecay) { _, _ in true }
  }
}

extension Dictionary where Key == ObjectIdentifier, Value == Optimizer.ParameterState {
  /// The state of a parameter, made where there is none: in place, so that its tensors stay unique.
  fileprivate subscript(parameter: Parameter, ready count: Int) -> Optimizer.ParameterState {
    get { self[ObjectIdentifier(parameter), default: Optimizer.ParameterState(parameter, count)] }
    _modify { yield &self[ObjectIdentifier(parameter), default: Optimizer.ParameterState(parameter, count)] }
  }
}

extension Optimizer.ParameterState {
  fileprivate init(_ parameter: Parameter, _ count: Int) {
    tensors = (0..<count).map { _ in .zeros(parameter.shape) }
  }
}
