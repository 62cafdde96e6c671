import LucidModels
import LucidTesting
import LucidWeights
import Testing

@Suite("Generated weights")
struct GeneratedWeightsTests {
  @Test("Every generated enum keeps the laws", arguments: WeightCatalog.builtIn.models.map(\.enumNames[0]))
  func laws(enumName: String) throws {
    expectWeightsEnumLaws(try WeightCatalog.builtIn.model(named: enumName).enumType)
  }

  @Test("Every checkpoint is found in the catalogue by its name", arguments: WeightCatalog.builtIn.models.map(\.name))
  func catalogue(model name: String) throws {
    let model = try WeightCatalog.builtIn.model(named: name)
    for weights in model.weights {
      #expect(try WeightCatalog.builtIn.weights(named: weights.name).weights == weights)
      #expect(try WeightCatalog.builtIn.weights(named: "\(model.typeName):\(weights.tag)").weights == weights)
    }
    #expect(try WeightCatalog.builtIn.weights(named: name).weights == model.defaultWeights)
  }

  @Test("The stated default is the most accurate")
  func defaults() {
    for model in WeightCatalog.builtIn.models {
      let best = model.weights.compactMap(\.meta.acc1).max()
      #expect(model.defaultWeights?.meta.acc1 == best, "\(model.name)")
    }
  }

  @Test("ResNet-18's facts are those of torchvision")
  func resNet18() {
    let weights = ResNet18Weights.imageNet1K
    #expect(weights == .imageNet1K_V1)
    #expect(weights.name == "IMAGENET1K_V1")
    #expect("\(weights)" == "ResNet_18_Weights.IMAGENET1K_V1")
    #expect(weights.meta["acc@1"] == 69.758)
    #expect(weights.meta["num_params"] == 11_689_512)
    #expect(weights.meta.categories[281] == "tabby")
    #expect(weights.entry.preprocessing == .imageNet(crop: 224, resize: 256))
  }

  @Test(
    "Names of other libraries are found",
    arguments: [
      ("ResNet_18_Weights.IMAGENET1K", "ResNet_18_Weights.IMAGENET1K_V1"),
      ("ResNet50_Weights.IMAGENET1K_V2", "ResNet_50_Weights.IMAGENET1K_V2"),
      ("resnet50", "ResNet_50_Weights.IMAGENET1K_V2"),
      ("wide_resnet50_2", "Wide_ResNet_50_2_Weights.IMAGENET1K_V2"),
      ("Wide_ResNet_50_Weights.IMAGENET1K", "Wide_ResNet_50_2_Weights.IMAGENET1K_V1"),
      ("resnext101_64x4d", "ResNeXt_101_64X4D_Weights.IMAGENET1K_V1"),
      ("VGG11_BN_Weights.DEFAULT", "VGG_11_BN_Weights.IMAGENET1K_V1"),
      ("vggnet_16", "VGG_16_Weights.IMAGENET1K_V1"),
      ("VGG16_Weights.IMAGENET1K_FEATURES", "VGG_16_Weights.IMAGENET1K_FEATURES"),
      ("mobilenet-v2/imagenet1k-v1", "MobileNet_V2_Weights.IMAGENET1K_V1"),
      ("efficientnet_lite0", "EfficientNet_Lite0_Weights.IMAGENET1K_V1"),
    ])
  func otherNames(typed: String, found: String) throws {
    #expect(try WeightCatalog.builtIn.weights(named: typed).weights.name == found)
  }

  @Test("VGG-16's features promise no classes and no accuracy")
  func features() throws {
    let weights = VGG16Weights.imageNet1K_Features
    #expect(weights.meta.categories.isEmpty && weights.meta.numClasses == nil && weights.meta["acc@1"] == nil)
    #expect(try #require(weights.meta.notes).contains("`features`"))
    #expect(weights.entry.preprocessing?.std == [1.0 / 255, 1.0 / 255, 1.0 / 255])
    #expect(VGG16Weights.default == .imageNet1K_V1)
  }
}
