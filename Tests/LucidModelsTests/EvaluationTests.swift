import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import LucidWeights
import Testing

@Suite("Scores of classifiers")
struct ClassificationScoresTests {
  @Test("accuracies and loss, summed over batches, agree with the formulas")
  func sums() {
    let logits: [[Float]] = [
      [9, 1, 2, 3, 4, 5, 6], [1, 9, 8, 7, 6, 5, 4], [1, 9, 8, 7, 6, 5, 4], [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [1e4, -1e4, 0, 0, 0, 0, 0], [.nan, 0, 0, 0, 0, 0, 1],
    ]
    let labels = [0, 5, 6, 0, 6, 0, 0]
    var (whole, parts) = (ClassificationScores(), ClassificationScores())
    whole.add(logits: Tensor(logits[..<6].flatMap { $0 }, [6, 7]), labels: Array(labels[..<6]))
    for row in 0..<6 { parts.add(logits: Tensor(logits[row], [1, 7]), labels: [labels[row]]) }
    #expect(whole == parts && whole.count == 6)
    // Rows 0, 3 and 5 are right at once, row 1 among five (fifth); of equal logits the first places come first.
    #expect(whole.acc1 == 50 && whole.acc5 == 100 * 4 / 6.0)
    let expected = zip(logits, labels).prefix(6).map { row, label in
      let top = Double(row.max()!)
      return log(row.reduce(0) { $0 + exp(Double($1) - top) }) + top - Double(row[label])
    }
    #expect(abs(whole.loss! - expected.reduce(0, +) / 6) < 1e-12)
    #expect(ClassificationScores().acc1 == nil && ClassificationScores().loss == nil)
    var broken = ClassificationScores()
    broken.add(logits: Tensor(logits[6], [1, 7]), labels: [0])
    #expect(broken.acc1 == 0 && broken.acc5 == 0)
  }
}

@Suite("Folders and classes")
struct CategoryMatchingTests {
  @Test("names, then WordNet ids, then places, all of one kind")
  func kinds() throws {
    let imageNet = Categories.imageNet1K
    let byName = try CategoryMatching(["espresso", "Great_White_Shark", "tench"], in: imageNet)
    #expect(byName == (try CategoryMatching(["ESPRESSO", "great white shark", "tench"], in: imageNet)))
    #expect(byName.kind == .names && byName.places == [967, 2, 0])
    let byID = try CategoryMatching(["n01440764", "n07920052", "n15075141"], in: imageNet)
    #expect(byID.kind == .wordNetIDs && byID.places == [0, 967, 999])
    #expect(try CategoryMatching(["0", "999", "17"], in: imageNet).places == [0, 999, 17])
    #expect(try CategoryMatching(["1", "0"], in: ["0", "1"]).kind == .names)
    #expect(Categories.imageNet1KWordNetIDs.count == 1000 && Set(Categories.imageNet1KWordNetIDs).count == 1000)
  }

  @Test(
    "what is no class is named",
    arguments: [
      (["espresso", "zebra crossing"], "zebra crossing"), (["espresso", "5"], "5"), (["1000", "0"], "1000"),
      (["-1"], "-1"),
      (["n01440764", "n99999999"], "n99999999"),
    ])
  func strangers(folders: [String], stranger: String) {
    #expect { try CategoryMatching(folders, in: Categories.imageNet1K) } throws: {
      "\($0)".contains("folder \(stranger) is none")
    }
  }

  @Test("a name of two classes, and two folders of one class, are refused; WordNet ids are ImageNet's alone")
  func ambiguity() {
    #expect(throws: LucidError.self) { try CategoryMatching(["crane"], in: ["crane", "crane"]) }
    #expect(throws: LucidError.self) { try CategoryMatching(["Crane", "crane"], in: ["crane", "wren"]) }
    #expect(throws: LucidError.self) { try CategoryMatching(["n01440764"], in: ["crane"]) }
  }
}

@Suite("Features")
struct FeaturesTests {
  @Test("without its head a model gives what its head was given, to the bit, compiled or not")
  func removal() {
    let model = ResNet18(numClasses: 7)
    model.eval()
    let x = Tensor.randn([2, 3, 64, 64], generator: Generator(seed: 1))
    let logits = model(x)
    let head = model.head
    let expected = model.features(x).adaptiveAvgPool2d(1, 1).flatten(startDim: 1)
    model.removeHead()
    let features = model(x)
    #expect(features.shape == [2, 512])
    #expect(model.forward(x).scalars(as: Float.self) == expected.scalars(as: Float.self))
    // Compiled and eager convolutions may round differently; what the old head makes of either is the same answer.
    expectClose(head(features), logits.scalars(as: Float.self).map(Double.init), [2, 7], tolerance: 1e-4)
    model.replaceHead(classes: 3)
    #expect(model(x).shape == [2, 3])
  }
}
