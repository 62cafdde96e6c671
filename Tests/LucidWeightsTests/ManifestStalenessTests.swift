import Foundation
import Testing

@testable import LucidGenerator

@Suite("lucid-generate")
struct ManifestStalenessTests {
  @Test("The package's own generated files are what their manifests say")
  func current() throws {
    var said: [String] = []
    let models = ManifestFixtures.package.appendingPathComponent("Sources/LucidModels").path
    #expect(try LucidGenerate.run(["--all", models, "--check"]) { said.append($0) } == 0)
    #expect(said == [])
  }

  @Test("--check names a stale file and writes nothing; --all writes it; a current file is left alone")
  func stale() throws {
    try ManifestFixtures.withFolder { folder in
      let family = folder.appendingPathComponent("Birds")
      try FileManager.default.createDirectory(at: family, withIntermediateDirectories: true)
      try ManifestFixtures.data("Birds.weights.json").write(to: family.appendingPathComponent("Birds.weights.json"))
      let output = family.appendingPathComponent("Birds+Weights.swift")
      let catalogue = folder.appendingPathComponent("WeightCatalog+BuiltIn.swift")
      var said: [String] = []
      let check = { try LucidGenerate.run(["--all", folder.path, "--check"]) { said.append($0) } }

      #expect(try check() == 1)
      #expect(said.count == 2 && said[0].contains("Birds+Weights.swift") && said[1].contains("WeightCatalog+BuiltIn"))
      #expect(!FileManager.default.fileExists(atPath: output.path))

      #expect(try LucidGenerate.run(["--all", folder.path]) { _ in } == 0)
      #expect(try String(contentsOf: output, encoding: .utf8) == ManifestFixtures.text("Birds+Weights.swift.txt"))
      #expect(try String(contentsOf: catalogue, encoding: .utf8).contains("    birds,\n"))
      said = []
      #expect(try check() == 0)
      #expect(said == [])

      try Data("// edited\n".utf8).write(to: output)
      #expect(try check() == 1)
      #expect(said.count == 1 && said[0].contains("Birds+Weights.swift is not what its manifest says"))
    }
  }

  @Test("One manifest is written where asked, with the access and import asked for")
  func one() throws {
    try ManifestFixtures.withFolder { folder in
      let input = folder.appendingPathComponent("Birds.weights.json")
      let output = folder.appendingPathComponent("out.swift")
      try ManifestFixtures.data("Birds.weights.json").write(to: input)
      let arguments = [input.path, "--output", output.path, "--access", "internal", "--import", "Lucid"]
      #expect(try LucidGenerate.run(arguments) { _ in } == 0)
      let text = try String(contentsOf: output, encoding: .utf8)
      #expect(text.contains("\nimport Lucid\n") && text.contains("\nenum BirdWeights: ") && !text.contains("public"))
    }
  }

  @Test("A family must be named as its file")
  func family() throws {
    try ManifestFixtures.withFolder { folder in
      try ManifestFixtures.data("Birds.weights.json").write(to: folder.appendingPathComponent("Fish.weights.json"))
      let error = #expect(throws: ManifestError.self) { try LucidGenerate.run(["--all", folder.path]) { _ in } }
      #expect(error?.problem == "\"Birds\" should be \"Fish\", as the file is")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["Fish.weights.json"])
    }
  }

  @Test(
    "A wrong command line is answered with what is wrong",
    arguments: [
      ([], "expected one manifest, found 0"), (["a", "b"], "expected one manifest, found 2"),
      (["a"], "--output is missing"), (["a", "--output"], "--output needs a value"),
      (["a", "--output", "b", "--access", "open"], "--access is public or internal, not open"),
      (["a", "--output", "b", "--import", "My Module"], "--import needs a module, not My Module"),
      (["a", "--output", "b", "--output", "c"], "--output is given twice"), (["--wrong"], "unknown option --wrong"),
      (["a", "--output", "b", "--check"], "--check goes with --all"),
      (["--all", "a", "b"], "--all takes no input and no --output"), (["--all", "--check"], "--all needs a value"),
    ] as [([String], String)])
  func options(arguments: [String], problem: String) {
    let error = #expect(throws: ManifestError.self) { try LucidGenerate.run(arguments) { _ in } }
    #expect(error?.problem == "\(problem); see lucid-generate --help")
  }

  @Test("A manifest that is not there and a folder without any are said so")
  func missing() throws {
    let error = #expect(throws: ManifestError.self) {
      try LucidGenerate.run(["/no/such.weights.json", "--output", "/no/such.swift"]) { _ in }
    }
    #expect(error?.problem.hasPrefix("cannot be read: ") == true)
    try ManifestFixtures.withFolder { folder in
      let error = #expect(throws: ManifestError.self) { try LucidGenerate.run(["--all", folder.path]) { _ in } }
      #expect(error?.problem == "has no file named <Family>.weights.json")
    }
  }

  @Test("A place that cannot be written is said so")
  func unwritable() throws {
    try ManifestFixtures.withFolder { folder in
      let input = folder.appendingPathComponent("Birds.weights.json")
      try ManifestFixtures.data("Birds.weights.json").write(to: input)
      let output = folder.appendingPathComponent("missing/out.swift").path
      let error = #expect(throws: ManifestError.self) {
        try LucidGenerate.run([input.path, "--output", output]) { _ in }
      }
      #expect(error?.file == output && error?.problem.hasPrefix("cannot be written: ") == true)
    }
  }

  @Test("--help tells the usage")
  func help() throws {
    var said = ""
    #expect(try LucidGenerate.run(["--help"]) { said += $0 } == 0)
    #expect(said.contains("--output") && said.contains("--check"))
  }
}
