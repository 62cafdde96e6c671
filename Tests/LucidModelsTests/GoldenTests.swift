import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// Every architecture against its reference: the names, types and order of its state dict, and its logits for parameters
/// that both sides make in the same way. Serialized, since the larger models fill much of a machine's memory.
@Suite("Goldens", .serialized)
struct GoldenTests {
  static let builders = (Bundle.module.urls(forResourcesWithExtension: "json", subdirectory: "Fixtures/goldens") ?? [])
    .compactMap { $0.lastPathComponent?.replacing(".json", with: "") }.sorted()

  @Test("There is a golden for every model")
  func complete() throws {
    let models = try Self.builders.map { try WeightCatalog.builtIn.model(named: $0).typeName }
    #expect(Set(models) == Set(WeightCatalog.builtIn.models.map(\.typeName)))
  }

  @Test("The model agrees with its reference", arguments: builders)
  func agrees(builder: String) throws {
    let golden = try Golden(builder, in: .module)
    let entry = try WeightCatalog.builtIn.model(named: builder)
    let model = entry.makeModel(for: try #require(entry.defaultWeights))
    let mine = model.stateDict()
    #expect(mine.count == golden.stateDict.count)
    let misplaced = zip(mine.keys, golden.stateDict.map(\.key)).first { $0 != $1 }
    #expect(misplaced == nil, "the first name out of order")
    for (key, type) in golden.types { #expect(mine.type(of: key) == type, "\(key)") }

    let report = try model.load(golden.filledStateDict(), strict: true)
    #expect(report.isComplete && report.loaded.count == golden.stateDict.count)
    model.eval()
    for variant in golden.variants where !variant.usesPublishedWeights { check(model, variant) }
  }

  @Test("The number of parameters is the published one", arguments: WeightCatalog.builtIn.models.map(\.name))
  func parameterCount(name: String) throws {
    let model = try WeightCatalog.builtIn.model(named: name)
    let weights = try #require(model.defaultWeights)
    #expect(model.makeModel(for: weights).parameterCount == weights.meta.numParams)
  }

  private func check(_ model: any PretrainedModel, _ variant: Golden.Variant) {
    let x = Filler.input(variant.inputShape)
    let direct = Plan(model, inputShape: x.shape, convolutions: .direct)
    for (way, logits) in [("plan", direct(x)), ("eager", model.forward(x))] {
      #expect(logits.shape == [variant.rows.count, variant.rows[0].logits.count])
      for (number, row) in variant.rows.enumerated() {
        expectClose(
          logits[number].scalars(as: Float.self), row.logits, tolerance: row.tolerance,
          "\(variant), row \(number), \(way)")
        #expect(logits[number].topk(5).indices.scalars(as: Int.self) == row.top5)
      }
    }
    let logits = Plan(model, inputShape: x.shape, convolutions: .winograd)(x)
    for (number, row) in variant.rows.enumerated() {
      // Winograd's algorithm rounds intermediate sums that are larger than the result.
      expectClose(
        logits[number].scalars(as: Float.self), row.logits, tolerance: 1e-4 * row.largest,
        "\(variant), row \(number), Winograd")
    }
  }
}
