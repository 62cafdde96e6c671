import LucidTensor
import LucidTesting
import LucidWeights
import Testing

private struct Bird {}

/// The least that an enum of one's own says.
private enum BirdWeights: String, WeightsEnum {
  case v1 = "BIRDS_V1"
  case v2 = "BIRDS_V2"
  typealias Model = Bird
  var entry: WeightEntry {
    WeightEntry(url: "https://example.org/\(rawValue).safetensors", sha256: String(repeating: "0", count: 64))
  }
}

/// One that says everything.
private enum FishWeights: String, WeightsEnum {
  case pond = "POND_V1"
  case sea = "SEA_V1"
  case lake = "LAKE_V1"
  typealias Model = Bird
  static var aliases: [String: Self] { ["POND": .pond, "LOCH": .lake] }
  static var enumNames: [String] { ["Fish_Net_Weights", "FishNetwork_Weights"] }
  var entry: WeightEntry {
    let acc1: [Self: Double] = [.pond: 70.5, .sea: 81.25, .lake: 81.25]
    return WeightEntry(
      url: "https://example.org/fish.pth", sha256: "0123abcd",
      meta: WeightMeta(metrics: ["ImageNet-1K": ["acc@1": acc1[self]!]]))
  }
}

@Suite("WeightsEnum")
struct WeightsEnumTests {
  @Test("An enum of one's own keeps the laws with one member")
  func laws() {
    expectWeightsEnumLaws(BirdWeights.self)
    expectWeightsEnumLaws(FishWeights.self)
  }

  @Test("The default is the most accurate; of equals, or without accuracies, the last")
  func defaults() {
    #expect(FishWeights.default == .lake)
    #expect(BirdWeights.default == .v2)
  }

  @Test(
    "Names are found however they are typed",
    arguments: [
      "SEA_V1", "sea_v1", "sea-v1", "Sea V1", "seav1", " SEA_V1 ", "Fish_Net_Weights.SEA_V1", "FishNet_Weights.sea_v1",
      "fishnet:sea-v1", "fish-net/SEA_V1", "FishNetwork.SEA_V1", "FishWeights.SEA_V1", "Bird.SEA_V1",
    ])
  func lookup(name: String) throws {
    #expect(FishWeights(name) == .sea)
    #expect(try FishWeights.named(name) == .sea)
  }

  @Test("Aliases and DEFAULT are names too")
  func aliases() {
    #expect(FishWeights("loch") == .lake)
    #expect(FishWeights("fish_net.POND") == .pond)
    #expect(FishWeights("Default") == .lake)
  }

  @Test("The wrong owner and the wrong tag find nothing", arguments: ["ResNet18.SEA_V1", "SEA", "", ".", "SEA_V1.x"])
  func noLookup(name: String) {
    #expect(FishWeights(name) == nil)
  }

  @Test("A misspelt tag is answered with the nearest and all there are")
  func suggestion() {
    let error = #expect(throws: LucidError.self) { try FishWeights.named("SAE_V1") }
    #expect(error?.code == .unknownName)
    #expect(
      error?.description == """
        finding weights "SAE_V1": Fish_Net_Weights has no weights "SAE_V1"; did you mean "SEA_V1"? It has POND_V1, \
        SEA_V1, LAKE_V1, LOCH, POND, DEFAULT.
        """)
  }

  @Test("A tag far from all is answered without a guess")
  func noSuggestion() {
    let error = #expect(throws: LucidError.self) { try FishWeights.named("IMAGENET22K") }
    #expect(error?.problem == "Fish_Net_Weights has no weights \"IMAGENET22K\"")
  }

  @Test("Another enum's name is pointed out")
  func wrongOwner() {
    let error = #expect(throws: LucidError.self) { try FishWeights.named("ResNet_18_Weights.SEA_V1") }
    #expect(error?.problem == "they are asked of Fish_Net_Weights, which is not named \"ResNet_18_Weights\"")
  }

  @Test("name, meta and description come from the case")
  func members() {
    #expect(FishWeights.sea.name == "SEA_V1")
    #expect(FishWeights.sea.meta.acc1 == 81.25)
    #expect("\(FishWeights.sea)" == "Fish_Net_Weights.SEA_V1")
    #expect("\(BirdWeights.v1)" == "BirdWeights.BIRDS_V1")
  }
}
