import Foundation
import LucidNN
import LucidTensor
import LucidTesting
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

  /// The last one is far from its mean, where a normal number seldom is.
  @Test(arguments: [(0.0, 1.0, -2.0, 2.0), (0.5, 0.5, -0.25, 0.75), (0, 0.02, -2, 2), (0, 1, 1.5, 2.5)])
  func truncatedNormal(_ mean: Double, _ deviation: Double, _ lower: Double, _ upper: Double) {
    let x = numbers(
      .truncatedNormal(mean: mean, deviation: deviation, lower: lower, upper: upper), [100, 400])
    #expect(x.allSatisfy { $0 >= lower && $0 <= upper })
    // Mean and variance of the truncated standard normal distribution; its fourth moment is at most that of the window.
    let (a, b) = ((lower - mean) / deviation, (upper - mean) / deviation)
    func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }
    let mass = (erf(b / 2.0.squareRoot()) - erf(a / 2.0.squareRoot())) / 2
    let shift = (density(a) - density(b)) / mass
    let variance = 1 + (a * density(a) - b * density(b)) / mass - shift * shift
    let n = Double(x.count)
    let found = x.map { ($0 - mean) / deviation - shift }
    #expect(abs(found.reduce(0, +) / n) < 6 * (variance / n).squareRoot())
    let squares = found.map { $0 * $0 }
    let second = squares.reduce(0, +) / n
    let spread = squares.reduce(0) { $0 + ($1 - second) * ($1 - second) } / n
    #expect(abs(second - variance) < 6 * (spread / n).squareRoot())
  }

  @Test func gains() {
    expectNormal(numbers(.kaimingNormal(.in, gain: 1), [64, 16, 3, 3]), deviation: 1 / 12.0)
    expectUniform(numbers(.kaimingUniform(.out), [64, 16, 3, 3]), bound: (6.0 / (64 * 9)).squareRoot())
    expectUniform(numbers(.kaimingUniform(.in, gain: 3), [64, 16, 3, 3]), bound: 3 * (3.0 / (16 * 9)).squareRoot())
    expectNormal(numbers(.xavierNormal, [80, 100]), deviation: (2.0 / 180).squareRoot())
  }

  @Test(arguments: [Shape([5, 8]), [8, 5], [6, 2, 2, 2], [4, 4]]) func orthogonal(_ shape: Shape) {
    let x = Initializer.orthogonal(gain: 2).tensor(shape, generator: Generator(seed: 4)).flatten(startDim: 1)
    let product = shape[0] <= x.shape[1] ? x.matmul(x.T) : x.T.matmul(x)
    // Float32 rounding of at most eight products below 4.
    expectClose(product, (Tensor.eye(product.shape[0]) * 4).scalars(as: Double.self), tolerance: 8 * 4 * 0x1p-23)
  }

  @Test func constantsAndEmptyShapes() {
    #expect(numbers(.constant(2.5), [3]) == [2.5, 2.5, 2.5] && numbers(.zeros, []) == [0])
    for initializer in [
      Initializer.kaimingUniform, .xavierUniform, .truncatedNormal(deviation: 1), .kaimingNormal(.in), .xavierNormal,
      .kaimingUniform(.out), .orthogonal(),
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
