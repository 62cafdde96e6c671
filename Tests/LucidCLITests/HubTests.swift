import Foundation
import LucidTesting
import Testing

/// Choosing, locking and keeping checkpoints from the command line.
@Suite struct HubTests {
  /// A program with two files fetched into its cache.
  private func stocked() throws -> (program: Program, paths: [String]) {
    let program = Program(in: try Scratch())
    var paths: [String] = []
    for (index, size) in [3000, 5000].enumerated() {
      let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* (index + 3)) })
      let name = "m\(index).bin"
      try program.folder.write("home/manual/\(name)", data)
      let outcome = try program.run("weights", "fetch", "https://x.invalid/\(name)", "--sha256", sha256(data))
      #expect(outcome.status == 0, "\(outcome.errors)")
      paths.append(outcome.output.trimmingCharacters(in: .newlines))
    }
    return (program, paths)
  }

  @Test func listIsFilteredAndSorted() throws {
    let program = Program(in: try Scratch())
    let rows = try #require(
      try program.run("weights", "list", "--json", "--family", "vgg", "--max-gflops", "12", "--sort", "accuracy").json()
        as? [[String: Any]])
    #expect(rows.map { $0["model"] as? String } == ["vgg_13_bn", "vgg_11_bn", "vgg_13", "vgg_11"])
    let small = try program.run("weights", "list", "--max-size", "20", "--min-accuracy", "71.9", "--sort", "size")
    #expect(small.status == 0)
    let names = small.output.split(separator: "\n").dropFirst().prefix(2).map { $0.prefix { $0 != " " } }
    #expect(names == ["LeNet_5_Weights.MNIST5K", "MobileNet_V2_Weights.IMAGENET1K_V2"])
    expectError(try program.run("weights", "list", "--license", "gpl"), saying: "leave none", "apache-2.0")
    expectError(
      try program.run("weights", "list", "--family", "birds"), saying: "no family is named \"birds\"", "ResNet")
  }

  @Test func searchFindsByWords() throws {
    let program = Program(in: try Scratch())
    let rows = try #require(try program.run("weights", "search", "wide", "101", "--json").json() as? [[String: Any]])
    #expect(Set(rows.compactMap { $0["model"] as? String }) == ["wide_resnet_101_2"])
    expectError(try program.run("weights", "search", "nosuchthing"), saying: "no checkpoint fits")
  }

  @Test func cacheIsListedAndShrunk() throws {
    let (program, paths) = try stocked()
    let list = try program.run("cache")
    #expect(list.output.contains("m0-") && list.output.contains("8.0 kB in "))
    let dry = try program.run("cache", "prune", "--max-size", "5kB", "--dry-run")
    #expect(dry.output.contains("would remove m0-") && !dry.output.contains("m1-"))
    #expect(try program.run("cache", "prune", "--max-size", "5kB").output.hasSuffix("3.0 kB freed\n"))
    #expect(!FileManager.default.fileExists(atPath: paths[0]) && FileManager.default.fileExists(atPath: paths[1]))
    #expect(try program.run("cache", "rm", (paths[1] as NSString).lastPathComponent).status == 0)
    #expect(program.folder.files(below: "home") == [])
    expectError(try program.run("cache", "rm", "m1.bin"), saying: "nothing in", "lucid cache ls")
  }

  @Test func doctorFindsAndRemovesWhatIsDamaged() throws {
    let (program, paths) = try stocked()
    #expect(try program.run("cache", "doctor").output == "2 files, all as they should be\n")
    let blob = URL(fileURLWithPath: paths[0]).resolvingSymlinksInPath().path
    chmod(blob, 0o644)
    try Data(repeating: 7, count: 3000).write(to: URL(fileURLWithPath: blob))
    try program.folder.write("home/partial/\(String(repeating: "a", count: 64)).idle-x/bytes", Data(count: 10))
    let sick = try program.run("cache", "doctor")
    #expect(sick.status == 1)
    #expect(sick.output.contains("damaged: \(blob)") && sick.output.contains("abandoned: "))
    #expect(sick.output.hasSuffix("2 files; `lucid cache doctor --fix` removes what is safe to remove\n"))
    #expect(try program.run("cache", "doctor", "--fix").status == 0)
    #expect(try program.run("cache", "doctor").output == "1 file, all as they should be\n")
  }

  @Test func aCacheThatIsAFileIsSaid() throws {
    let program = Program(in: try Scratch())
    try program.folder.write("home", Data("not a folder".utf8))
    for command in ["ls", "doctor"] {
      expectError(try program.run("cache", command), saying: "it is a file, not a folder", "LUCID_HOME")
    }
  }

  @Test(arguments: ["{", "{}", "[1]"]) func aDamagedLockFileIsSaidInWords(text: String) throws {
    let program = Program(in: try Scratch())
    try program.folder.write("lucid.lock", Data(text.utf8))
    let outcome = try program.run("weights", "lock", "efficientnet_lite0")
    expectError(outcome, saying: "reading the lock file lucid.lock", "version control")
    #expect(!outcome.errors.contains("Decoding"))
  }

  @Test func lockIsWrittenAndHonoured() throws {
    let program = Program(in: try Scratch())
    let written = try program.run("weights", "lock", "efficientnet_lite0")
    #expect(written.status == 0 && written.output.contains("57934424"))
    let frozen = try program.run("weights", "download", "--frozen", "resnet18")
    expectError(frozen, saying: "lucid.lock does not name it", "lucid weights lock")
    let path = program.folder.path("lucid.lock")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("\"57934424", with: "\"00000000").write(toFile: path, atomically: true, encoding: .utf8)
    let changed = try program.run("weights", "download", "--frozen", "efficientnet_lite0")
    expectError(changed, saying: "sha256:00000000", "sha256:57934424")
  }

  @Test func verifyNamesWhatIsMissing() throws {
    let program = Program(in: try Scratch())
    #expect(try program.run("weights", "verify").output == "No checkpoint is on this machine yet.\n")
    expectError(try program.run("weights", "verify", "resnet18"), saying: "is not on this machine")
  }

  @Test(arguments: ["5XB", "-1", "GB", "1e99TB"])
  func wrongSizesAreRefused(size: String) throws {
    #expect(try Program(in: Scratch()).run("cache", "prune", "--max-size=\(size)").status == 64)
  }
}
