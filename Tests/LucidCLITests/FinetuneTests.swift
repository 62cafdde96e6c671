import Foundation
import Lucid
import LucidTesting
import Testing

/// `lucid finetune`, from pictures to a file that classifies.
@Suite(.serialized) struct FinetuneTests {
  /// Pictures of two classes: bright above and bright below.
  private func pictures(_ folder: Scratch, _ name: String = "data", count: Int = 12) throws {
    var random = RandomStream(7)
    for (label, file) in [("down", 1), ("up", 0)] {
      for index in 0..<count {
        let image = Image(
          Tensor(shape: [1, 28, 28], of: UInt8.self) { pixels in
            for place in 0..<784 { pixels[place] = UInt8(random.below(100)) + (place / 392 == file ? 120 : 0) }
          })
        try folder.write("\(name)/\(label)/\(index).png", image.pngData())
      }
    }
  }

  private static let small = [
    "finetune", "data", "--model", "lenet_5", "--weights", "none", "--epochs", "4", "--batch", "4", "--lr", "0.01",
    "--augment", "none", "--threads", "1", "--validation", "0.25",
  ]

  @Test func aFolderOfPicturesBecomesAClassifier() async throws {
    let folder = try Scratch()
    try pictures(folder)
    let program = Program(in: folder)
    let outcome = try program.run(Self.small + ["--output", "out"])
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.filter { $0.hasPrefix("epoch ") }.count == 4)
    #expect(lines.suffix(3).first == "acc@1 100.00 % of 6 validation pictures", "\(outcome.output)")
    #expect(Array(lines.suffix(2)) == ["out/model.safetensors", "out/report.html"])
    #expect(try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8).contains("<svg"))

    let named = try program.run("classify", "data/up/0.png", "--weights", "out/model.safetensors", "--top", "1")
    #expect(named.status == 0 && named.output.hasSuffix("%  up\n"), "\(named.errors)\(named.output)")

    let file = folder.path("out/model.safetensors")
    let classifier = try await Classifier(file)
    #expect(classifier.categories == ["down", "up"] && classifier.recipe.mean == [0.1307])
    try FileManager.default.copyItem(atPath: file, toPath: MineWeights.path)
    defer { try? FileManager.default.removeItem(atPath: MineWeights.path) }
    let typed = try await LeNet5(weights: MineWeights.v1)
    #expect(typed.fc3.outFeatures == 2)
  }

  @Test func ctrlCAndResumingEndInTheSameParameters() async throws {
    let folder = try Scratch()
    try pictures(folder)
    let program = Program(in: folder)
    #expect(try program.run(Self.small + ["--output", "whole"]).status == 0)

    let running = try await started(program, Self.small + ["--output", "parts"])
    kill(running.process.processIdentifier, SIGINT)
    let stopped = try running.end()
    // It may have been done before the signal came.
    #expect([0, 130].contains(stopped.status), "\(stopped.errors)")
    if stopped.status == 130 { #expect(stopped.errors.contains("--resume")) }
    #expect(try program.run(Self.small + ["--output", "parts", "--resume"]).status == 0)
    try expectSameParameters(folder, "whole", "parts")
  }

  /// Kills at any time, also while a checkpoint is written: what is there can always be resumed, and the end is the same.
  @Test func killsLoseNothing() async throws {
    let folder = try Scratch()
    try pictures(folder)
    let program = Program(in: folder)
    #expect(try program.run(Self.small + ["--output", "whole"]).status == 0)
    let checkpoint = folder.path("parts/checkpoint.safetensors")
    for round in 0..<12 {
      let isThere = FileManager.default.fileExists(atPath: checkpoint)
      let running = try program.start(
        Program.path, Self.small + ["--output", "parts", "--interval", "0"] + (isThere ? ["--resume"] : []))
      try await Task.sleep(for: .milliseconds(30 + 11 * round))
      kill(running.process.processIdentifier, SIGKILL)
      let outcome = try running.end()
      #expect([0, 128 + SIGKILL].contains(outcome.status), "\(outcome.errors)")
    }
    let isThere = FileManager.default.fileExists(atPath: checkpoint)
    let last = try program.run(Self.small + ["--output", "parts"] + (isThere ? ["--resume"] : []))
    #expect(last.status == 0, "\(last.errors)")
    try expectSameParameters(folder, "whole", "parts")
    #expect(folder.files(below: "parts") == ["checkpoint.safetensors", "model.safetensors", "report.html"])
  }

  /// Starts a training that writes all the time, and waits for its first checkpoint.
  private func started(_ program: Program, _ arguments: [String]) async throws -> Running {
    let running = try program.start(Program.path, arguments + ["--interval", "0"])
    while !FileManager.default.fileExists(atPath: program.folder.path("parts/checkpoint.safetensors")) {
      try await Task.sleep(for: .milliseconds(1))
      guard running.process.isRunning else { break }
    }
    return running
  }

  /// A limit on the size of files stands for a full disk: none is larger than 100 kB, and a checkpoint is a megabyte.
  @Test func aFullDiskLosesNothing() async throws {
    let folder = try Scratch()
    try pictures(folder)
    let program = Program(in: folder)
    #expect(try program.run(Self.small + ["--output", "whole"]).status == 0)
    let running = try await started(program, Self.small + ["--output", "parts"])
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.end()
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("parts/checkpoint.safetensors")))
    // Where the machine is busy, the training may have come to its end.
    let files = folder.files(below: "parts").filter { !$0.hasSuffix(".tmp") }

    let call = (["\"$lucid\""] + Self.small + ["--output", "parts", "--resume", "--interval", "0"])
      .joined(separator: " ")
    let full = try program.shell("trap '' XFSZ; ulimit -f 200; exec \(call)")
    #expect(full.status == 1 && full.errors.hasPrefix("error: writing parts/"), "\(full.errors)")
    #expect(full.errors.contains("File too large"), "\(full.errors)")
    #expect(folder.files(below: "parts") == files)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("parts/checkpoint.safetensors"))) == before)
    #expect(try program.run(Self.small + ["--output", "parts", "--resume"]).status == 0)
    try expectSameParameters(folder, "whole", "parts")
  }

  @Test func oneTrainingHasTheFolder() async throws {
    let folder = try Scratch()
    try pictures(folder)
    let program = Program(in: folder)
    let long = Self.small + ["--output", "parts", "--epochs", "10000"]
    let running = try await started(program, long)
    expectError(try program.run(long + ["--resume"]), saying: "another training is writing to it", "--output")
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.end()
  }

  private func expectSameParameters(_ folder: Scratch, _ left: String, _ right: String) throws {
    let dicts = try [left, right].map { try StateDict(contentsOf: folder.path("\($0)/model.safetensors")) }
    #expect(dicts[0].keys == dicts[1].keys)
    for key in dicts[0].keys {
      let pair = try dicts.map { try #require(try $0[key]).scalars(as: Float.self) }
      #expect(pair[0] == pair[1], "\(key)")
    }
  }

  @Test func whatCannotBeDoneIsSaid() throws {
    let folder = try Scratch()
    try pictures(folder)
    try pictures(folder, "one")
    try FileManager.default.removeItem(atPath: folder.path("one/up"))
    try folder.write("empty/a/1.txt", Data())
    try folder.write("empty/b/1.png", Data())
    try folder.write("unreadable/up/1.png", Data("no picture".utf8))
    try folder.write("unreadable/down/1.png", Data("no picture".utf8))
    try pictures(folder, "broken", count: 4)
    for index in 0..<4 { try folder.write("broken/up/\(index).png", Data("no picture".utf8)) }
    let program = Program(in: folder)
    func run(_ data: String, _ more: String...) throws -> Program.Outcome {
      try program.run(["finetune", data] + Self.small.dropFirst(2) + ["--output", "out"] + more)
    }
    expectError(try run("none"), saying: "reading the classes in none", "no such folder")
    expectError(try run("one"), saying: "one class only, down")
    expectError(try run("empty"), saying: "no picture in the folder a")
    expectError(try run("broken", "--skip-limit", "0"), saying: "broken/up/")
    expectError(try run("data", "--model", "lenet_6"), saying: "did you mean \"lenet_5\"?")
    expectError(try run("data", "--weights", "resnet18"), saying: "are parameters of ResNet18")
    expectError(try run("data", "--resume"), saying: "there is no out/checkpoint.safetensors")
    expectError(try run("data", "--validation", "2"), status: 64, saying: "a share between 0 and 1")
    expectError(try run("data", "--validation", "0,2"), saying: "there is no folder 0,2", "such as 0.2")
    expectError(try run("data", "--output", "data/up/0.png"), saying: "making the folder data/up/0.png: File exists")
    let blind = try run("data", "--validation", "unreadable", "--output", "blind")
    #expect(blind.status == 1 && blind.errors.contains("error: validating: none of the 2 pictures could be read"))
    #expect(blind.errors.contains("warning: left out: decoding unreadable/up/1.png"))
    expectError(try run("data", "--epochs", "0"), status: 64, saying: "--epochs must be at least 1")
    expectError(try run("data", "--unfreeze-after", "1"), status: 64, saying: "goes with --freeze backbone")
    #expect(try run("data").status == 0)
    expectError(try run("data"), saying: "it has a training already", "--resume")
    expectError(
      try run("data", "--resume", "--lr", "0.5"), saying: "learning_rate was 0.01 and is 0.5 now")
  }
}

/// A person's own enum over a file that fine-tuning has written.
private enum MineWeights: String, WeightsEnum {
  case v1 = "MINE_V1"
  typealias Model = LeNet5

  static let path = FileManager.default.temporaryDirectory.appending(path: "lucid-mine-\(getpid()).safetensors").path

  var entry: WeightEntry {
    let data = (try? Data(contentsOf: URL(fileURLWithPath: Self.path))) ?? Data()
    return WeightEntry(
      sources: [WeightSource(.file(Self.path), digest: .sha256(sha256(data)), format: .safetensors)],
      meta: WeightMeta(categories: ["down", "up"]))
  }
}
