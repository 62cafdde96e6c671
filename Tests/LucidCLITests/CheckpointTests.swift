import Foundation
import Lucid
import LucidTesting
import Testing

/// `lucid checkpoint`, on files that the test writes.
@Suite struct CheckpointTests {
  private let folder: Scratch
  private let program: Program

  init() throws {
    folder = try Scratch()
    program = Program(in: folder)
    var dict = StateDict()
    dict.set("module.conv.weight", Tensor([Float](repeating: 0.5, count: 54), [2, 3, 3, 3]))
    dict.set("module.conv.bias", Tensor([-1, 3] as [Float]))
    dict.set("module.steps", Tensor(7))
    try dict.write(to: folder.path("small.pth"))
  }

  @Test func inspectShowsTheTreeAndTheNumbers() throws {
    let outcome = try program.run("checkpoint", "inspect", "small.pth", "--stats")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("small.pth: torch-zip, 3 tensors"))
    #expect(outcome.output.contains("      bias  float32 [2]  8 B  min -1, max 3, mean 1\n"))
    let folded = try program.run("checkpoint", "inspect", "small.pth", "--depth", "1")
    #expect(folded.output.contains("  module.  3 tensors, 232 B") && !folded.output.contains("bias"))
  }

  @Test func inspectPrintsJSON() throws {
    let json = try program.run("checkpoint", "inspect", "small.pth", "--stats", "--json").json()
    let report = try #require(json as? [String: Any])
    #expect(report["format"] as? String == "torch-zip" && report["element_count"] as? Int == 57)
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    #expect(tensors.map { $0["name"] as? String } == ["module.conv.weight", "module.conv.bias", "module.steps"])
    #expect((tensors[1]["stats"] as? [String: Any])?["max"] as? Double == 3)
  }

  @Test func convertRenamesAndConverts() throws {
    let outcome = try program.run(
      "checkpoint", "convert", "small.pth", "out.safetensors", "--dtype", "bf16", "--map", "-module.")
    #expect(outcome.status == 0 && outcome.output == "out.safetensors\n")
    let dict = try StateDict(contentsOf: folder.path("out.safetensors"))
    #expect(dict.keys == ["conv.weight", "conv.bias", "steps"])
    #expect(dict.type(of: "conv.bias")?.dtype == .bfloat16 && dict.type(of: "steps")?.dtype == .int64)
    let shards = try program.run("checkpoint", "convert", "small.pth", "s.safetensors", "--max-shard-size", "100")
    #expect(shards.output.hasSuffix("s.safetensors.index.json\n"))
  }

  @Test func diffSaysWhatDiffers() throws {
    #expect(try program.run("checkpoint", "diff", "small.pth", "small.pth").output == "the same: 3 tensors\n")
    var dict = try StateDict(contentsOf: folder.path("small.pth"))
    dict.set("module.conv.bias", Tensor([-1, 3.5] as [Float]))
    dict.remove("module.steps")
    dict.set("more", Tensor(1 as Float))
    try dict.write(to: folder.path("other.npz"))
    let outcome = try program.run("checkpoint", "diff", "small.pth", "other.npz", "--against", "resnet18")
    #expect(outcome.status == 1 && outcome.errors == "")
    let lines = ["- module.steps", "+ more", "~ module.conv.bias  float32[2]  1 numbers differ, by at most 0.5"]
    for line in lines { #expect(outcome.output.contains(line + "\n")) }
    #expect(outcome.output.contains("other.npz for ResNet18: 0 of 102 fit"))
  }

  @Test func checkMakesAPlan() throws {
    let model = ResNet18(numClasses: 10)
    try model.stateDict().renamed(KeyMap("+module.")).write(to: folder.path("birds.safetensors"))
    let whole = try program.run(
      "checkpoint", "check", "birds.safetensors", "--model", "resnet18", "--map", "-module.", "--classes", "10")
    #expect(whole.status == 0 && whole.output.contains("birds.safetensors for ResNet18: 122 of 122 fit"))
    let named = try program.run("checkpoint", "check", "birds.safetensors", "--model", "resnet18", "--classes", "10")
    #expect(named.status == 1 && named.output.contains("hint: 122 of 122 match after removing `module.`"))
    let json = try program.run("checkpoint", "check", "birds.safetensors", "--model", "resnet18", "--json").json()
    let fit = try #require(json as? [String: Any])
    #expect((fit["hints"] as? [String])?.last == "fc of the checkpoint has 10 classes, the model 1000")
    #expect(fit["is_complete"] as? Bool == false)
  }

  @Test func addressesAreInspectedAndCheckedByTheirHeader() throws {
    try ResNet18().stateDict().write(to: folder.path("r.safetensors"))
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: folder.path("r.safetensors"))))
    let server = try LoopbackServer(["/r.safetensors": [.file(bytes, etag: nil)]])
    let url = server.url("/r.safetensors")
    let online = Program(in: folder, ["LUCID_OFFLINE": "0"])
    let inspected = try online.run("checkpoint", "inspect", url, "--depth", "1")
    #expect(inspected.status == 0 && inspected.errors == "", "\(inspected.errors)")
    #expect(inspected.output.hasPrefix("\(url): safetensors, 122 tensors, "))
    let checked = try online.run("checkpoint", "check", url, "--model", "resnet18")
    #expect(checked.status == 0 && checked.output.hasPrefix("\(url) for ResNet18: 122 of 122 fit"), "\(checked.errors)")
    #expect(server.requests.count == 2 && server.sentBytes == 2 * 65536)
    expectError(
      try online.run("checkpoint", "inspect", url, "--stats"), status: 64, saying: "only the header is fetched")
    expectError(try online.run("checkpoint", "inspect", server.url("/no")), saying: "404 Not Found", server.url("/no"))
    expectError(try program.run("checkpoint", "check", url, "--model", "resnet18"), saying: "LUCID_OFFLINE=1")
    expectError(try online.run("checkpoint", "convert", url, "x.pth"), saying: "It is an address: fetch the file first")
  }

  @Test func elementTypesThatCannotBeReadAreShown() throws {
    let header = #"{"fc.weight":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]}}"#
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes += Data(header.utf8) + Data(count: 4)
    try bytes.write(to: URL(fileURLWithPath: folder.path("f8.safetensors")))
    let inspected = try program.run("checkpoint", "inspect", "f8.safetensors", "--stats")
    #expect(inspected.status == 0 && inspected.output.contains("    weight  F8_E4M3 [2, 2]  4 B\n"))
    let checked = try program.run("checkpoint", "check", "f8.safetensors", "--model", "resnet18")
    #expect(checked.status == 1 && checked.output.contains("cannot be read: fc.weight F8_E4M3"))
    expectError(
      try program.run("checkpoint", "convert", "f8.safetensors", "x.pth"), saying: "\"fc.weight\"", "F8_E4M3")
    let compared = try program.run("checkpoint", "diff", "f8.safetensors", "f8.safetensors")
    #expect(compared.status == 1 && compared.output.hasPrefix("? fc.weight  of an element type that cannot be read\n"))
    let types = try program.run("checkpoint", "diff", "f8.safetensors", "f8.safetensors", "--types-only")
    #expect(types.status == 0 && types.output == "the same: 1 tensors\n")
    var other = StateDict()
    other.set("fc.weight", Tensor([1, 2, 3, 4] as [Float], [2, 2]))
    try other.write(to: folder.path("f32.safetensors"))
    let changed = try program.run("checkpoint", "diff", "f32.safetensors", "f8.safetensors")
    #expect(changed.output.hasPrefix("~ fc.weight  float32[2, 2] -> F8_E4M3[2, 2]\n"))
  }

  /// The file is a hole of 8 GB, so that writing it takes longer than the signal does.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func convertLeavesNothingWhenInterrupted(_ signal: Int32, _ status: Int32) throws {
    let header = #"{"a":{"dtype":"U8","shape":[8589934592],"data_offsets":[0,8589934592]}}"#
    let start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
    try start.write(to: URL(fileURLWithPath: folder.path("big.safetensors")))
    #expect(truncate(folder.path("big.safetensors"), start.count + 8_589_934_592) == 0)
    let running = try program.start(Program.path, ["checkpoint", "convert", "big.safetensors", "out.safetensors"])
    func outputs() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("out") }
    }
    while try outputs().isEmpty, running.process.isRunning { usleep(1000) }
    kill(running.process.processIdentifier, signal)
    let outcome = try running.end()
    #expect(outcome.status == status && outcome.errors.hasPrefix("interrupted: "), "\(outcome.errors)")
    #expect(try outputs().isEmpty)
  }

  @Test func aLimitOnFilesIsAnErrorThatLeavesNothing() throws {
    var dict = StateDict()
    dict.set("a", Tensor([Float](repeating: 1, count: 1 << 16)))
    try dict.write(to: folder.path("large.safetensors"))
    for ending in ["safetensors", "pth", "npz"] {
      let outcome = try program.shell("ulimit -f 8; \"$lucid\" checkpoint convert large.safetensors out.\(ending)")
      expectError(outcome, saying: "writing out.\(ending): File too large", "ulimit -f")
    }
    #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.hasPrefix("out") }))
  }

  @Test func namesThatATerminalWouldObeyAreEscaped() throws {
    var dict = StateDict()
    dict.set("a\u{1b}[2J\u{7}\u{9b}", Tensor(1 as Float))
    try dict.write(to: folder.path("rude.safetensors"))
    let outcome = try program.run("checkpoint", "inspect", "rude.safetensors")
    #expect(outcome.output.contains(#"a\u{1B}[2J\u{07}"#), "\(outcome.output)")
    #expect(!outcome.output.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    #expect(try program.run("checkpoint", "diff", "rude.safetensors", "small.pth").output.hasPrefix(#"- a\u{1B}[2J"#))
  }

  @Test func wrongUsesAreExplained() throws {
    expectError(try program.run("checkpoint", "inspect", "none.pth"), saying: "none.pth: No such file")
    expectError(try program.run("checkpoint", "convert", "small.pth", "out"), saying: "its ending does not say")
    expectError(
      try program.run("checkpoint", "convert", "small.pth", "x.pth", "--dtype", "f8"), status: 64, saying: "not f8")
    expectError(
      try program.run("checkpoint", "convert", "small.pth", "x.pth", "--map", "module"), saying: "reading the rule")
    expectError(
      try program.run("checkpoint", "inspekt"), status: 64, saying: "Did you mean `lucid checkpoint inspect`?")
  }
}
