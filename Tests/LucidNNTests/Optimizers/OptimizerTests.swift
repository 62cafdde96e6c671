import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// What all optimizers have in common.
@Suite struct OptimizerTests {
  private func groups(_ problem: Problem) -> [ParameterGroup] {
    [
      ParameterGroup([("a", problem.parameters[0])], learningRate: 0.02, weightDecay: 0.01),
      ParameterGroup([("b", problem.parameters[1])], learningRate: 0.01),
    ]
  }

  typealias Maker = @Sendable ([ParameterGroup]) -> Optimizer

  static let makers: [Maker] = [
    { SGD($0) }, { SGD($0, momentum: 0.9, nesterov: true) }, { Adam($0) }, { AdamW($0) },
    { RMSprop($0, momentum: 0.5, centered: true) }, { LAMB($0) }, { LARS($0, momentum: 0.9) },
  ]

  @Test(arguments: makers.indices) func aResumedRunHasTheSameBits(_ index: Int) throws {
    let make = Self.makers[index]
    let (whole, first, second) = (Problem(), Problem(), Problem())
    let unbroken = make(groups(whole))
    var broken = make(groups(first))
    for step in 1...20 {
      if step == 8 {
        let state = broken.stateDict()
        for (old, new) in zip(first.parameters, second.parameters) { new.value = old.value }
        broken = make(groups(second))
        try broken.load(state)
      }
      for (problem, optimizer) in [(whole, unbroken), (step < 8 ? first : second, broken)] {
        problem.setGradients(step)
        optimizer.step()
      }
    }
    #expect(whole.numbers == second.numbers && whole.numbers != first.numbers)
  }

  @Test func ratesAreRestored() throws {
    let optimizer = SGD(groups(Problem()))
    optimizer.groups[1].learningRate = 0.125
    optimizer.groups[0].weightDecay = 0.3
    let other = SGD(groups(Problem()))
    try other.load(optimizer.stateDict())
    #expect(other.groups.map(\.learningRate) == [0.02, 0.125] && other.groups.map(\.weightDecay) == [0.3, 0])
    #expect(other.groups.map(\.baseLearningRate) == [0.02, 0.01])
  }

  @Test func namesOfTheState() {
    let problem = Problem()
    let optimizer = Adam(groups(problem))
    #expect(optimizer.stateDict().count == 6, "a parameter that was not changed has no state")
    problem.setGradients(1)
    problem.parameters[0].grad = nil
    optimizer.step()
    #expect(optimizer.stateDict().keys.suffix(3) == ["b.step", "b.exp_avg", "b.exp_avg_sq"])
    #expect(optimizer.stateDict().type(of: "b.exp_avg") == TensorType([7]))
  }

  @Test func whatDoesNotFitChangesNothing() throws {
    func trained(_ make: Maker) -> (Problem, Optimizer) {
      let problem = Problem()
      let optimizer = make(groups(problem))
      problem.setGradients(1)
      optimizer.step()
      return (problem, optimizer)
    }
    func expectMismatch(
      _ state: StateDict, _ make: Maker, naming words: String..., location: SourceLocation = #_sourceLocation
    ) throws {
      let (_, optimizer) = trained(make)
      let before = optimizer.stateDict()
      let error = #expect(throws: LucidError.self, sourceLocation: location) { try optimizer.load(state) }
      #expect(error?.code == .stateDictMismatch, sourceLocation: location)
      for word in words {
        #expect(error.map { "\($0)".contains(word) } == true, "\(error!) lacks \(word)", sourceLocation: location)
      }
      let after = optimizer.stateDict()
      #expect(before.keys == after.keys, sourceLocation: location)
      for key in before.keys {
        #expect(
          try before[key]!.scalars(as: Float.self) == after[key]!.scalars(as: Float.self), sourceLocation: location)
      }
    }
    let momentum: Maker = { SGD($0, momentum: 0.9) }
    let (_, sgd) = trained(momentum)
    sgd.groups[0].learningRate = 7
    try expectMismatch(sgd.stateDict(), { Adam($0) }, naming: "Adam", "a.exp_avg is missing", "momentum_buffer")
    var state = sgd.stateDict()
    state.set("a.momentum_buffer", .zeros([3]))
    try expectMismatch(state, momentum, naming: "a.momentum_buffer is [3]", "[4, 5] here")
    state = sgd.stateDict()
    state.remove("b.step")
    try expectMismatch(state, momentum, naming: "b.step is missing")
    state = sgd.stateDict()
    state.set("head.weight.step", Tensor(1))
    try expectMismatch(state, momentum, naming: "head.weight.step is not known")
    state = sgd.stateDict()
    state.remove("groups.1.weight_decay")
    try expectMismatch(state, momentum, naming: "groups.1.weight_decay is missing")
    try expectMismatch(StateDict(), momentum, naming: "groups.0.learning_rate", "more")
  }

  @Test func aStateDictIsASnapshot() throws {
    let problem = Problem()
    let optimizer = SGD(groups(problem), momentum: 0.9)
    problem.setGradients(1)
    optimizer.step()
    let state = optimizer.stateDict()
    let before = try #require(try state["a.momentum_buffer"]).scalars(as: Float.self)
    problem.setGradients(2)
    optimizer.step()
    #expect(try state["a.momentum_buffer"]?.scalars(as: Float.self) == before)
    #expect(try optimizer.stateDict()["a.momentum_buffer"]?.scalars(as: Float.self) != before)
  }

  @Test(arguments: makers.indices) func copiesOfTheValueStay(_ index: Int) {
    let problem = Problem()
    let optimizer = Self.makers[index](groups(problem))
    let (copy, view) = (problem.parameters[0].value, problem.parameters[0].value[1])
    let numbers = copy.scalars(as: Float.self)
    problem.setGradients(1)
    let gradient = problem.parameters[0].grad!
    let slope = gradient.scalars(as: Float.self)
    optimizer.step()
    #expect(copy.scalars(as: Float.self) == numbers && view.scalars(as: Float.self) == Array(numbers[5..<10]))
    #expect(gradient.scalars(as: Float.self) == slope && problem.parameters[0].grad?.scalars() == slope)
    #expect(problem.parameters[0].value.scalars(as: Float.self) != numbers)
  }

  @Test func anUnsharedValueIsChangedWhereItIs() {
    let problem = Problem()
    let optimizer = AdamW(groups(problem))
    func place() -> Int { problem.parameters[0].value.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
    let before = place()
    for step in 1...3 {
      problem.setGradients(step)
      optimizer.step()
    }
    #expect(place() == before)
  }

  @Test func frozenParametersAndThoseWithoutGradientStay() {
    let problem = Problem()
    let optimizer = Adam(groups(problem))
    let before = problem.parameters.map { $0.value.scalars(as: Float.self) }
    problem.setGradients(1)
    problem.parameters[0].requiresGrad = false
    problem.parameters[1].grad = nil
    optimizer.step()
    #expect(problem.parameters.map { $0.value.scalars(as: Float.self) } == before)
    problem.parameters[0].requiresGrad = true
    optimizer.step()
    #expect(problem.parameters[0].value.scalars(as: Float.self) != before[0])
    // Its first step, however many others had: Adam's goes as far as the rate.
    let step = zip(problem.parameters[0].value.scalars(as: Float.self), before[0]).map { abs($0 - $1) }
    #expect(step.allSatisfy { $0 < 0.02 + 1e-6 } && step.contains { $0 > 0.019 })
    optimizer.zeroGrad()
    #expect(problem.parameters.allSatisfy { $0.grad == nil })
  }

  @Test func gradientsInAnOrderOfTheBackends() {
    // A convolution's result stays in oneDNN's order; its numbers as a gradient do the same in either order.
    let x = Tensor.randn([2, 16, 6, 6], generator: Generator(seed: 1))
    let blocked = x.conv2d(.randn([24, 16, 3, 3], generator: Generator(seed: 2)))
    func result(_ gradient: Tensor) -> [Float] {
      let parameter = Parameter(.randn(gradient.shape, generator: Generator(seed: 3)))
      parameter.grad = gradient
      let optimizer = LAMB([ParameterGroup([("p", parameter)], learningRate: 0.1, weightDecay: 0.1)])
      optimizer.step()
      return parameter.value.scalars()
    }
    #expect(result(blocked) == result(Tensor(blocked.scalars(as: Float.self), blocked.shape)))
  }

  @Test func aPlanNoticesAStep() {
    final class Net: Module {
      let conv = Conv2d(3, 4, kernel: 3, generator: Generator(seed: 1))
      override var isTraceable: Bool { true }
      override func forward(_ x: Tensor) -> Tensor { conv(x) }
    }
    let model = Net().eval()
    let x = Tensor.randn([1, 3, 5, 5], generator: Generator(seed: 2))
    let before = model(x).scalars(as: Float.self)
    let parameter = model.parameters()[0]
    parameter.grad = .ones(parameter.shape)
    SGD(model, learningRate: 0.5).step()
    #expect(model(x).scalars(as: Float.self) != before)
  }

  @Test func aParameterInTwoGroupsIsRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let p = Parameter(.zeros([2]))
      _ = SGD([ParameterGroup([("a", p), ("b", p)], learningRate: 1)])
    }
    expectMessage(result, naming: "b is in the optimizer's groups twice")
  }
}
