import LucidTensor
import LucidWeights
import Testing

private struct Net18 {}
private struct Net50 {}

private enum Net18Weights: String, WeightsEnum {
  case v1 = "IMAGENET1K_V1"
  typealias Model = Net18
  static var enumNames: [String] { ["Net_18_Weights"] }
  static var aliases: [String: Self] { ["IMAGENET1K": .v1] }
  var entry: WeightEntry { WeightEntry(url: "https://example.org/18.pth", sha256: "01234567") }
}

private enum Net50Weights: String, WeightsEnum {
  case v1 = "IMAGENET1K_V1"
  case v2 = "IMAGENET1K_V2"
  typealias Model = Net50
  static var enumNames: [String] { ["Net_50_Weights", "NetFifty_Weights"] }
  static var aliases: [String: Self] { ["IMAGENET1K": .v1] }
  var entry: WeightEntry { WeightEntry(url: "https://example.org/50.pth", sha256: "01234567") }
}

@Suite("WeightCatalog")
struct WeightsCatalogTests {
  private let catalogue = WeightCatalog([
    CatalogModel(Net18Weights.self, names: ["net_18"], family: "Net"),
    CatalogModel(Net50Weights.self, names: ["net_50", "net_50_cls"], family: "Net"),
  ])

  @Test(
    "What a person types finds the checkpoint",
    arguments: [
      ("Net_50_Weights.IMAGENET1K_V1", "IMAGENET1K_V1"), ("Net50_Weights.IMAGENET1K_V2", "IMAGENET1K_V2"),
      ("net_50", "IMAGENET1K_V2"), ("net50", "IMAGENET1K_V2"), ("NET-50", "IMAGENET1K_V2"),
      ("Net50.IMAGENET1K_V1", "IMAGENET1K_V1"), ("net50:imagenet1k_v2", "IMAGENET1K_V2"),
      ("net50/imagenet1k-v1", "IMAGENET1K_V1"), ("net50.IMAGENET1K", "IMAGENET1K_V1"),
      ("net50.default", "IMAGENET1K_V2"), ("Net_50_Weights", "IMAGENET1K_V2"),
      ("Net50Weights.DEFAULT", "IMAGENET1K_V2"),
      ("netfifty", "IMAGENET1K_V2"), ("net_50_cls.imagenet1k", "IMAGENET1K_V1"), (" net 50 : v2", nil),
    ] as [(String, String?)])
  func lookup(name: String, tag: String?) throws {
    guard let tag else {
      #expect(throws: LucidError.self) { try catalogue.weights(named: name) }
      return
    }
    let found = try catalogue.weights(named: name)
    #expect(found.model.name == "net_50" && found.weights.tag == tag)
    #expect(found.weights.name == "Net_50_Weights.\(tag)")
  }

  @Test("A model is found with or without a tag")
  func models() throws {
    #expect(try catalogue.model(named: "Net18").typeName == "Net18")
    #expect(try catalogue.model(named: "net_18.ANYTHING").family == "Net")
    #expect(catalogue.allWeights.map(\.weights.name).count == 3)
    #expect(try catalogue.model(named: "net50").weights[0].aliases == ["IMAGENET1K"])
    #expect(try catalogue.model(named: "net50").weights.map(\.isDefault) == [false, true])
  }

  @Test(
    "A misspelt model is answered with the nearest",
    arguments: [
      ("net_51", "no model is named \"net_51\"; did you mean \"net_50\"?"),
      ("Nte_18_Weights.IMAGENET1K_V1", "no model is named \"Nte_18_Weights\"; did you mean \"net_18\"?"),
      ("transformer", "no model is named \"transformer\""),
    ])
  func unknownModel(name: String, problem: String) {
    let error = #expect(throws: LucidError.self) { try catalogue.weights(named: name) }
    #expect(error?.code == .unknownName && error?.problem == problem)
    #expect(error?.advice == "There are net_18, net_50.")
  }

  @Test("A misspelt tag is answered with the nearest of that model")
  func unknownTag() {
    let error = #expect(throws: LucidError.self) { try catalogue.weights(named: "net18.IMAGNET1K_V1") }
    #expect(error?.problem == "net_18 has no weights \"IMAGNET1K_V1\"; did you mean \"IMAGENET1K_V1\"?")
    #expect(error?.advice == "It has IMAGENET1K_V1, IMAGENET1K, DEFAULT.")
  }

  @Test("A tag without its model is recognised")
  func bareTag() {
    let error = #expect(throws: LucidError.self) { try catalogue.weights(named: "imagenet1k_v2") }
    #expect(error?.advice == "Put the model before it, as in \"net_50.imagenet1k_v2\".")
  }

  @Test("Two models of one name trap")
  func clash() async {
    await #expect(processExitsWith: .failure) {
      let model = CatalogModel(Net18Weights.self, names: ["net_18"], family: "Net")
      _ = WeightCatalog([model, model])
    }
  }
}
