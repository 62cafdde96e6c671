import Foundation
import Lucid
import LucidTesting
import Testing

/// What `weights` and `models` say, which needs no file and no network.
@Suite struct ListingTests {
  @Test func everyCheckpointIsListed() throws {
    let program = Program(in: try Scratch())
    let text = try program.run("weights", "list")
    #expect(text.status == 0 && text.errors == "")
    let facts = try #require(try program.run("weights", "list", "--json").json() as? [[String: Any]])
    #expect(facts.compactMap { $0["name"] as? String } == WeightCatalog.builtIn.allWeights.map(\.weights.name))
    for fact in facts {
      #expect(text.output.contains(try #require(fact["name"] as? String)))
      #expect(fact["sources"] is [[String: Any]])
    }
  }

  /// 98 % of MNIST is worse than 60 % of ImageNet: nobody should read one list of both.
  @Test func accuraciesOfDifferentDataAreToldApart() throws {
    let program = Program(in: try Scratch())
    let text = try program.run("weights", "list", "--sort", "accuracy").output.split(separator: "\n").map(String.init)
    let rows = text.filter { $0.contains("_Weights.") }
    let measured = rows.filter { $0.contains("-1K") || $0.contains("MNIST-5K") }
    #expect(measured.last?.hasPrefix("LeNet_5_Weights.MNIST5K") == true && rows.first?.contains("ImageNet-1K") == true)
    let digits = try program.run("weights", "list", "--dataset", "MNIST-5K", "--json").json() as? [[String: Any]]
    #expect(digits?.compactMap { $0["name"] as? String } == ["LeNet_5_Weights.MNIST5K"])
    expectError(
      try program.run("weights", "list", "--dataset", "CIFAR"), saying: "no accuracy was measured on \"CIFAR\"",
      "ImageNet-1K, MNIST-5K")
  }

  @Test func everyModelIsListed() throws {
    let program = Program(in: try Scratch())
    let text = try program.run("models")
    #expect(text.status == 0 && text.errors == "")
    let facts = try #require(try program.run("models", "list", "--json").json() as? [[String: Any]])
    #expect(facts.compactMap { $0["name"] as? String } == WeightCatalog.builtIn.models.map(\.name))
    for fact in facts { #expect(text.output.contains(try #require(fact["name"] as? String))) }
    let resnet = try #require(facts.first { $0["name"] as? String == "resnet_18" })
    #expect(resnet["num_params"] as? Int == 11_689_512)
  }

  @Test(arguments: ["ResNet_18_Weights.IMAGENET1K_V1", "resnet18", "ResNet18.default", "resnet-18:imagenet1k"])
  func aCheckpointIsDescribed(_ name: String) throws {
    let program = Program(in: try Scratch())
    let text = try program.run("weights", "info", name)
    #expect(text.status == 0 && text.errors == "")
    for fact in [
      "ResNet_18_Weights.IMAGENET1K_V1\n", "69.758 (ImageNet-1K)", "11689512", "resnet18-f37072fd.pth", "tench",
      "bsd-3-clause", "no; `lucid weights download",
    ] { #expect(text.output.contains(fact)) }
    let json = try #require(try program.run("weights", "info", name, "--json").json() as? [String: Any])
    #expect(json["tag"] as? String == "IMAGENET1K_V1")
    #expect((json["metrics"] as? [String: [String: Double]])?["ImageNet-1K"]?["acc@1"] == 69.758)
    #expect((json["preprocessing"] as? [String: Any])?["resize"] as? Int == 256)
    #expect(json["cached_path"] == nil)
  }

  @Test func aModelIsDescribed() throws {
    let program = Program(in: try Scratch())
    let text = try program.run("models", "info", "resnet18")
    #expect(text.status == 0 && text.errors == "")
    #expect(text.output.hasPrefix("ResNet18  # 11,689,512 parameters"))
    #expect(text.output.contains("weight [64, 3, 7, 7]"))
    let json = try #require(try program.run("models", "info", "resnet18", "--json").json() as? [String: Any])
    #expect(json["type"] as? String == "ResNet18")
  }

  static let scripts: [(String, Int32, String)] = [
    ("\"$lucid\" weights list | head -n 1 > /dev/null", 0, ""),
    ("\"$lucid\" --help > /dev/full", 1, "error: writing to standard output: No space left on device.\n"),
    ("\"$lucid\" weights list --json >&-", 1, "error: writing to standard output: Bad file descriptor.\n"),
    ("\"$lucid\" models info zebra 2>&-", 1, ""), ("\"$lucid\" models info zebra 2>/dev/full", 1, ""),
    ("\"$lucid\" models list <&- >/dev/null", 0, ""),
  ]

  /// What the output is written to fails, or nobody reads it.
  @Test(arguments: scripts)
  func outputThatCannotBeWritten(_ script: String, _ status: Int32, _ errors: String) throws {
    let outcome = try Program(in: Scratch()).shell(script)
    #expect(outcome.status == status)
    #expect(outcome.errors == errors)
  }
}
