import LucidNN
import LucidTensor
import Testing

/// How parameters start. Bounds of statistics are six standard deviations of theirs.
@Suite struct InitializerTests {
  private func numbers(_ initializer: Initializer, _ shape: Shape) -> [Double] {
    initializer.tensor(shape, generator: Generator(seed: 11)).scalars(as: Double.self)
  }

  private func expectNormal(_ x: [Double], deviation: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let variance = x.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(mean) < 6 * deviation / n.squareRoot(), sourceLocation: sourceLocation)
    #expect(abs(variance / (deviation * deviation) - 1) < 6 * (2 / n).squareRoot(), sourceLocation: sourceLocation)
  }

  private func expectUniform(_ x: [Double], bound: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    let n = Double(x.count)
    let variance = x.reduce(0) { $0 + $1 * $1 } / n
    #expect(x.allSatisfy { abs($0) <= bound * (1 + 1e-6) }, sourceLocation: sourceLocation)
    #expect(abs(x.reduce(0, +) / n) < 6 * bound / (3 * n).squareRoot(), sourceLocation: sourceLocation)
    // Var(x²) = b⁴ (1/5 - 1/9).
    let allowed = 6 * ((1.0 / 5 - 1.0 / 9) / n).squareRoot()
    #expect(abs(variance / (bound * bound) - 1.0 / 3) < allowed, sourceLocation: sourceLocation)
  }

  @Test func kaimingNormal() {
    expectNormal(numbers(.kaimingNormal(.out), [64, 16, 3, 3]), deviation: (2.0 / (64 * 9)).squareRoot())
    expectNormal(numbers(.kaimingNormal(.in), [64, 16, 3, 3]), deviation: (2.0 / (16 * 9)).squareRoot())
  }

  @Test func uniforms() {
    expectUniform(numbers(.kaimingUniform, [64, 16, 3, 3]), bound: 1 / Double(16 * 9).squareRoot())
    expectUniform(numbers(.xavierUniform, [80, 100]), bound: (6.0 / 180).squareRoot())
    expectUniform(numbers(.uniform(bound: 0.3), [9000]), bound: 0.3)
    expectNormal(numbers(.normal(deviation: 0.02), [9000]), deviation: 0.02)
  }

  @Test func truncatedNormal() {
    let x = numbers(.truncatedNormal(deviation: 0.5), [100, 100])
    #expect(x.allSatisfy { abs($0) <= 1 + 1e-6 })
    // Truncated at two deviations: variance 1 - 4 φ(2) / (2 Φ(2) - 1) = 0.7737.
    let variance = x.reduce(0) { $0 + $1 * $1 } / Double(x.count) / 0.25
    let allowed = 6 * (2 / Double(x.count)).squareRoot()
    #expect(abs(variance - 0.7737) < allowed)
    let bound = 6 * 0.5 * Double(x.count).squareRoot()
    #expect(abs(x.reduce(0, +)) < bound)
  }

  @Test func constantsAndEmptyShapes() {
    #expect(numbers(.constant(2.5), [3]) == [2.5, 2.5, 2.5] && numbers(.zeros, []) == [0])
    for initializer in [
      Initializer.kaimingUniform, .xavierUniform, .truncatedNormal(deviation: 1), .kaimingNormal(.in),
    ] {
      #expect(initializer.tensor([0, 4]).shape == [0, 4])
    }
  }

  @Test func aLayerOfNothingHasFiniteBiases() {
    #expect(
      Linear(0, 3, generator: Generator(seed: 1)).bias?.value.scalars(as: Float.self).allSatisfy(\.isFinite) == true)
  }

  @Test func layersStartAsPyTorchs() {
    let conv = Conv2d(16, 64, kernel: 3, generator: Generator(seed: 1))
    expectUniform(conv.weight.value.scalars(as: Double.self), bound: 1 / 12.0)
    #expect(conv.bias!.value.scalars(as: Double.self).allSatisfy { abs($0) <= 1 / 12.0 + 1e-7 })
    let linear = Linear(100, 90, generator: Generator(seed: 1))
    expectUniform(linear.weight.value.scalars(as: Double.self), bound: 0.1)
    #expect(Set(linear.bias!.value.scalars(as: Float.self)).count > 80)
    #expect(BatchNorm2d(2).weight.value.scalars(as: Float.self) == [1, 1])
    #expect(BatchNorm2d(2, initializer: .zeros).weight.value.scalars(as: Float.self) == [0, 0])
  }

  @Test func valuesDoNotDependOnTheOrderOfAsking() {
    func layers() -> [Parameter] {
      let generator = Generator(seed: 7)
      return (0..<4).map { _ in Parameter([5], .normal(deviation: 1), generator: generator) }
    }
    let (forward, backward) = (layers(), layers())
    let first = forward.map { $0.value.scalars(as: Float.self) }
    let second = backward.reversed().map { $0.value.scalars(as: Float.self) }
    #expect(first == second.reversed() && Set(first).count == 4)
    #expect(forward[0].value.scalars(as: Float.self) == first[0], "asking again gives other numbers")
  }

  @Test func nothingIsComputedForWhatIsLoaded() throws {
    // 64 TB of weights: whoever computed a first value would not come back.
    let giant = Parameter([1 << 22, 1 << 22], .normal(deviation: 1))
    #expect(giant.dtype == .float32 && giant.device == .cpu && giant.shape.elementCount == 1 << 44)
    giant.value = Tensor(1 as Float).expand(to: [1 << 22, 1 << 22])
    #expect(giant.value[5, 5].item(as: Float.self) == 1)
    let layer = Linear(1 << 22, 1 << 22, bias: false)
    #expect(layer.description.contains("17,592,186,044,416 parameters") && layer.parameterCount == 1 << 44)
  }
}
