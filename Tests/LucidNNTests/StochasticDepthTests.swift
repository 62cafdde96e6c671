import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// Branches that are left out at random. Bounds of statistics are six standard deviations of theirs.
@Suite struct StochasticDepthTests {
  /// A checkpoint runs its body twice; a layer must drop the same numbers both times, though it was made long before.
  @Test func aCheckpointDropsTheSameAgain() {
    let network = Sequential([Dropout(0.5), StochasticDepth(0.5)])
    let x = Tensor.ones([64, 8]).requiringGrad()
    let y = checkpoint(x) { network.forward($0) }
    y.sum().backward()
    #expect(x.grad?.scalars(as: Float.self) == y.scalars(as: Float.self))
    #expect(Set(y.scalars(as: Float.self)) == [0, 4])
  }

  @Test func onlyGeneratorsOfTheirOwnAreNamed() {
    let own = Generator(seed: 1)
    let network = Sequential([Dropout(0.5), Dropout(0.5, generator: own), StochasticDepth(0.1, generator: own)])
    #expect(network.namedGenerators().map(\.name) == ["1", "2"])
    #expect(network.namedGenerators().allSatisfy { $0.generator === own })
  }

  @Test func rowsAreDroppedEachByItself() {
    let layer = StochasticDepth(0.2, generator: Generator(seed: 1))
    let x = Tensor.randn([4000, 2, 3], generator: Generator(seed: 2))
    let y = layer(x)
    let (before, after) = (x.scalars(as: Float.self), y.scalars(as: Float.self))
    var kept = 0
    for row in 0..<4000 {
      let (a, b) = (before[row * 6..<row * 6 + 6], after[row * 6..<row * 6 + 6])
      if b.allSatisfy({ $0 == 0 }) { continue }
      kept += 1
      #expect(zip(a, b).allSatisfy { $0 * Float(1 / 0.8) == $1 })
    }
    #expect(abs(Double(kept) - 3200) < 6 * (4000 * 0.2 * 0.8).squareRoot())
  }

  @Test func aBatchIsDroppedWhole() {
    let layer = StochasticDepth(0.5, mode: .batch, generator: Generator(seed: 1))
    let x = Tensor.ones([3, 2])
    var kept = 0
    for _ in 0..<2000 {
      let y = Set(layer(x).scalars(as: Float.self))
      #expect(y == [0] || y == [2])
      if y == [2] { kept += 1 }
    }
    #expect(abs(Double(kept) - 1000) < 6 * (2000 * 0.25).squareRoot())
  }

  @Test func onlyWhileTraining() {
    let layer = StochasticDepth(0.5, generator: Generator(seed: 1))
    let x = Tensor.randn([64, 2], generator: Generator(seed: 2))
    #expect(layer.eval()(x).scalars(as: Float.self) == x.scalars(as: Float.self))
    #expect(layer.train()(x).scalars(as: Float.self) != x.scalars(as: Float.self))
    #expect(StochasticDepth(0)(x).scalars(as: Float.self) == x.scalars(as: Float.self))
    #expect(StochasticDepth(1)(x).scalars(as: Float.self).allSatisfy { $0 == 0 })
  }

  @Test func theSameSeedDropsTheSame() throws {
    let x = Tensor.ones([50, 1])
    func run(_ seed: UInt64) -> [Float] { StochasticDepth(0.5, generator: Generator(seed: seed))(x).scalars() }
    #expect(run(3) == run(3) && run(3) != run(4))
    try expectModuleLaws({ StochasticDepth(0.3) }, x)
    #expect(StochasticDepth(0.3, mode: .batch).settings == "0.3, mode: batch")
  }

  @Test func dropoutDropsAsOftenAsItSays() {
    let layer = Dropout(0.3, generator: Generator(seed: 9))
    let y = layer(.ones([100, 400])).scalars(as: Float.self)
    #expect(Set(y) == [0, Float(1 / 0.7)])
    let kept = Double(y.count { $0 != 0 })
    #expect(abs(kept - 28_000) < 6 * (40_000 * 0.3 * 0.7).squareRoot())
  }
}
