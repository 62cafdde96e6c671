import Foundation
import LucidTesting
import Testing

/// How the program is called, and what it says of that.
@Suite struct UsageTests {
  static let helps: [[String]] = [
    [], ["--help"], ["classify", "--help"], ["evaluate", "--help"], ["features", "--help"], ["weights", "--help"],
    ["weights", "list", "--help"],
    ["weights", "info", "--help"], ["weights", "download", "--help"], ["weights", "plot", "--help"],
    ["weights", "add", "--help"], ["cache", "doctor", "--help"], ["models", "--help"],
    ["models", "list", "--help"],
    ["models", "info", "--help"], ["run", "--help"], ["help", "run"], ["profile", "--help"], ["finetune", "--help"],
    ["checkpoint", "--help"],
    ["checkpoint", "inspect", "--help"], ["checkpoint", "diff", "--help"], ["checkpoint", "convert", "--help"],
    ["checkpoint", "check", "--help"],
  ]

  @Test(arguments: helps) func helpIsPrinted(_ arguments: [String]) throws {
    let outcome = try Program(in: Scratch()).run(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("USAGE: lucid"))
    // A longer line would be broken where it may not be, as in the middle of an example.
    for line in outcome.output.split(separator: "\n") where !line.hasPrefix("USAGE") { #expect(line.count <= 80) }
  }

  @Test func theVersionIsPrinted() throws {
    let outcome = try Program(in: Scratch()).run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /lucid \d+\.\d+\.\d+\n/) != nil)
  }

  static let wrongCalls: [([String], String)] = [
    (["clasify", "x.jpg"], "Did you mean `lucid classify`?"),
    (["weights", "dowload"], "Did you mean `lucid weights download`?"),
    (["weights", "resnet18"], "Did you mean `lucid weights info resnet18`?"),
    (
      ["zebra"],
      "The commands are classify, evaluate, features, finetune, weights, cache, models, run, profile, checkpoint."
    ),
    (["classify"], "Missing expected argument '<images> ...'"),
    (["evaluate"], "'<data>'"), (["features", "x"], "--output"), (["classify", "x.jpg", "--batch", "0"], "--batch"),
    (["classify", "x.jpg", "--top", "0"], "--top must be at least 1, not 0."),
    (["classify", "x.jpg", "--top", "-3"], "--top"), (["classify", "x.jpg", "--top", "many"], "'many' is invalid"),
    (["classify", "x.jpg", "--wieghts", "resnet18"], "Did you mean '--weights'?"),
    (["weights", "info"], "Missing expected argument '<name>'"), (["weights", "download"], "'<names> ...'"),
    (["models", "info"], "'<name>'"), (["run"], "'<model>'"), (["run", "resnet18"], "--weights"),
    (["run", "resnet18", "--weights", "x.pth", "--input", "x.npy", "--output", "y.npy", "--classes", "0"], "not 0"),
    (["run", "resnet18", "--weights", "DEFAULT", "--input", "x.npy", "--output", "y", "--classes", "9"], "published"),
    (["profile"], "'<model>'"),
    (["profile", "resnet18", "--threads", "0"], "--threads must be from 1 to 1024, not 0."),
    (["profile", "resnet18", "--batch", "0"], "--batch"), (["profile", "resnet18", "--size", "0"], "--size"),
    (["profile", "resnet18", "--runs", "0"], "--runs"), (["profile", "resnet18", "--svg", "a.pdf"], ".svg or .png"),
  ]

  @Test(arguments: wrongCalls) func wrongCallsAreExplained(_ arguments: [String], _ words: String) throws {
    expectError(try Program(in: Scratch()).run(arguments), status: 64, saying: words)
  }

  @Test func aPictureInPlaceOfACommandIsExplained() throws {
    let folder = try Scratch()
    try folder.write("cat.jpg", Data())
    expectError(try Program(in: folder).run("cat.jpg"), status: 64, saying: "Did you mean `lucid classify cat.jpg`?")
  }

  static let unknownNames: [([String], String)] = [
    (["weights", "info", "resnet_81"], "did you mean \"resnet_18\"?"),
    (["weights", "info", "ResNet_18_Weights.IMAGENET1K_V9"], "did you mean \"IMAGENET1K_V1\"?"),
    (["weights", "info", "IMAGENET1K_V1"], "Put the model before it"),
    (["weights", "download", "mobilnet_v2"], "did you mean \"mobilenet_v2\"?"),
    (["models", "info", "rsnet18"], "did you mean \"resnet_18\"?"),
    (["models", "info", "zebra"], "`lucid models list`"),
    (["models", "info", ""], "no model is named \"\""),
    (["classify", "x.jpg", "--weights", "alexnte"], "did you mean \"alexnet\"?"),
    (["classify", "x.jpg", "--weights", "vgg16.IMAGENET1K_FEATURES"], "classify nothing"),
    (["profile", "alexnt"], "did you mean \"alexnet\"?"),
    (["profile", "resnet18", "--weights", "resnet34"], "Its own are ResNet_18_Weights.IMAGENET1K_V1."),
    (["run", "alexnt", "--weights", "DEFAULT", "--input", "x.npy", "--output", "y.npy"], "did you mean \"alexnet\"?"),
    (
      ["run", "resnet18", "--weights", "IMAGNET1K_V1", "--input", "x.npy", "--output", "y.npy"],
      "did you mean \"IMAGENET1K_V1\"?"
    ),
    (
      ["run", "resnet18", "--weights", "resnet34", "--input", "x.npy", "--output", "y.npy"],
      "Its own are ResNet_18_Weights.IMAGENET1K_V1."
    ),
  ]

  @Test(arguments: unknownNames) func unknownNamesAreExplained(_ arguments: [String], _ words: String) throws {
    expectError(try Program(in: Scratch()).run(arguments), saying: words)
  }
}
