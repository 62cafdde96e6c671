import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// Averages of weights.
@Suite struct ExponentialMovingAverageTests {
  private func numbers(_ state: StateDict, _ key: String) throws -> [Double] {
    try #require(try state[key]).scalars(as: Double.self)
  }

  @Test(arguments: [true, false]) func averages(_ warmsUp: Bool) throws {
    let layer = Linear(1, 1, bias: false)
    layer.weight.value = Tensor([1.0 as Float], [1, 1])
    let average = ExponentialMovingAverage(of: layer, decay: 0.5, warmsUp: warmsUp)
    var expected = 1.0
    for n in 0..<20 {
      layer.weight.value = Tensor([Float(n * n)], [1, 1])
      let decay = warmsUp ? min(0.5, Double(1 + n) / Double(10 + n)) : 0.5
      #expect(average.currentDecay == decay)
      average.update()
      expected = decay * expected + (1 - decay) * Double(n * n)
      // Float32 rounding of a few steps, the older ones' halved again and again.
      try expectClose([Float(numbers(average.averagedStateDict, "weight")[0])], [expected], tolerance: 4e-7 * expected)
    }
    #expect(average.updateCount == 20)
    #expect(layer.weight.value.item(as: Float.self) == 361, "the module's own weight changed")
  }

  @Test func buffers() throws {
    for includesBuffers in [true, false] {
      let norm = BatchNorm2d(1)
      let average = ExponentialMovingAverage(of: norm, decay: 0.75, warmsUp: false, includesBuffers: includesBuffers)
      norm.runningMean.value = Tensor([4.0 as Float])
      norm.numBatchesTracked.value = Tensor(9)
      average.update()
      let state = average.averagedStateDict
      #expect(state.keys == norm.stateDict().keys)
      #expect(try numbers(state, "running_mean") == [includesBuffers ? 1 : 4])
      #expect(try numbers(state, "num_batches_tracked") == [9])
    }
  }

  @Test func swappingInAndOut() throws {
    let layer = Linear(2, 2, generator: Generator(seed: 1))
    let average = ExponentialMovingAverage(of: layer, decay: 0.9, warmsUp: false)
    let first = layer.weight.value.scalars(as: Float.self)
    layer.weight.value = .zeros([2, 2])
    let inside = average.whileSwapped {
      #expect(average.isSwapped)
      return (layer.weight.value.scalars(as: Float.self), average.averagedStateDict)
    }
    #expect(inside.0 == first && !average.isSwapped)
    #expect(try inside.1["weight"]?.scalars() == first)
    #expect(layer.weight.value.scalars(as: Float.self) == [0, 0, 0, 0])
    struct Stop: Error {}
    #expect(throws: Stop.self) { try average.whileSwapped { throw Stop() } }
    #expect(layer.weight.value.scalars(as: Float.self) == [0, 0, 0, 0], "an error left the averages in the module")
  }

  @Test func swappingWhileWaiting() async {
    let layer = Linear(1, 1, generator: Generator(seed: 1))
    let average = ExponentialMovingAverage(of: layer)
    layer.weight.value = .zeros([1, 1])
    await average.whileSwapped {
      await Task.yield()
      #expect(layer.weight.value.item(as: Float.self) != 0)
    }
    #expect(layer.weight.value.item(as: Float.self) == 0)
  }

  @Test func aResumedAverageHasTheSameBits() throws {
    func run(_ steps: Range<Int>, _ layer: Linear, _ average: ExponentialMovingAverage) {
      for step in steps {
        layer.weight.value = .randn([3, 3], generator: Generator(seed: UInt64(step)))
        average.update()
      }
    }
    let layer = Linear(3, 3, generator: Generator(seed: 5))
    let average = ExponentialMovingAverage(of: layer)
    run(0..<5, layer, average)
    let state = average.stateDict()
    #expect(state.keys == ["updates", "averages.weight", "averages.bias"])
    let again = Linear(3, 3)
    let resumed = ExponentialMovingAverage(of: again)
    try resumed.load(state)
    run(5..<9, layer, average)
    run(5..<9, again, resumed)
    #expect(resumed.updateCount == 9)
    #expect(
      try average.averagedStateDict["weight"]?.scalars(as: Float.self)
        == resumed.averagedStateDict["weight"]?.scalars(as: Float.self))
  }

  @Test func anotherModulesStateIsRefused() throws {
    let average = ExponentialMovingAverage(of: Linear(2, 2))
    let before = try numbers(average.averagedStateDict, "weight")
    let error = #expect(throws: LucidError.self) {
      try average.load(ExponentialMovingAverage(of: Linear(2, 3, bias: false)).stateDict())
    }
    #expect(error?.code == .stateDictMismatch)
    #expect("\(error!)".contains("averages.weight is [3, 2]") && "\(error!)".contains("averages.bias is missing"))
    #expect(try numbers(average.averagedStateDict, "weight") == before && average.updateCount == 0)
  }

  @Test func sharedWeightsKeepBothNames() throws {
    final class Tied: Module {
      let encoder = Linear(2, 2, bias: false, generator: Generator(seed: 1))
      let decoder: Linear
      override init() { decoder = encoder }
    }
    let tied = Tied()
    let average = ExponentialMovingAverage(of: tied, decay: 0.5, warmsUp: false)
    tied.encoder.weight.value = .zeros([2, 2])
    average.update()
    #expect(try tied.load(average.averagedStateDict).isComplete)
    #expect(average.stateDict().count == 2)
    #expect(tied.encoder.weight.value.scalars(as: Float.self) != [0, 0, 0, 0])
  }
}
