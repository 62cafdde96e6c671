import LucidTensor
import Testing

/// Random numbers. The bounds are six standard deviations of the statistic: from a fixed seed they hold or not for ever, and
/// a wrong distribution is much further off.
@Suite struct GeneratorTests {
  private let count = 200_000

  @Test func theSameSeedGivesTheSameNumbers() {
    let (a, b) = (Generator(seed: 42), Generator(seed: 42))
    #expect(
      Tensor.randn([101], generator: a).scalars(as: Float.self)
        == Tensor.randn([101], generator: b).scalars(as: Float.self))
    #expect(
      Tensor.rand([7], generator: a).scalars(as: Float.self) == Tensor.rand([7], generator: b).scalars(as: Float.self))
    #expect(
      Tensor.randperm(9, generator: a).scalars(as: Int.self) == Tensor.randperm(9, generator: b).scalars(as: Int.self))
    #expect(a.next() == b.next())
    a.seed(42)
    #expect(a.next() == Generator(seed: 42).next() && a.next() != Generator(seed: 43).next())
  }

  @Test func aStateGoesOnWithTheSameNumbers() {
    let generator = Generator(seed: 42)
    _ = Tensor.rand([5], generator: generator)
    let state = generator.state
    let next = (0..<3).map { _ in generator.next() }
    #expect(generator.state != state)
    let other = Generator(seed: 7)
    other.state = state
    #expect((0..<3).map { _ in other.next() } == next)
  }

  /// Modules keep the default generator, so that it must be asked at each draw which stream is meant.
  @Test func theDefaultStreamOfATaskIsItsOwn() async {
    let kept = Generator.default
    let expected = Generator(seed: 3).next()
    let others = Task.detached {
      while !Task.isCancelled {
        _ = Generator.default.next()
        await Task.yield()
      }
    }
    for _ in 0..<100 {
      let drawn = Generator.withDefault(seed: 3) { [kept.next(), Generator.default.next(), kept.next()] }
      #expect(drawn[0] == expected && Set(drawn).count == 3)
      #expect(Generator.withDefault(seed: 3) { Generator(seed: 4).next() } == Generator(seed: 4).next())
    }
    others.cancel()
    await others.value
  }

  @Test func xoshiroFollowsItsReference() {
    // SplitMix64 from seed 0 begins 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec (its
    // authors' test vector); xoshiro256++ gives rotl(s0 + s3, 23) + s0 of that state.
    let (first, last) = (0xe220_a839_7b1d_cdaf as UInt64, 0xf88b_b8a8_724c_81ec as UInt64)
    let sum = first &+ last
    #expect(Generator(seed: 0).next() == ((sum << 23) | (sum >> 41)) &+ first)
  }

  @Test func uniformMoments() {
    let x = Tensor.rand([count], generator: Generator(seed: 1)).scalars(as: Float.self).map(Double.init)
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
    let n = Double(count)
    let mean = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / n
    // Var(x) = 1/12; Var((x - 1/2)²) = 1/80 - 1/144.
    #expect(abs(mean - 0.5) < 6 * (1 / 12 / n).squareRoot())
    #expect(abs(variance - 1.0 / 12) < 6 * ((1.0 / 80 - 1.0 / 144) / n).squareRoot())
    for bin in 0..<10 {
      let share = Double(x.count { Int($0 * 10) == bin }) / n
      #expect(abs(share - 0.1) < 6 * (0.1 * 0.9 / n).squareRoot())
    }
  }

  @Test func normalMoments() {
    let x = Tensor.randn([count], generator: Generator(seed: 2)).scalars(as: Float.self).map(Double.init)
    let n = Double(count)
    // The k-th moments 0, 1, 0, 3 have estimators of variance 1, 2, 15, 96 over n.
    for (power, moment, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let estimate = x.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } } / n
      #expect(abs(estimate - moment) < 6 * (variance / n).squareRoot(), "moment \(power) is \(estimate)")
    }
    // The two numbers of a Box-Muller pair are independent of each other.
    let product = stride(from: 0, to: count, by: 2).reduce(0) { $0 + x[$1] * x[$1 + 1] } / (n / 2)
    #expect(abs(product) < 6 * (2 / n).squareRoot())
  }

  @Test func integersAndPermutations() {
    let x = Tensor.randint(-2..<3, [5000], generator: Generator(seed: 3)).scalars(as: Int.self)
    #expect(Set(x) == [-2, -1, 0, 1, 2])
    #expect(Tensor.randperm(50, generator: Generator(seed: 4)).scalars(as: Int.self).sorted() == Array(0..<50))
    #expect(Tensor.randn([0]).shape == [0] && Tensor.randn([1]).elementCount == 1 && Tensor.randperm(0).shape == [0])
  }

  @Test func manyTasksMayDrawFromOneStream() async {
    let shared = Generator(seed: 5)
    let drawn = await withTaskGroup(of: [UInt64].self) { group in
      for _ in 0..<8 { group.addTask { (0..<500).map { _ in shared.next() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    let alone = Generator(seed: 5)
    #expect(drawn.sorted() == (0..<4000).map { _ in alone.next() }.sorted())
  }

  @Test(arguments: [0.1, 0.5, 0.9]) func dropoutDropsItsShareAndKeepsTheMean(_ p: Double) {
    let x = Tensor.ones([count]).dropout(p, training: true, generator: Generator(seed: 6)).scalars(as: Float.self)
    let kept = x.filter { $0 != 0 }
    let share = 1 - Double(kept.count) / Double(count)
    #expect(abs(share - p) < 6 * (p * (1 - p) / Double(count)).squareRoot())
    #expect(kept.allSatisfy { abs(Double($0) * (1 - p) - 1) < 1e-6 })
  }

  @Test func dropoutAtItsEnds() {
    let x = Tensor([1, -2, 3] as [Float16])
    #expect(x.dropout(0, training: true).scalars(as: Float.self) == [1, -2, 3])
    #expect(x.dropout(1, training: true).scalars(as: Float.self) == [0, 0, 0])
    #expect(x.dropout(0.9, training: false).storage === x.storage)
    #expect(x.dropout(0.5, training: true).dtype == .float16)
  }
}
