import LucidTensor
import LucidTesting
import Testing

@testable import LucidNN

@Suite("Plans")
struct PlanTests {
  /// Convolution, batch norm and ReLU with statistics that are not the initial ones.
  private final class Block: Module {
    let conv: Conv2d
    let bn: BatchNorm2d
    let kind: Kind

    enum Kind: CaseIterable {
      case plain, identity, projected, reversed, reusedLater, withoutActivation, twice
    }

    init(_ kind: Kind, seed: UInt64 = 1) {
      let generator = Generator(seed: seed)
      conv = Conv2d(16, 16, kernel: 3, padding: .all(1), bias: kind != .plain, generator: generator)
      bn = BatchNorm2d(16)
      self.kind = kind
      super.init()
      bn.weight.value = .rand([16], generator: generator) + 0.5
      bn.bias.value = .randn([16], generator: generator)
      bn.runningMean.value = .randn([16], generator: generator)
      bn.runningVar.value = .rand([16], generator: generator) + 0.5
    }

    override var isTraceable: Bool { true }

    override func forward(_ x: Tensor) -> Tensor {
      let y = bn(conv(x))
      switch kind {
      case .plain: return y.relu()
      case .identity: return (y + x).relu()
      case .projected: return (y + conv(x)).relu()
      case .reversed: return (x.relu() + y).silu()
      case .reusedLater:
        let shortcut = x.relu()
        return (y + shortcut).relu() + shortcut
      case .withoutActivation: return y * 2
      case .twice: return y.relu() + y
      }
    }
  }

  private let shapes: [Shape] = [[1, 16, 8, 8], [3, 16, 7, 5]]

  @Test("A plan computes what the module does and leaves its input alone", arguments: Block.Kind.allCases)
  private func agrees(kind: Block.Kind) {
    let block = Block(kind).eval()
    for shape in shapes {
      let x = Tensor.randn(shape, generator: Generator(seed: 7))
      let before = x.scalars(as: Float.self)
      let plan = Plan(block, inputShape: shape, convolutions: .direct)
      let expected = block.forward(x).scalars(as: Double.self)
      // Folding rounds weights once more: a few units in the last place of sums of 144 products.
      for _ in 0..<2 { expectClose(plan(x), expected, shape, tolerance: 2e-5, "\(kind)") }
      #expect(x.scalars(as: Float.self) == before)
    }
  }

  @Test("Batch norm, addition and activation become part of the convolution")
  func fuses() {
    #expect(Plan(Block(.plain).eval(), inputShape: [1, 16, 8, 8]).operationCount == 1)
    #expect(Plan(Block(.identity).eval(), inputShape: [1, 16, 8, 8]).operationCount == 1)
    #expect(Plan(Block(.projected).eval(), inputShape: [1, 16, 8, 8]).operationCount == 2)
  }

  @Test("A change to a parameter, a buffer, a module or the mode is noticed")
  func noticesChanges() {
    let net = Sequential(Block(.plain), Conv2d(16, 2, kernel: 1))
    let traced = Traced(net).eval()
    let x = Tensor.randn([1, 16, 8, 8], generator: Generator(seed: 3))
    func check(_ what: String, _ change: () -> Void) {
      let before = traced(x).scalars(as: Float.self)
      change()
      let after = traced(x).scalars(as: Float.self)
      #expect(before != after, "\(what) went unnoticed")
      expectClose(after, traced.forward(x).scalars(as: Double.self), tolerance: 2e-4, what)
    }
    let block = net[0] as! Block
    check("a parameter") { block.conv.weight.value = block.conv.weight.value * 2 }
    check("a buffer") { block.bn.runningMean.value = block.bn.runningMean.value + 1 }
    check("a new module") { net[1] = Conv2d(16, 2, kernel: 1) }
    check("a new head") { traced.head = Scale(3) }
    let older = Scale(5)
    _ = traced(x)
    check("a head that existed before") { traced.head = older }
    traced.train()
    let numBefore = block.bn.numBatchesTracked.value.item(as: Int.self)
    _ = traced(x)
    #expect(block.bn.numBatchesTracked.value.item(as: Int.self) == numBefore + 1)
  }

  @Test("Plans are kept by shape, and share packed weights")
  func shapesAreKept() {
    let block = Block(.plain).eval()
    for shape in shapes + shapes {
      let x = Tensor.randn(shape, generator: Generator(seed: 9))
      // Whichever algorithm is the faster: Winograd's rounds ten times as much as the direct one.
      expectClose(block(x), block.forward(x).scalars(as: Double.self), shape, tolerance: 2e-4)
    }
  }

  /// For large pictures, the first three are one operation, so that the convolutions that look alike have other places.
  @Test("Packed weights are shared by the convolutions that they belong to, whatever is fused")
  func sharing() {
    func one(_ inputs: Int, _ outputs: Int, _ seed: UInt64) -> Conv2d {
      Conv2d(inputs, outputs, kernel: 1, generator: Generator(seed: seed))
    }
    let net = Traced(
      Sequential(
        one(16, 64, 1), ReLU(),
        Conv2d(64, 64, kernel: 3, padding: .all(1), groups: 64, generator: Generator(seed: 2)), ReLU(),
        one(64, 16, 3), one(16, 16, 4), one(16, 16, 5), one(16, 16, 6))
    ).eval()
    for size in [64, 8, 64] {
      let x = Tensor.randn([1, 16, size, size], generator: Generator(seed: 7))
      expectClose(net(x), net.forward(x).scalars(as: Double.self), tolerance: 2e-5)
    }
  }

  @Test("Max pooling becomes part of a convolution by Winograd's algorithm, other pooling does not")
  func pools() {
    func net(_ pool: Module) -> Module {
      Sequential(Conv2d(32, 32, kernel: 3, padding: .all(1), generator: Generator(seed: 1)), ReLU(), pool).eval()
    }
    let x = Tensor.randn([2, 32, 30, 29], generator: Generator(seed: 2))
    for (pool, count) in [
      (MaxPool2d(2), 1), (MaxPool2d(2, ceilMode: true), 2), (MaxPool2d(3, stride: 2), 2),
      (AvgPool2d(2) as Module, 2),
    ] {
      let plan = Plan(net(pool), inputShape: x.shape, convolutions: .winograd)
      // Not where the convolutions of this version of oneDNN take other memory orders than Winograd's kernel does.
      let usesWinograd = plan.profile(x, runs: 1).layers.contains { $0.kernel?.contains("winograd") == true }
      #expect(plan.operationCount == (usesWinograd ? count : 2))
      expectClose(plan(x), net(pool).forward(x).scalars(as: Double.self), tolerance: 2e-5)
      #expect(Plan(net(pool), inputShape: x.shape, convolutions: .direct).operationCount == 2)
    }
  }

  @Test("Inputs whose shape never repeats are not worth a plan; one that repeats is")
  func passingShapes() {
    let block = Block(.plain).eval()
    var cache = PlanCache()
    let planned = (4..<24).filter { cache.plan(for: block, inputShape: [1, 16, $0, 5]) != nil }
    #expect(planned == Array(4..<12))
    #expect(cache.plan(for: block, inputShape: [1, 16, 23, 5]) != nil)
    #expect(cache.plan(for: block, inputShape: [1, 16, 11, 5]) != nil)
  }

  @Test("A profile tells of every operation what it computes and how much")
  func profile() {
    let net = Sequential(Block(.plain), Conv2d(16, 8, kernel: 1), AdaptiveAvgPool2d(1, 1), Flatten(), Linear(8, 10))
      .eval()
    let plan = Plan(net, inputShape: [2, 16, 9, 7])
    let profile = plan.profile(.randn([2, 16, 9, 7], generator: Generator(seed: 1)), runs: 2)
    #expect(profile.layers.count == plan.operationCount)
    #expect(profile.layers.compactMap(\.multiplyAdds) == [2 * 63 * 16 * 16 * 9, 2 * 63 * 16 * 8, 2 * 8 * 10])
    #expect(profile.layers.last?.output == [2, 10])
    #expect(profile.layers.allSatisfy { $0.milliseconds >= 0 })
    #expect(profile.layers.map { $0.multiplyAdds != nil } == profile.layers.map { profile.utilization(of: $0) != nil })
    #expect(profile.peakGigaflops > 0 && profile.peakGigaflops.isFinite)
    let lines = profile.description.split(separator: "\n")
    #expect(lines.count == plan.operationCount + 2)
    #expect(lines[1].contains("[2, 16, 9, 7]") && lines[1].contains("FusedConvolution"))
    #expect(Set(lines.map(\.count)).count == 1)
  }

  @Test("Many tasks may call one plan, and get the same bits")
  func isSendable() async {
    let plan = Plan(Block(.identity).eval(), inputShape: [1, 16, 8, 8])
    let x = Tensor.randn([1, 16, 8, 8], generator: Generator(seed: 5))
    let expected = plan(x).scalars(as: Float.self)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<32 { group.addTask { plan(x).scalars(as: Float.self) == expected } }
      for await same in group { #expect(same) }
    }
  }

  private final class Traced: Module {
    let body: Module
    var head = Scale(1)
    init(_ body: Module) { self.body = body }
    override var isTraceable: Bool { true }
    override func forward(_ x: Tensor) -> Tensor { head(body(x)) }
  }

  private final class Scale: Module {
    let factor: Double
    init(_ factor: Double) { self.factor = factor }
    override func forward(_ x: Tensor) -> Tensor { x * factor }
  }
}
