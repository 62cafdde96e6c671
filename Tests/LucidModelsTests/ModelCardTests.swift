import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// Checkpoint files that say what they are.
@Suite(.serialized) struct ModelCardTests {
  let card = ModelCard(
    model: "mobilenet_v2", categories: ["robin", "blue tit", "\"wren\""],
    preprocessing: PreprocessingRecipe(
      resize: nil, crop: 96, interpolation: .bicubic, mean: [0.5, 0.25, 0.125], std: [1, 2, 3], pixelScale: .raw),
    metrics: ["acc@1": 97.25])

  /// A small model's file, with the metadata that `edit` leaves.
  private func file(in folder: Scratch, classes: Int = 3, _ edit: (inout [String: String]) -> Void = { _ in }) throws
    -> (path: String, model: Module)
  {
    let model = try WeightCatalog.builtIn.model(named: "mobilenet_v2").makeModel(numClasses: classes)
    var stateDict = model.stateDict()
    card.write(to: &stateDict.metadata)
    edit(&stateDict.metadata)
    try stateDict.write(to: folder.path("birds.safetensors"))
    return (folder.path("birds.safetensors"), model)
  }

  @Test func aCardSurvivesMetadata() throws {
    var metadata = ["format": "pt"]
    card.write(to: &metadata)
    #expect(try ModelCard(metadata) == card)
    #expect(metadata["format"] == "pt")
    #expect(try ModelCard(["format": "pt"]) == nil)
  }

  @Test func aFileIsEnoughToClassify() async throws {
    let folder = try Scratch()
    let (path, model) = try file(in: folder)
    let classifier = try await Classifier(path)
    #expect(classifier.entry.name == "mobilenet_v2" && classifier.name == path)
    #expect(classifier.categories == card.categories && classifier.recipe == card.preprocessing)
    #expect(!classifier.model.isTraining)
    let x = Filler.input([1, 3, 64, 64])
    #expect(classifier.model.classify(x, top: 3) == model.eval().classify(x, top: 3))
  }

  @Test(arguments: [
    ("lucid.model", nil, "does not say which model it is of"),
    ("lucid.model", "mobilenet_v9", "no model is named \"mobilenet_v9\"; did you mean \"mobilenet_v2\"?"),
    ("lucid.model", "resnet_18", "missing"),
    ("lucid.categories", nil, "its metadata has no lucid.categories"),
    ("lucid.categories", "[1, 2]", "the lucid.categories in its metadata cannot be read"),
    ("lucid.categories", "[]", "it names no classes"),
    ("lucid.categories", "[\"one\"]", "have other shapes"),
    ("lucid.preprocessing", "{}", "the lucid.preprocessing in its metadata cannot be read"),
    (
      "lucid.preprocessing",
      #"{"crop": -3, "interpolation": "bilinear", "mean": [0], "std": [1], "pixel_scale": "unit"}"#, "make no sense"
    ),
    (
      "lucid.preprocessing",
      #"{"interpolation": "bilinear", "mean": [0, 1], "std": [0], "pixel_scale": "unit"}"#, "make no sense"
    ),
    (
      "lucid.preprocessing",
      #"{"crop": 96, "interpolation": "bilinear", "mean": [0.5], "std": [0.5], "pixel_scale": "unit"}"#,
      "its card prepares pictures of 1 channel, and MobileNetV2 takes 3"
    ),
    ("lucid.metrics", "97", "the lucid.metrics in its metadata cannot be read"),
  ]) func aDamagedCardIsAnError(_ key: String, _ text: String?, _ problem: String) throws {
    let folder = try Scratch()
    let (path, _) = try file(in: folder) { $0[key] = text }
    let error = #expect(throws: LucidError.self) { try Classifier(contentsOf: path) }
    #expect("\(try #require(error))".contains(problem))
  }

  @Test(arguments: ["./x", "mine.safetensors", "old.pth", "/tmp"]) func pathsAreKnown(_ text: String) {
    #expect(Classifier.isPath(text))
  }

  @Test(arguments: ["resnet_18", "ResNet_18_Weights.IMAGENET1K_V1", "resnet18:imagenet1k_v1"]) func namesAreNone(
    _ text: String
  ) { #expect(!Classifier.isPath(text)) }
}
