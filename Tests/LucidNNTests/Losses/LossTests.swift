import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// Losses against PyTorch's; see scripts/fixtures/losses.py.
@Suite struct LossTests {
  @Test(arguments: LossCase.all) func lossesArePyTorchs(_ test: LossCase) throws {
    let loss = try test.loss(of: test.arguments[0])
    let largest = test.loss.values().reduce(1.0) { max($0, abs($1)) }
    expectClose(
      loss, test.loss.values(), Shape(test.loss.shape),
      tolerance: max(test.lossTolerance, LossCase.exponentialError * largest), test.testDescription)
  }

  @Test func everyLossIsTested() {
    let tested = Set(LossCase.all.map { $0.name.split(separator: ".")[0] })
    #expect(tested == ["crossEntropy", "softCrossEntropy", "bce", "mse", "l1", "smoothL1", "kl"])
    #expect(LossCase.all.count == 60)
  }

  @Test(arguments: [DType.uint8, .int32, .int64]) func labelsOfAnyIntegers(_ dtype: DType) {
    let logits = Tensor.randn([4, 3], generator: Generator(seed: 1))
    let labels = Tensor([0, 2, 1, 2])
    #expect(logits.crossEntropy(labels.to(dtype)).item(as: Float.self) == logits.crossEntropy(labels).item())
  }

  @Test func hardTargetsAreTheSameAsLabels() {
    let logits = Tensor.randn([4, 3], generator: Generator(seed: 1))
    let hard = Tensor([0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0] as [Float], [4, 3])
    for smoothing in [0, 0.1] {
      let (a, b) = (
        logits.crossEntropy(softTargets: hard, labelSmoothing: smoothing, reduction: .none),
        logits.crossEntropy(Tensor([1, 2, 0, 0]), labelSmoothing: smoothing, reduction: .none)
      )
      // Sums of three numbers below 8 in float32.
      expectClose(a, b.scalars(as: Double.self), [4], tolerance: 2e-6)
    }
  }

  @Test func batchMeanDividesByTheBatch() {
    let x = Tensor([1, 2, 3, 4] as [Float], [2, 2])
    #expect(x.mseLoss(.zeros([2, 2]), reduction: .batchMean).item(as: Float.self) == 15)
  }

  @Test func anImpossibleLabelIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).crossEntropy(Tensor([0, 3]))
    }
    expectMessage(result, naming: "crossEntropy", "label 3", "3 classes")
  }

  @Test func shapesThatDoNotFitAreNamed() async {
    let labels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).crossEntropy(Tensor([0, 1, 2]))
    }
    expectMessage(labels, naming: "crossEntropy", "[3]", "[2, 3]")
    let target = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).mseLoss(.zeros([3]))
    }
    expectMessage(target, naming: "mseLoss", "[2, 3]", "[3]")
  }
}

/// A loss's arguments, its value and its gradient in PyTorch.
struct LossCase: Decodable, Sendable, CustomTestStringConvertible {
  /// What oneDNN's exponential adds to the reference's own rounding: a polynomial of degree 5 on ±ln 2 / 2, whose remainder
  /// is below (ln 2 / 2)⁶ / 6! = 2.4e-6 of the value; a softmax divides two of them.
  static let exponentialError = 5e-6

  let name: String
  let loss: Fixture.Packed
  let lossTolerance: Double
  let gradient: Fixture.Packed
  let gradientTolerance: Double
  private let packed: [Fixture.Packed]

  private enum CodingKeys: String, CodingKey {
    case name, loss, lossTolerance, gradient, gradientTolerance
    case packed = "arguments"
  }

  private struct File: Decodable { let cases: [LossCase] }

  static let all: [LossCase] = Fixture.read("losses", as: File.self).cases

  var testDescription: String { name }

  var arguments: [Tensor] { packed.map(\.tensor) }

  private struct UnknownCase: Error { let name: String }

  /// The loss of an input, with the other arguments and the settings of the case.
  func loss(of x: Tensor) throws -> Tensor {
    let parts = name.split(separator: ".").map(String.init)
    guard let reduction = Reduction(rawValue: parts[parts.count - 1]) else { throw UnknownCase(name: name) }
    let rest = Array(arguments.dropFirst())
    let y = rest[0]
    switch parts.dropLast().joined(separator: ".") {
    case "crossEntropy", "crossEntropy.picture": return x.crossEntropy(y, reduction: reduction)
    case "crossEntropy.smooth": return x.crossEntropy(y, labelSmoothing: 0.1, reduction: reduction)
    case "crossEntropy.weight": return x.crossEntropy(y, weight: rest[1], reduction: reduction)
    case "crossEntropy.all":
      return x.crossEntropy(y, weight: rest[1], ignoreIndex: 7, labelSmoothing: 0.2, reduction: reduction)
    case "crossEntropy.smoothIgnore":
      return x.crossEntropy(y, ignoreIndex: 7, labelSmoothing: 0.2, reduction: reduction)
    case "crossEntropy.pictureAll":
      return x.crossEntropy(y, weight: rest[1], labelSmoothing: 0.1, reduction: reduction)
    case "crossEntropy.nothing", "crossEntropy.hidden":
      return x.crossEntropy(y, ignoreIndex: 1, reduction: reduction)
    case "softCrossEntropy": return x.crossEntropy(softTargets: y, reduction: reduction)
    case "softCrossEntropy.all", "softCrossEntropy.picture":
      return x.crossEntropy(softTargets: y, weight: rest[1], labelSmoothing: 0.1, reduction: reduction)
    case "bce": return x.binaryCrossEntropyWithLogits(y, reduction: reduction)
    case "bce.all":
      return x.binaryCrossEntropyWithLogits(y, weight: rest[1], posWeight: rest[2], reduction: reduction)
    case "mse": return x.mseLoss(y, reduction: reduction)
    case "l1": return x.l1Loss(y, reduction: reduction)
    case "smoothL1": return x.smoothL1Loss(y, reduction: reduction)
    case "smoothL1.beta": return x.smoothL1Loss(y, beta: 2.5, reduction: reduction)
    case "smoothL1.zero": return x.smoothL1Loss(y, beta: 0, reduction: reduction)
    case "kl": return x.klDivergence(y, reduction: reduction)
    case "kl.log": return x.klDivergence(y, isLogTarget: true, reduction: reduction)
    default: throw UnknownCase(name: name)
    }
  }
}
