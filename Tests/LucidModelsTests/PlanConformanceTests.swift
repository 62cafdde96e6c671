import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// What holds of the compiled inference of every family, a new one's too: its smallest model stands for it.
@Suite("Plan conformance", .serialized)
struct PlanConformanceTests {
  /// The smallest model of each family that there is a golden for, which is each (``GoldenTests``).
  static let builders: [String] = {
    var smallest: [String: (builder: String, count: Int)] = [:]
    for builder in GoldenTests.builders {
      guard let entry = try? WeightCatalog.builtIn.model(named: builder) else { continue }
      let count = entry.defaultWeights?.meta.numParams ?? .max
      if count < smallest[entry.family]?.count ?? .max { smallest[entry.family] = (builder, count) }
    }
    return smallest.values.map(\.builder).sorted()
  }()

  @Test("Every family has a model here")
  func complete() throws {
    let families = try Self.builders.map { try WeightCatalog.builtIn.model(named: $0).family }
    #expect(Set(families) == Set(WeightCatalog.builtIn.models.map(\.family)))
  }

  @Test("At an odd size and for three pictures, plans agree with the module and with themselves", arguments: builders)
  func agree(builder: String) async throws {
    let golden = try Golden(builder, in: .module)
    let entry = try WeightCatalog.builtIn.model(named: builder)
    let weights = try #require(entry.defaultWeights)
    let model = entry.makeModel(for: weights)
    try model.load(golden.filledStateDict())
    model.eval()
    let stem = try #require(model.parameters().first { $0.shape.rank == 4 }, "a convolution takes the pictures")
    let least = weights.meta.minSize ?? [1, 1]
    let x = Filler.input([3, stem.shape[1], max(97, least[0]), max(113, least[1])])

    let eager = model.forward(x)
    let expected = eager.scalars(as: Float.self).map(Double.init)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    try #require(largest > 0 && largest.isFinite)
    let row = try #require(golden.variants.first?.rows.first)
    // Each is within the golden's tolerance of the exact result.
    let bounds = [Convolutions.direct: 2 * row.tolerance / row.largest, .winograd: 1e-4]
    for (convolutions, bound) in bounds {
      let plan = Plan(model, inputShape: x.shape, convolutions: convolutions)
      let logits = plan(x)
      #expect(logits.shape == eager.shape)
      expectClose(logits.scalars(as: Float.self), expected, tolerance: bound * largest, "\(convolutions)")
      let other = Plan(model, inputShape: x.shape, convolutions: convolutions)
      await withTaskGroup(of: [Float].self) { tasks in
        for plan in [plan, other, plan, other] { tasks.addTask { plan(x).scalars(as: Float.self) } }
        for await found in tasks { #expect(found == logits.scalars(as: Float.self), "\(convolutions): the same bits") }
      }
    }
  }
}
