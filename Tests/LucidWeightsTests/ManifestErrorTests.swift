import Foundation
import Testing

@testable import LucidGenerator

/// One change that spoils the fixture, and what is to be said of it.
private struct Fault: CustomTestStringConvertible, Sendable {
  let old: String
  let new: String
  let path: String
  let problem: String

  init(_ old: String, _ new: String, _ path: String, _ problem: String) {
    (self.old, self.new, self.path, self.problem) = (old, new, path, problem)
  }

  var testDescription: String { "\(path): \(problem)" }
}

private let model = "$.models[0]"
private let first = "$.models[0].weights[0]"
private let second = "$.models[0].weights[1]"
private let full = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

private let faults = [
  Fault("\"manifest\": 1", "\"manifest\": 2", "$.manifest", "expected 1, the version of the format"),
  Fault("\"manifest\": 1,", "", "$", "the key \"manifest\" is missing"),
  Fault("\"doc\": \"Birds", "\"docs\": \"Birds", "$", "unknown key \"docs\"; known are manifest, family, doc, models"),
  Fault("\"doc\": \"Birds", "\"family\": \"B\", \"doc\": \"Birds", "", "names a key twice in one object"),
  Fault("\"Birds of the garden.\"", "\" Birds\"", "$.doc", "is empty or has blanks at an end"),
  Fault("\"Birds of the garden.\"", "\"\"", "$.doc", "is empty or has blanks at an end"),
  Fault("\"Birds of the garden.\"", "7", "$.doc", "expected a string, found 7"),
  Fault("\"family\": \"Birds\"", "\"family\": \"My birds\"", "$.family", "\"My birds\" is no name in Swift"),
  Fault("\"models\": [", "\"models\": [7, ", "$.models[0]", "expected an object, found 7"),
  Fault("\"type\": \"ResNet50\"", "\"type\": \"50\"", "\(model).type", "\"50\" is no name in Swift"),
  Fault("\"type\": \"ResNet50\",", "", model, "the key \"type\" is missing"),
  Fault("\"BirdWeights\"", "\"class\"", "\(model).swift_enum", "\"class\" is no name in Swift"),
  Fault("\"bird_50\"", "\"bird.50\"", "\(model).name", "has more than ASCII letters, digits, _ and -"),
  Fault("\"birdie\"", "\"__\"", "\(model).other_names[0]", "has more than ASCII letters, digits, _ and -"),
  Fault("[\"birdie\"]", "\"birdie\"", "\(model).other_names", "expected an array, found the string \"birdie\""),
  Fault("[\"Bird_50_Weights\"]", "[]", "\(model).enum_names", "there is no name"),
  Fault("\"default\": \"GARDEN_V2\",", "", model, "the key \"default\" is missing"),
  Fault(
    "\"default\": \"GARDEN_V2\"", "\"default\": \"GARDEN_V3\"", "\(model).default",
    "\"GARDEN_V3\" is the tag of none of the weights: GARDEN_V1, GARDEN_V2"),
  Fault("\"tag\": \"GARDEN_V2\"", "\"tag\": \"garden-v1\"", second, "\"garden-v1\" is taken by \"GARDEN_V1\""),
  Fault("\"tag\": \"GARDEN_V2\"", "\"tag\": \"Default\"", second, "\"Default\" is taken by \"DEFAULT\""),
  Fault("\"tag\": \"GARDEN_V2\"", "\"tag\": \"GÄRTEN\"", "\(second).tag", "has more than ASCII letters"),
  Fault("\"tag\": \"GARDEN_V1\"", "\"tag\": \"1K_V1\"", "\(first).tag", "Swift case \"1k_V1\", which is no name"),
  Fault("[\"GARDEN\"]", "[\"GARDEN_V2\"]", second, "the tag or alias \"GARDEN_V2\" is taken by \"GARDEN_V2\""),
  Fault("[\"GARDEN\"]", "[\"GARDEN\", \"garden\"]", first, "\"garden\" is taken by \"GARDEN\""),
  Fault("[\"GARDEN\"]", "[\"SECOND\"]", second, "the Swift name \"second\" is taken by \"GARDEN_V1\""),
  Fault("[\"GARDEN\"]", "[\"CLASS\"]", first, "\"class\" is no name in Swift"),
  Fault("\"second\"", "\"garden_V1\"", second, "the Swift name \"garden_V1\" is taken by \"GARDEN_V1\""),
  Fault("\"second\"", "\"garden_V1_entry\"", second, "the Swift name \"garden_V1_entry\" is taken"),
  Fault("\"second\"", "\"in\"", "\(second).swift_case", "\"in\" is no name in Swift"),
  Fault("\"second\"", "\"meta\"", second, "every enum of weights has a member \"meta\" already"),
  Fault("\"tag\": \"GARDEN_V1\",", "\"tag\": \"GARDEN_V1\", \"acc\": 1,", first, "unknown key \"acc\""),
  Fault("\"license\": null,", "", first, "the key \"license\" is missing"),
  Fault("\"0123abcd\"}", "\"0123abc\"}", "\(first).sources[0].sha256_prefix", "expected 8 to 63 hexadecimal digits"),
  Fault("\"0123abcd\"}", "\"0123ABCD\"}", "\(first).sources[0].sha256_prefix", "in lower case, found \"0123ABCD\""),
  Fault("\"0123abcd\"}", "\"0123abcg\"}", "\(first).sources[0].sha256_prefix", "expected 8 to 63 hexadecimal digits"),
  Fault("\"0123abcd\"}", "\"\(full)\"}", "\(first).sources[0].sha256_prefix", "expected 8 to 63 hexadecimal digits"),
  Fault(
    "\"sha256_prefix\": \"0123abcd\"", "\"sha256\": \"0123abcd\"", "\(first).sources[0].sha256",
    "expected 64 hexadecimal digits"),
  Fault(
    ", \"sha256_prefix\": \"0123abcd\"", "", "\(first).sources[0]",
    "expected one of the keys \"sha256\" and \"sha256_prefix\""),
  Fault(
    "\"sha256_prefix\"", "\"sha256\": \"\(full)\", \"sha256_prefix\"", "\(first).sources[0]",
    "expected one of the keys \"sha256\" and \"sha256_prefix\""),
  Fault(
    "\"url\":", "\"file\": \"a\", \"url\":", "\(first).sources[0]", "one of the keys \"url\", \"file\", \"wheel\" and"),
  Fault("https://example.org/birds", "ftp://example.org/birds", "\(first).sources[0].url", "is no web address"),
  Fault("https://example.org/birds", "birds", "\(first).sources[0].url", "is no web address"),
  Fault("https://example.org/birds", "http://example.org/b", "\(first).sources[0].url", "must be https"),
  Fault("\"format\": \"pytorch\", \"url\"", "\"url\"", "\(first).sources[0]", "the key \"format\" is missing"),
  Fault("\"safetensors\"", "\"onnx\"", "\(first).sources[1].format", "\"onnx\" is none of pytorch, safetensors"),
  Fault(
    "\"bytes\": 18826032", "\"bytes\": 0", "\(first).sources[1].bytes", "expected a whole number above zero, found 0"),
  Fault("\"bytes\": 18826032", "\"bytes\": 1.5", "\(first).sources[1].bytes", "expected a whole number above zero"),
  Fault("\"f2bc3dd05", "\"f2bc3dd0", "\(second).sources[0].wheel.sha256", "expected 64 hexadecimal digits"),
  Fault("birds/birds.pth", "../birds.pth", "\(second).sources[0].wheel.path", "is no path inside a wheel"),
  Fault("birds/birds.pth", "/birds.pth", "\(second).sources[0].wheel.path", "is no path inside a wheel"),
  Fault("\"version\": \"0.1.0\",", "", "\(second).sources[0].wheel", "the key \"version\" is missing"),
  Fault("\"acc@1\": 90.0", "\"acc@1\": 900", "\(first).metrics.Garden[\"acc@1\"]", "0 to 100, not 900"),
  Fault(
    "\"ece\": 0.25", "\"ece\": \"low\"", "\(first).metrics.Garden.ece", "expected a number, found the string \"low\""),
  Fault("{\"acc@1\": 80.5}", "{}", "\(first).metrics.Aviary", "expected an object of metrics"),
  Fault("\"metrics\": {}", "\"metrics\": null", "\(second).metrics", "expected an object, found null"),
  Fault("\"imagenet1k\"", "\"imagenet2k\"", "\(second).categories", "\"imagenet2k\" is none of imagenet1k"),
  Fault("[\"robin\", \"say \\\"cheep\\\"\"]", "[]", "\(first).categories", "there is no category"),
  Fault("\"robin\"", "7", "\(first).categories[0]", "expected a string, found 7"),
  Fault(
    "\"notes\":", "\"num_classes\": 10, \"notes\":", "\(second).num_classes", "10 classes, but the categories are 1000"),
  Fault("\"resize\": 256", "\"resize\": -1", "\(first).preprocessing.resize", "expected a whole number above zero"),
  Fault("\"bicubic\"", "\"cubic\"", "\(second).preprocessing.interpolation", "\"cubic\" is none of bilinear, bicubic"),
  Fault("\"raw\"", "\"bytes\"", "\(second).preprocessing.pixel_scale", "\"bytes\" is none of unit, raw"),
  Fault("[127, 127, 127]", "[127, 127]", "\(second).preprocessing.mean", "expected 3 channels or 1, found 2"),
  Fault("[127, 127, 127]", "[127]", "\(second).preprocessing.std", "expected 1 channels as mean has, found 3"),
  Fault("[128, 128, 128]", "[128, 0, 128]", "\(second).preprocessing.std[1]", "expected a number above zero, found 0"),
  Fault("\"license\": \"mit\"", "\"license\": true", "\(second).license", "expected a string, found true"),
  Fault("https://example.org/recipe", "see the paper", "\(first).recipe", "is no web address"),
  Fault("25557032", "\"many\"", "\(first).num_params", "expected a whole number above zero, found the string \"many\""),
  Fault("4.089", "-4.089", "\(first).gflops", "expected a number above zero, found -4.089"),
  Fault("97.781", "0", "\(first).file_size_mb", "expected a number above zero, found 0"),
  Fault("\"min_size\": [1, 1]", "\"min_size\": [1]", "\(first).min_size", "expected [height, width], found 1 numbers"),
]

@Suite("Faults of a manifest")
struct ManifestErrorTests {
  @Test("Each is named with file and place", arguments: faults)
  private func fault(_ fault: Fault) throws {
    let text = try ManifestFixtures.text("Birds.weights.json")
    let range = try #require(text.range(of: fault.old), "the fixture has no \(fault.old)")
    let spoilt = text.replacingCharacters(in: range, with: fault.new)
    let error = #expect(throws: ManifestError.self) {
      try ManifestReader.read(Data(spoilt.utf8), file: "Birds.weights.json")
    }
    #expect(error?.file == "Birds.weights.json")
    #expect(error?.path == fault.path)
    #expect(error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
  }

  @Test("What is no JSON is said to be none", arguments: ["", "{", "{'manifest': 1}", "[1, 2"])
  func noJSON(text: String) {
    let error = #expect(throws: ManifestError.self) { try ManifestReader.read(Data(text.utf8), file: "a.json") }
    #expect(error?.description.hasPrefix("a.json: error: is no JSON: ") == true)
  }

  @Test("No models, no weights and no sources are faults", arguments: ["models", "weights", "sources"])
  func empty(key: String) throws {
    let data = try ManifestFixtures.data("Birds.weights.json")
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let spoilt = try JSONSerialization.data(withJSONObject: emptied(root, key: key))
    let error = #expect(throws: ManifestError.self) { try ManifestReader.read(spoilt, file: "a.json") }
    #expect(error?.path.hasSuffix(key) == true && error?.problem.hasPrefix("there ") == true)
  }

  @Test("Two models of one name or one enum are a fault")
  func twins() throws {
    let manifest = try ManifestReader.read(ManifestFixtures.data("Birds.weights.json"), file: "a.json")
    var other = manifest
    other.family = "Fish"
    other.models[0].swiftEnum = "FishWeights"
    other.models[0].names = ["fish"]
    other.models[0].enumNames = ["bird-50"]
    let clash = #expect(throws: ManifestError.self) {
      try ManifestNames.check([("a.json", manifest), ("b.json", other)])
    }
    #expect(clash?.description == "b.json: error: $.models[0]: \"fish\" and \"bird_50\" both answer to \"bird50\"")
    other.models[0].enumNames = ["Fish_Weights"]
    #expect(throws: Never.self) { try ManifestNames.check([("a.json", manifest), ("b.json", other)]) }
    other.models[0].swiftEnum = "BirdWeights"
    let sameEnum = #expect(throws: ManifestError.self) {
      try ManifestNames.check([("a.json", manifest), ("b.json", other)])
    }
    #expect(sameEnum?.problem == "the Swift enum BirdWeights is that of \"bird_50\" already")
    other.family = "Birds"
    let sameFamily = #expect(throws: ManifestError.self) {
      try ManifestNames.check([("a.json", manifest), ("b.json", other)])
    }
    #expect(sameFamily?.problem == "the family is taken by a.json")
  }

  /// The JSON with every array of this key made empty.
  private func emptied(_ value: [String: Any], key: String) -> [String: Any] {
    value.reduce(into: [:]) { result, member in
      if member.key == key {
        result[member.key] = [Any]()
      } else if let list = member.value as? [[String: Any]] {
        result[member.key] = list.map { emptied($0, key: key) }
      } else {
        result[member.key] = member.value
      }
    }
  }
}
