import Foundation
import Lucid
import LucidTesting
import Testing

/// `lucid profile`, and how many threads compute.
@Suite struct ProfileTests {
  @Test func theTableHasEveryOperation() throws {
    let program = Program(in: try Scratch(), ["LUCID_CONV": "direct"])
    let outcome = try program.run("profile", "resnet18", "--size", "64", "--runs", "1", "--threads", "1")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("ResNet18, [1, 3, 64, 64], 1 thread, peak ") == true)
    for column in ["operation", "kernel", "ms", "GFLOP/s", "% of peak"] { #expect(lines[1].contains(column)) }
    #expect(lines.count { $0.contains("FusedConvolution") && $0.contains("direct ") } == 20)
    #expect(lines.last?.hasPrefix("sum") == true)
  }

  @Test func jsonAndPictureSayTheSame() throws {
    let program = Program(in: try Scratch())
    let outcome = try program.run(
      "profile", "lenet5", "--weights", "DEFAULT", "--batch", "2", "--threads", "2", "--runs", "1", "--json", "--svg",
      "layers.svg")
    #expect(outcome.status == 0, "\(outcome)")
    let report = try #require(try outcome.json() as? [String: Any])
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(report["threads"] as? Int == 2 && (report["input"] as? [Int])?.first == 2)
    #expect(layers.count { $0["gigaflops"] != nil && $0["utilization"] != nil } == 5, "two convolutions, three layers")
    let svg = try String(contentsOfFile: program.folder.path("layers.svg"), encoding: .utf8)
    #expect(svg.components(separatedBy: "<title>").count == layers.count + 1, "a bar for each")
    for layer in layers {
      #expect(svg.contains(">\(layer["kernel"] as? String ?? "loops")</text>"), "the legend names each kernel")
    }
  }

  @Test func whatCannotBeProfiledIsSaid() throws {
    let program = Program(in: try Scratch())
    expectError(try program.run("profile", "vgg11", "--size", "16"), saying: "at least 32x32, found 16x16")
    expectError(try program.run("profile", "lenet5", "--svg", "none/a.svg"), saying: "none/a.svg", "no folder")
    expectError(try program.run("profile", "lenet5", "--weights", "./none.pth"), saying: "none.pth")
  }

  @Test(arguments: ["0", "-1", "two", "1025", " 2"]) func variablesThatAreNoNumberOfThreadsAreRefused(text: String)
    throws
  {
    let program = Program(in: try Scratch(), ["LUCID_THREADS": text])
    expectError(try program.run("models"), saying: "LUCID_THREADS", "\"\(text)\"", "from 1 to 1024")
  }

  @Test func theOptionWinsOverOneVariableAndThatOverTheOther() throws {
    let program = Program(in: try Scratch(), ["LUCID_THREADS": "2", "OMP_NUM_THREADS": "4"])
    let profile = ["profile", "lenet5", "--runs", "1"]
    #expect(try program.run(profile).output.contains(" 2 threads"))
    #expect(try program.run(profile + ["--threads", "3"]).output.contains(" 3 threads"))
    let other = Program(in: try Scratch(), ["OMP_NUM_THREADS": "4"])
    #expect(try other.run(profile).output.contains(" 4 threads"))
  }

  @Test(
    "The same number of threads gives the same bits, another one the same numbers", arguments: ["direct", "winograd"])
  func threadsDoNotChangeResults(convolutions: String) throws {
    let folder = try Scratch()
    try ResNet18().stateDict().write(to: folder.path("r.safetensors"))
    try Tensor.randn([2, 3, 97, 113], generator: Generator(seed: 1)).write(toNumPyFile: folder.path("x.npy"))
    func logits(_ threads: Int) throws -> [Float] {
      let program = Program(in: folder, ["LUCID_THREADS": "\(threads)", "LUCID_CONV": convolutions])
      let outcome = try program.run(
        "run", "resnet18", "--weights", "./r.safetensors", "--input", "x.npy", "--output", "y.npy")
      #expect(outcome.status == 0, "\(outcome)")
      return try Tensor(contentsOfNumPyFile: folder.path("y.npy")).scalars(as: Float.self)
    }
    let one = try logits(1)
    let largest = one.reduce(0) { max($0, abs($1)) }
    for threads in 1...4 {
      let found = try logits(threads)
      #expect(try found == logits(threads), "\(threads) threads")
      expectClose(found, one.map(Double.init), tolerance: 1e-5 * Double(largest), "\(threads) threads")
    }
  }
}
