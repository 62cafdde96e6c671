import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// Training against PyTorch's in float64: the losses of three steps of SGD and the gradients of the first; see
/// scripts/fixtures/training_goldens.py.
@Suite("Training goldens", .serialized)
struct TrainingGoldenTests {
  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    struct Gradient: Decodable, Sendable {
      let key: String
      let norm: Double
      let first: [Double]
      /// How far PyTorch's own float32 gradients are from float64 at most, as a part of its norm.
      let error: Double
    }

    let builder: String
    let gain: Double
    let inputShape: [Int]
    let learningRate: Double
    /// Before the first step and after each.
    let losses: [Double]
    /// How far PyTorch's own float32 losses are from float64 at most, as parts of them.
    let lossErrors: [Double]
    let gradientNorm: Double
    let gradients: [Gradient]

    var testDescription: String { "\(builder) of \(inputShape[2])x\(inputShape[3]) at a rate of \(learningRate)" }
  }

  static let runs: [Run] = {
    struct File: Decodable { let runs: [Run] }
    guard let url = Bundle.module.url(forResource: "Fixtures/training", withExtension: "json") else {
      preconditionFailure("the fixture training.json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).runs
    } catch {
      preconditionFailure("the fixture training.json cannot be read: \(error)")
    }
  }()

  /// What rounds as float32 does may be three times as far off as the worst of PyTorch's eight ways: which activations
  /// fall on the other side of a kink is a matter of luck. Where there was no such luck, sums may be taken in another order.
  @Test("Losses and gradients are PyTorch's", arguments: runs)
  func agrees(run: Run) throws {
    let model = try model(run)
    let optimizer = SGD(model, learningRate: run.learningRate, momentum: 0.9, weightDecay: 1e-4)
    try compare(run, model, optimizer.step) { max(3 * $0, 1e-5) }
  }

  private func model(_ run: Run) throws -> any PretrainedModel {
    let golden = try Golden(run.builder, in: .module)
    let model = try WeightCatalog.builtIn.model(named: run.builder).makeModel()
    try model.load(golden.filledStateDict(), strict: true)
    if let mobileNet = model as? MobileNetV2 { mobileNet.classifier[0] = Dropout(0) }
    model.train()
    return model
  }

  /// - Parameter tolerance: what part of a number it may be off, from the part that PyTorch's float32 is off.
  private func compare(
    _ run: Run, _ model: any PretrainedModel, _ step: () -> Void, tolerance: (Double) -> Double
  ) throws {
    let x = Filler.input(Shape(run.inputShape)).to(model.parameters()[0].dtype)
    let labels = Tensor([1, 2, 3, 4] as [Int64])
    for (number, expected) in run.losses.enumerated() {
      let loss = model.forward(x).crossEntropy(labels)
      let allowed = tolerance(run.lossErrors[...number].max()!) * expected
      let found = loss.item(as: Double.self)
      #expect(abs(found - expected) <= allowed, "the loss after \(number) steps is \(found), not \(expected)")
      guard number < 3 else { break }
      for parameter in model.parameters() { parameter.grad = nil }
      loss.backward()
      if number == 0 { try checkGradients(model, run, tolerance) }
      step()
    }
  }

  private func checkGradients(_ model: any PretrainedModel, _ run: Run, _ tolerance: (Double) -> Double) throws {
    let gradients = Dictionary(uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.parameter.grad) })
    func norm(_ x: Tensor) -> Double { x.to(.float64).square().sum().item(as: Double.self).squareRoot() }
    let squares = gradients.values.compactMap { $0.map(norm) }.reduce(0) { $0 + $1 * $1 }
    let worst = tolerance(run.gradients.map(\.error).max()!) * run.gradientNorm
    #expect(abs(squares.squareRoot() - run.gradientNorm) <= worst, "the norm of all gradients")
    for expected in run.gradients {
      let gradient = try #require(gradients[expected.key] ?? nil, "\(expected.key) has no gradient")
      let allowed = tolerance(expected.error) * expected.norm
      #expect(abs(norm(gradient) - expected.norm) <= allowed, "the norm of \(expected.key)")
      for (found, wanted) in zip(gradient.scalars(as: Double.self), expected.first) {
        #expect(abs(found - wanted) <= allowed, "\(expected.key): \(found), not \(wanted)")
      }
    }
  }
}
