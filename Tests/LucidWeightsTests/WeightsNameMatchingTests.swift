import Testing

@testable import LucidWeights

@Suite("Names as people type them")
struct WeightsNameMatchingTests {
  @Test(
    "Edit distances count insertions, deletions, substitutions and swaps",
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
      ("resnet18", "resent18", 1), ("resnet18", "resnet101", 2), ("ca", "abc", 3),
    ])
  func distances(left: String, right: String, distance: Int) {
    #expect(NameMatching.editDistance(Array(left), Array(right)) == distance)
    #expect(NameMatching.editDistance(Array(right), Array(left)) == distance)
  }

  @Test(
    "The nearest name is offered only where it can be meant",
    arguments: [
      ("resent_18", "resnet_18"), ("ResNet-19", "resnet_18"), ("vg16", "vgg_16"), ("alexnt", "alexnet"),
      ("bert", nil), ("", nil), ("x", nil),
    ] as [(String, String?)])
  func nearest(typed: String, found: String?) {
    let names = ["resnet_18", "resnet_34", "vgg_16", "alexnet"]
    #expect(NameMatching.nearest(to: typed, among: names) == found)
  }

  @Test("An enum's name is its model's name")
  func modelKeys() {
    #expect(NameMatching.modelKey("ResNet_18_Weights") == NameMatching.modelKey("resnet-18"))
    #expect(NameMatching.modelKey("Weights") == "weights")
  }
}
