import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// Other heads and inputs, for every family.
@Suite(.serialized) struct AdaptingTests {
  /// The smallest model of each family.
  static let builders = ["alexnet", "vgg11", "vgg11_bn", "mobilenet_v2", "resnet18", "efficientnet_lite0"]

  private func model(_ name: String) throws -> any AdaptableModel {
    try #require(try WeightCatalog.builtIn.model(named: name).makeModel() as? any AdaptableModel)
  }

  @Test func everyModelCanBeAdapted() {
    for model in WeightCatalog.builtIn.models {
      #expect(model.makeModel() is any AdaptableModel, "\(model.name)")
    }
  }

  @Test(arguments: builders) func aNewHeadHasItsClassesAndTheRestStays(_ name: String) throws {
    let model = try model(name)
    let before = model.stateDict()
    model.freeze().eval()
    model.replaceHead(classes: 7)
    let after = model.stateDict()
    #expect(after.keys == before.keys)
    let changed = after.keys.filter { after.type(of: $0) != before.type(of: $0) }
    #expect(changed.count == 2 && changed.allSatisfy { after.type(of: $0)?.shape[0] == 7 })
    #expect(model.parameters().filter(\.requiresGrad).count == 2)
    #expect(!model.head.isTraining)
    #expect(model(Filler.input([1, 3, 64, 64])).shape == [1, 7])
  }

  @Test(arguments: builders, [1, 2, 4, 6]) func otherChannelsAreTaken(_ name: String, _ channels: Int) throws {
    let model = try model(name)
    let old = model.inputConvolution.weight.value
    let bias = model.inputConvolution.bias?.value.scalars(as: Float.self)
    model.adaptInput(channels: channels)
    let new = model.inputConvolution
    #expect(new.inChannels == channels && new.bias?.value.scalars(as: Float.self) == bias)
    #expect(model.eval()(Filler.input([1, channels, 64, 64])).shape == [1, 1000])
    let (a, b) = (old.scalars(as: Float.self), new.weight.value.scalars(as: Float.self))
    let area = old.shape[2] * old.shape[3]
    for output in [0, old.shape[0] - 1] {
      for place in 0..<area {
        let learned = (0..<3).map { a[(output * 3 + $0) * area + place] }
        for channel in 0..<channels {
          let expected = channels == 1 ? learned.reduce(0, +) : learned[channel % 3] * (3 / Float(channels))
          #expect(b[(output * channels + channel) * area + place] == expected)
        }
      }
    }
  }

  @Test func asManyChannelsChangeNothing() throws {
    let model = try model("resnet18")
    let before = model.inputConvolution
    model.adaptInput(channels: 3)
    #expect(model.inputConvolution === before)
  }

  @Test(arguments: builders) func classesOfTheSameNameKeepTheirRows(_ name: String) throws {
    let model = try model(name)
    model.replaceHead(classes: 4)
    let (weight, bias) = (model.head.weight.value, try #require(model.head.bias).value)
    let kept = model.replaceHead(categories: ["new", "d", "a", "b"], keeping: ["a", "b", "c", "b"])
    #expect(kept == ["a", "b"])
    for (row, old) in [(2, 0), (3, 1)] {
      #expect(model.head.weight.value[row].scalars(as: Float.self) == weight[old].scalars(as: Float.self))
      #expect(model.head.bias?.value[row].item(as: Float.self) == bias[old].item(as: Float.self))
    }
    #expect(model.head.weight.value[0].scalars(as: Float.self) != weight[0].scalars(as: Float.self))
  }
}

/// Other libraries' names, which scripts/fixtures/names_of_others.py has listed from the libraries themselves.
@Suite struct NamingTests {
  private func names(_ file: String) throws -> StateDict {
    let url = try #require(
      Bundle.module.url(forResource: file, withExtension: "json", subdirectory: "Fixtures/names"))
    let entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: url))
    var dict = StateDict()
    for entry in entries {
      dict.set(entry.name, Tensor(0 as Float).to(entry.dtype).expand(to: Shape(entry.shape)))
    }
    return dict
  }

  private struct Entry: Decodable {
    let name: String
    let dtype: DType
    let shape: [Int]
  }

  @Test(arguments: [
    ("timm_mobilenetv2_100", "mobilenet_v2", "timm's naming of MobileNetV2"),
    ("transformers_resnet18", "resnet18", "transformers' naming of ResNet"),
  ])
  func isRecognisedAndMapped(_ file: String, _ builder: String, _ name: String) throws {
    let theirs = try names(file)
    let model = try WeightCatalog.builtIn.model(named: builder).makeModel()
    let plan = model.loadPlan(for: theirs, namings: Naming.known)
    #expect(plan.hints.first == .naming(name))
    let map = try #require(Naming.known.first { $0.name == name }?.map)
    #expect(plan.hints.contains(.rename(map, fits: theirs.count, of: theirs.count)), "\(plan.hints.map(\.description))")
    let renamed = try theirs.renamed(map)
    #expect(model.loadPlan(for: renamed).isComplete)
    #expect(try renamed.renamed(map.inverted()).keys == theirs.keys)
  }

  @Test(arguments: [
    ("timm_vgg11", "timm's naming of VGG"), ("timm_resnet18d", "timm's naming of ResNet with a deep stem"),
  ])
  func isRecognised(_ file: String, _ name: String) throws {
    let plan = try WeightCatalog.builtIn.model(named: "resnet18").makeModel()
      .loadPlan(for: names(file), namings: Naming.known)
    #expect(plan.hints.contains(.naming(name)))
  }

  @Test func noNamingIsSeenInOurOwnNames() {
    for model in WeightCatalog.builtIn.models {
      let dict = model.makeModel().stateDict()
      #expect(Naming.known.allSatisfy { !$0.isUsed(in: dict) }, "\(model.name)")
    }
  }
}
