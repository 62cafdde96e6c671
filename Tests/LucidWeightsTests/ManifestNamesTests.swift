import Testing

@testable import LucidGenerator

@Suite("Swift names of tags and families")
struct ManifestNamesTests {
  @Test(
    "A tag becomes a case",
    arguments: [
      ("IMAGENET1K_V1", "imageNet1K_V1"), ("IMAGENET1K", "imageNet1K"), ("IMAGENET1K_FEATURES", "imageNet1K_Features"),
      ("IMAGENET1K_SWAG_E2E_V1", "imageNet1K_SWAG_E2E_V1"), ("IMAGENET1K_SWAG_LINEAR_V1", "imageNet1K_SWAG_Linear_V1"),
      ("MNIST", "mnist"), ("COCO_V1", "coco_V1"), ("RA_IN1K", "ra_IN1K"), ("KINETICS400_V1", "kinetics400_V1"),
      ("v1", "v1"),
    ])
  func cases(tag: String, name: String) {
    #expect(SwiftNames.caseName(tag: tag) == name)
  }

  @Test(
    "A family becomes a property",
    arguments: [
      ("ResNet", "resNet"), ("VGG", "vgg"), ("VGG16", "vgg16"), ("MobileNetV2", "mobileNetV2"), ("AlexNet", "alexNet"),
      ("EfficientNetLite", "efficientNetLite"), ("MNASNet", "mnasNet"), ("birds", "birds"),
    ])
  func properties(family: String, name: String) {
    #expect(SwiftNames.propertyName(family: family) == name)
  }

  @Test(
    "Keywords, digits first and blanks are no names", arguments: ["default", "1a", "", "_", "a b", "a-b", "a.b", "`a`"])
  func noIdentifiers(text: String) {
    #expect(!SwiftNames.isIdentifier(text))
  }

  @Test("Letters of any script are names", arguments: ["a", "_a1", "imageNet1K_V1", "größe"])
  func identifiers(text: String) {
    #expect(SwiftNames.isIdentifier(text))
  }
}
