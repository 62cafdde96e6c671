import Foundation
import Lucid
import LucidTesting
import Testing

/// `classify` of folders and own files, `evaluate` and `features`, with a small model of the test's own.
@Suite struct DataTests {
  /// A program beside which lies mine.safetensors, a ResNet-18 for three classes with random parameters.
  private static func program() throws -> Program {
    let folder = try Scratch()
    let model = ResNet18(numClasses: 3)
    var stateDict = model.stateDict()
    var metadata = stateDict.metadata
    ModelCard(
      model: "resnet_18", categories: ["red", "green", "blue sky"],
      preprocessing: PreprocessingRecipe(
        resize: 40, crop: 32, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
      metrics: ["acc@1": 12.5]
    ).write(to: &metadata)
    stateDict.metadata = metadata
    try stateDict.write(to: folder.path("mine.safetensors"))
    return Program(in: folder)
  }

  private static func picture(_ seed: Int) throws -> Data {
    let pixels = (0..<50 * 60 * 3).map { UInt8(truncatingIfNeeded: ($0 * 31 + seed * 97) / (seed + 1)) }
    return try Image(height: 50, width: 60, pixels: pixels).pngData()
  }

  @Test func foldersAreClassifiedInOrderWithAFileOfOnesOwn() throws {
    let program = try Self.program()
    for index in 0..<11 { try program.folder.write("photos/\(index % 2)/\(10 + index).png", Self.picture(index)) }
    try program.folder.write("photos/1/13.png", Data("torn".utf8))
    try program.folder.write("single.png", Self.picture(20))
    let call = ["classify", "single.png", "photos", "--weights", "./mine.safetensors", "--json", "--batch"]
    let outcome = try program.run(call + ["4"])
    let results = try #require(try outcome.json() as? [[String: Any]])
    let expected =
      ["single.png"] + [10, 12, 14, 16, 18, 20].map { "photos/0/\($0).png" }
      + [11, 13, 15, 17, 19].map { "photos/1/\($0).png" }
    #expect(results.map { $0["image"] as? String } == expected)
    #expect(results.map { $0["error"] != nil } == expected.map { $0.hasSuffix("/13.png") })
    #expect(
      outcome.status == 1 && outcome.errors.contains("photos/1/13.png")
        && results[0]["weights"] as? String == "./mine.safetensors")

    func best(_ results: [[String: Any]]) -> [Double?] {
      results.map { ($0["predictions"] as? [[String: Any]])?.first?["probability"] as? Double }
    }
    let alone = try #require(try program.run(call + ["1"]).json() as? [[String: Any]])
    for (one, other) in zip(best(alone), best(results)) { #expect(abs((one ?? -1) - (other ?? -1)) < 1e-4) }
    let text = try program.run("classify", "single.png", "--weights", "mine.safetensors", "--top", "1")
    #expect(text.status == 0 && text.output.hasPrefix("single.png\n") && text.output.split(separator: "\n").count == 2)
  }

  @Test func evaluationAgreesWithClassification() throws {
    let program = try Self.program()
    let names = ["blue_sky", "Green", "red"]
    for index in 0..<12 { try program.folder.write("val/\(names[index % 3])/\(index).png", Self.picture(index)) }
    let outcome = try program.run("evaluate", "val", "--weights", "./mine.safetensors", "--json", "--batch", "5")
    #expect(outcome.status == 0 && outcome.errors == "")
    let report = try #require(try outcome.json() as? [String: Any])
    #expect(
      report["pictures"] as? Int == 12 && report["classes"] as? Int == 3 && report["classes_by"] as? String == "name")
    #expect(report["published"] as? [String: Double] == ["acc@1": 12.5])
    #expect(report["acc5"] as? Double == 100)

    let answers = try #require(
      try program.run("classify", "val", "--weights", "./mine.safetensors", "--json").json() as? [[String: Any]])
    let places = ["blue_sky": 2, "Green": 1, "red": 0]
    var (hits, loss) = (0, 0.0)
    for answer in answers {
      let folder = try #require((answer["image"] as? String)?.split(separator: "/")[1])
      let predictions = try #require(answer["predictions"] as? [[String: Any]])
      let label = try #require(places[String(folder)])
      hits += predictions[0]["index"] as? Int == label ? 1 : 0
      let own = try #require(predictions.first { $0["index"] as? Int == label }?["probability"] as? Double)
      loss -= log(own)
    }
    #expect(abs((report["acc1"] as? Double ?? -1) - 100 * Double(hits) / 12) < 1e-9)
    #expect(abs((report["loss"] as? Double ?? -1) - loss / 12) < 1e-4)

    let text = try program.run("evaluate", "val", "--weights", "./mine.safetensors")
    #expect(!text.output.contains("acc@5"), "of three classes")
    #expect(text.output.contains("(in the file: 12.500)") && text.output.contains("12 of 3 classes, by name"))
  }

  @Test func unreadablePicturesAndWrongFoldersAreReported() throws {
    let program = try Self.program()
    try program.folder.write("val/red/1.png", Self.picture(1))
    try program.folder.write("val/red/2.png", Data("torn".utf8))
    let outcome = try program.run("evaluate", "val", "--weights", "./mine.safetensors")
    #expect(outcome.status == 1 && outcome.errors.contains("val/red/2.png") && outcome.output.contains("unreadable  1"))
    try program.folder.write("val/purple/1.png", Self.picture(1))
    expectError(
      try program.run("evaluate", "val", "--weights", "./mine.safetensors"), saying: "folder purple is none",
      "3 classes")
    expectError(try program.run("evaluate", "val/red", "--weights", "./mine.safetensors"), saying: "no labels")
    expectError(try program.run("evaluate", "none", "--weights", "./mine.safetensors"), saying: "no such folder")
    expectError(
      try program.run("features", "val", "--weights", "./mine.safetensors", "--output", "no/x.npy"), saying: "no folder"
    )
  }

  /// Beside x.npy goes x.csv, which must not take the place of the list that was read.
  @Test func theListThatWasReadStays() throws {
    let program = try Self.program()
    try program.folder.write("1.png", Self.picture(1))
    try program.folder.write("birds.csv", Data("path,label\n1.png,robin\n".utf8))
    let call = ["features", "birds.csv", "--weights", "./mine.safetensors", "--output"]
    expectError(try program.run(call + ["./birds.npy"]), saying: "in place of the list", "--output")
    let outcome = try program.run(call + ["rows.npy"])
    #expect(outcome.status == 0 && outcome.output == "rows.npy\nrows.csv\n")
    let list = try String(contentsOfFile: program.folder.path("rows.csv"), encoding: .utf8)
    #expect(list == "path,label\n./1.png,robin\n")
    #expect(
      try String(contentsOfFile: program.folder.path("birds.csv"), encoding: .utf8) == "path,label\n1.png,robin\n")
  }

  @Test func featuresAreWrittenWithTheirNames() throws {
    let program = try Self.program()
    for index in 0..<5 {
      try program.folder.write("data/\(index < 2 ? "a" : "b, c")/\(index).png", Self.picture(index))
    }
    try program.folder.write("data/a/torn.png", Data())
    let outcome = try program.run(
      "features", "data", "--weights", "./mine.safetensors", "--output", "x.npy", "--batch", "2")
    #expect(outcome.status == 1 && outcome.errors.contains("torn.png"))
    let features = try Tensor(contentsOfNumPyFile: program.folder.path("x.npy"))
    #expect(features.shape == [5, 512] && features.dtype == .float32)
    let list = try String(contentsOfFile: program.folder.path("x.csv"), encoding: .utf8)
    #expect(
      list == """
        path,label
        data/a/0.png,a
        data/a/1.png,a
        "data/b, c/2.png","b, c"
        "data/b, c/3.png","b, c"
        "data/b, c/4.png","b, c"

        """)
    // The head that was taken away makes of a row what the whole model makes of the picture.
    let classifier = try Classifier(contentsOf: program.folder.path("mine.safetensors"))
    let model = try #require(classifier.model as? ResNet18)
    let image = try Image(contentsOf: program.folder.path("data/b, c/3.png"))
    let logits = try model(classifier.preprocessing([image]))
    expectClose(
      model.head(features[3..<4]), logits.scalars(as: Float.self).map(Double.init), [1, 3], tolerance: 1e-4)
  }
}
