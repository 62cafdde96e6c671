import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import LucidWeights
import Testing

/// The library as README and the design show it, with real parameters.
@Suite("User code", .serialized, .needs([RealPicture.files["coffee.png"]!]))
struct UserCodeTests {
  /// A checkpoint of somebody's own: here the published file, as one that lies on their disk.
  private enum BirdWeights: String, WeightsEnum {
    case v1 = "BIRDS_V1"

    typealias Model = EfficientNetLite0

    static let file = FileManager.default.temporaryDirectory.appending(path: "birds-\(UUID().uuidString).pth").path

    var entry: WeightEntry {
      WeightEntry(
        sources: [
          WeightSource(
            .file(Self.file), digest: .sha256("579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"))
        ],
        meta: WeightMeta(categories: Categories.imageNet1K), preprocessing: .imageNet(crop: 224, resize: 256))
    }
  }

  @Test func inference() async throws {
    let weights = EfficientNetLite0Weights.imageNet1K_V1
    let model = try await EfficientNetLite0(weights: .imageNet1K_V1)
    #expect(model.eval()(.randn([1, 3, 224, 224])).shape == [1, 1000])
    #expect(weights.name == "IMAGENET1K_V1")
    #expect(weights.meta["acc@1"] == 75.1)

    let x = try weights.preprocessing(Image(contentsOf: RealPicture.path(named: "coffee.png")))
    #expect(x.shape == [3, 224, 224])
    #expect(weights.meta.categories[model.classify(x).top1] == "espresso")
    #expect { try model.to(.gpu) } throws: { "\($0)".contains("GPU") }
  }

  @Test func fineTuningBegins() async throws {
    let student = try await EfficientNetLite0(weights: .imageNet1K_V1)
    student.fc = Linear(student.fc.inFeatures, 10)
    let head = student.fc.weight.value.scalars(as: Float.self)
    let report = try student.load(await EfficientNetLite0Weights.imageNet1K_V1.stateDict(), strict: false)
    #expect(report.mismatched == ["_fc.weight", "_fc.bias"])
    #expect(report.missing.isEmpty && report.unexpected.isEmpty && report.loaded.count == 294)
    #expect(student.fc.weight.value.scalars(as: Float.self) == head)
    student.freeze()
    student.fc.unfreeze()
    #expect(student.parameters().filter(\.requiresGrad).count == 2)
    #expect(student(.randn([2, 3, 224, 224])).shape == [2, 10])
  }

  @Test func ownEnum() async throws {
    let published = try await WeightResolver.shared.localFile(
      for: EfficientNetLite0Weights.default.entry.sources, name: "lite0")
    try FileManager.default.copyItem(
      atPath: URL(fileURLWithPath: published).resolvingSymlinksInPath().path, toPath: BirdWeights.file)
    defer { try? FileManager.default.removeItem(atPath: BirdWeights.file) }
    let birds = try await EfficientNetLite0(weights: BirdWeights.v1)
    let reference = try await EfficientNetLite0(weights: .default)
    let x = Tensor.randn([1, 3, 224, 224], generator: Generator(seed: 1))
    #expect(birds(x).scalars(as: Float.self) == reference(x).scalars(as: Float.self))
    #expect("\(BirdWeights.v1)" == "BirdWeights.BIRDS_V1")
  }
}
