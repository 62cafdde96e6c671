import LucidWeights
import Testing

@Suite("WeightMeta")
struct WeightsMetaTests {
  private let meta = WeightMeta(
    categories: ["cat", "dog"],
    metrics: ["ImageNet-1K": ["acc@1": 69.758, "acc@5": 89.078], "ImageNet-A": ["acc@1": 3.5, "ece": 0.25]],
    numParams: 11_689_512, gflops: 1.814, fileSizeMB: 44.661, license: "bsd-3-clause", recipe: "https://example.org/r",
    minSize: [1, 2], task: "classification", notes: "a note")

  @Test(
    "The spec's keys give the facts",
    arguments: [
      ("acc@1", 69.758), ("acc@5", 89.078), ("num_classes", 2), ("num_params", 11_689_512), ("gflops", 1.814),
      ("_ops", 1.814), ("file_size_mb", 44.661), ("_file_size", 44.661), ("license", "bsd-3-clause"),
      ("recipe", "https://example.org/r"), ("min_size", [1, 2]), ("task", "classification"), ("notes", "a note"),
      ("_docs", "a note"), ("categories", ["cat", "dog"]), ("ImageNet-A/acc@1", 3.5), ("ece", 0.25),
    ] as [(String, MetaValue)])
  func keys(key: String, value: MetaValue) {
    #expect(meta[key] == value)
  }

  @Test("Unknown keys give nil", arguments: ["acc@2", "", "/", "ImageNet-B/acc@1", "Categories"])
  func unknownKeys(key: String) {
    #expect(meta[key] == nil)
  }

  @Test("keys lists what is known and nothing else")
  func keyList() {
    #expect(
      meta.keys == [
        "task", "acc@1", "acc@5", "ece", "num_params", "gflops", "file_size_mb", "num_classes", "categories",
        "min_size", "license", "recipe", "notes",
      ])
    #expect(WeightMeta().keys.isEmpty)
  }

  @Test("A metric that two other datasets have is given only by its full name")
  func ambiguousMetric() {
    let meta = WeightMeta(metrics: ["A": ["acc@1": 1], "B/C": ["acc@1": 2]])
    #expect(meta.acc1 == nil)
    #expect(meta["A/acc@1"] == 1)
    #expect(meta["B/C/acc@1"] == 2)
    #expect(WeightMeta(metrics: ["A": ["acc@1": 1]]).acc1 == 1)
  }

  @Test("The number of classes is that of the categories unless stated")
  func numClasses() {
    #expect(meta.numClasses == 2)
    #expect(WeightMeta(numClasses: 7).numClasses == 7)
    #expect(WeightMeta().numClasses == nil)
  }

  @Test("Equal numbers are equal values with equal hashes, whichever their kind")
  func values() {
    #expect(MetaValue.number(2) == .integer(2))
    #expect(MetaValue.number(2).hashValue == MetaValue.integer(2).hashValue)
    #expect(MetaValue.number(2.5) != .integer(2))
    #expect(MetaValue.text("2") != .integer(2))
    #expect(MetaValue.list([1, "a"]).description == "1, a")
    #expect(meta["acc@1"]?.number == 69.758 && meta["num_params"]?.integer == 11_689_512)
    #expect(meta["license"]?.text == "bsd-3-clause" && meta["categories"]?.list?.count == 2)
  }

  @Test("ImageNet-1K's classes are the 1000 in torchvision's order")
  func categories() {
    let names = Categories.imageNet1K
    #expect(names.count == 1000 && Set(names).count == 1000)
    #expect(names[0] == "tench" && names[281] == "tabby" && names[967] == "espresso" && names[999] == "toilet tissue")
    #expect(!names.contains { $0.isEmpty || $0.first == " " || $0.last == " " })
    #expect(Categories.named("imagenet1k") == names)
    #expect(Categories.named("imagenet2k") == nil)
    #expect(Categories.names.allSatisfy { Categories.named($0) != nil })
  }
}
