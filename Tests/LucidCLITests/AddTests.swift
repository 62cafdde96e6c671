import Foundation
import Lucid
import LucidTesting
import Testing

@testable import LucidGenerator

/// `weights add`: what it writes is a manifest that the generator takes.
@Suite struct AddTests {
  /// A program beside a checkpoint of MobileNetV2 with five classes, `m.safetensors`.
  private func program() throws -> Program {
    let folder = try Scratch()
    var dict = MobileNetV2(numClasses: 5).stateDict()
    dict.metadata["license"] = "cc0-1.0"
    try dict.write(to: folder.path("m.safetensors"))
    try folder.write("birds.txt", Data("robin\n\n wren \ntit\nowl\njay\n".utf8))
    return Program(in: folder)
  }

  private func manifest(_ program: Program, _ name: String) throws -> Manifest {
    try ManifestReader.read(Data(contentsOf: URL(fileURLWithPath: program.folder.path(name))), file: name)
  }

  @Test func aCheckpointBecomesAManifestThatTheGeneratorTakes() throws {
    let program = try program()
    let outcome = try program.run(
      "weights", "add", "m.safetensors", "--name", "garden_birds_v1", "--categories", "birds.txt", "--preprocessing",
      "mobilenet_v2", "--metric", "Birds/acc@1=91.5", "--recipe", "https://example.org/how", "--notes",
      "Say \"hi\" \\o/")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("GardenBirds.weights.json\n") && outcome.output.contains("cc0-1.0"))
    let manifest = try manifest(program, "GardenBirds.weights.json")
    let model = try #require(manifest.models.first)
    #expect(model.type == "MobileNetV2" && model.swiftEnum == "GardenBirdsWeights", "found by names and shapes")
    let weight = try #require(model.weights.first)
    #expect(weight.tag == "GARDEN_BIRDS_V1" && weight.swiftCase == "v1" && model.defaultTag == weight.tag)
    #expect(weight.categories == .list(["robin", "wren", "tit", "owl", "jay"]))
    #expect(weight.numParams == MobileNetV2(numClasses: 5).parameterCount)
    #expect(weight.license == "cc0-1.0" && weight.notes == "Say \"hi\" \\o/")
    #expect(weight.metrics == [ManifestMetric(dataset: "Birds", name: "acc@1", value: 91.5)])
    #expect(weight.preprocessing?.resize == 232)
    let data = try Data(contentsOf: URL(fileURLWithPath: program.folder.path("m.safetensors")))
    #expect(weight.sources[0].sha256 == sha256(data) && weight.sources[0].byteCount == data.count)
    #expect(weight.sources[0].location == .file(program.folder.path("m.safetensors")))
    let swift = SwiftEmitter(access: .internal, module: "Lucid").text(manifest, source: "GardenBirds.weights.json")
    #expect(swift.contains("enum GardenBirdsWeights: String, WeightsEnum") && swift.contains("case v1 = "))
  }

  @Test func anotherIsAddedAndTheRestStaysAsItWas() throws {
    let program = try program()
    #expect(try program.run("weights", "add", "m.safetensors", "--name", "birds_v1").status == 0)
    let path = program.folder.path("Birds.weights.json")
    let first = try String(contentsOfFile: path, encoding: .utf8)
    // As a person may have edited it: a number with a zero at its end, a line of notes.
    let edited = first.replacing("\"gflops\": null", with: "\"gflops\": 0.30")
    try edited.write(toFile: path, atomically: true, encoding: .utf8)
    let outcome = try program.run(
      "weights", "add", "m.safetensors", "--name", "birds_v2", "--url", "https://example.org/m.safetensors", "--url",
      "hf://o/r@v1/m.safetensors", "--json")
    let report = try #require(try outcome.json() as? [String: Any])
    #expect(report["swift_name"] as? String == "BirdsWeights.v2" && report["num_classes"] as? Int == 5)
    #expect((report["keys"] as? [String])?.count == 314)
    let models = try manifest(program, "Birds.weights.json").models
    #expect(models.count == 1 && models[0].weights.map(\.tag) == ["BIRDS_V1", "BIRDS_V2"])
    #expect(models[0].weights[1].numClasses == 5 && models[0].weights[1].sources.count == 2)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"gflops\": 0.30"))
    #expect(text.hasPrefix(edited.prefix(while: { $0 != "]" })))
  }

  @Test func aTagThatIsThereIsNotOverwritten() throws {
    let program = try program()
    #expect(try program.run("weights", "add", "m.safetensors", "--name", "birds_v1").status == 0)
    let path = program.folder.path("Birds.weights.json")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    for name in ["birds_v1", "Birds-V1"] {
      expectError(
        try program.run("weights", "add", "m.safetensors", "--name", name), saying: "BIRDS_V1 already", "another --name"
      )
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func aModelOfOnesOwnIsNamedByItsType() throws {
    let program = Program(in: try Scratch())
    var dict = StateDict()
    dict.set("w", .zeros([3, 4]))
    dict.set("norm.running_mean", .zeros([7]))
    try dict.write(to: program.folder.path("mine.pth"))
    expectError(
      try program.run("weights", "add", "mine.pth", "--name", "mine"), saying: "none of Lucid's models", "--type")
    #expect(try program.run("weights", "add", "mine.pth", "--name", "mine", "--type", "MyNet").status == 0)
    let weight = try manifest(program, "Mine.weights.json").models[0].weights[0]
    #expect(weight.numParams == 12 && weight.numClasses == nil && weight.sources[0].format == "pytorch")
    // From then on the manifest says whose it is.
    #expect(try program.run("weights", "add", "mine.pth", "--name", "mine_v2").status == 0)
    expectError(
      try program.run("weights", "add", "mine.pth", "--name", "mine_v3", "--type", "Other"), saying: "is a MyNet")
  }

  static let faults: [(arguments: [String], words: String)] = [
    (["none.pth", "--name", "x"], "none.pth"), (["x.npz", "--name", "x", "--type", "X"], "lucid checkpoint convert"),
    ([".", "--name", "x", "--type", "X"], "it is a folder"),
    (["m.pth", "--name", "x", "--model", "resnet18"], "lucid checkpoint check"),
    (["m.pth", "--name", "x", "--model", "rsnet18"], "did you mean"),
    (["m.pth", "--name", "x", "--type", "X", "--categories", "none.txt"], "none.txt"),
    (["m.pth", "--name", "x", "--type", "X", "--preprocessing", "zebra"], "no model is named"),
    (["m.pth", "--name", "broken", "--type", "X"], "it is no JSON"),
    (["m.pth", "--name", "old", "--type", "X"], "no manifest of version 1"),
  ]

  @Test(arguments: faults) func faultsAreNamedAndNothingIsWritten(arguments: [String], words: String) throws {
    let program = Program(in: try Scratch())
    var dict = StateDict()
    dict.set("w", .zeros([3]))
    for name in ["m.pth", "x.npz"] { try dict.write(to: program.folder.path(name)) }
    try program.folder.write("Broken.weights.json", Data("{".utf8))
    try program.folder.write("Old.weights.json", Data("{\"manifest\": 2}".utf8))
    expectError(try program.run(["weights", "add"] + arguments), saying: words)
    let manifests = program.folder.files(below: "").filter { $0.hasSuffix(".weights.json") }
    #expect(manifests == ["Broken.weights.json", "Old.weights.json"])
  }

  static let wrongCalls: [[String]] = [
    ["--name", "3b"], ["--name", "a b"], ["--name", "default"], ["--name", "x", "--model", "a", "--type", "B"],
    ["--name", "x", "--type", "a-b"], ["--name", "x", "--output", "x.json"], ["--name", "x", "--url", "ftp://x/y"],
    ["--name", "x", "--metric", "acc=1"], ["--name", "x", "--metric", "D/acc@1=101"],
    ["--name", "x", "--metric", "D/=1"],
  ]

  @Test(arguments: wrongCalls) func wrongCallsAreExplained(arguments: [String]) throws {
    let outcome = try Program(in: Scratch()).run(["weights", "add", "m.pth"] + arguments)
    expectError(outcome, status: 64, saying: "--")
  }
}
