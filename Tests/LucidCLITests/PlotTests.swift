import Foundation
import Lucid
import LucidTesting
import Testing

/// `weights plot`.
@Suite struct PlotTests {
  @Test func svgShowsWhatIsFiltered() throws {
    let program = Program(in: try Scratch())
    let outcome = try program.run("weights", "plot", "--family", "vgg", "--output", "a.svg")
    #expect(outcome.status == 0 && outcome.output == "a.svg\n")
    #expect(outcome.errors.hasPrefix("1 without an accuracy or gflops"), "VGG-16's features classify nothing")
    let svg = try String(contentsOfFile: program.folder.path("a.svg"), encoding: .utf8)
    for text in ["GFLOPs", "size of the file (MiB)", "acc@1 on ImageNet-1K (%)", "Pareto frontier", "VGG19BN", ">VGG<"]
    {
      #expect(svg.contains(text), "\(text)")
    }
    let drawn = WeightCatalog.builtIn.allWeights.filter { $0.model.family == "VGG" && $0.weights.meta.acc1 != nil }
    for row in drawn {
      #expect(svg.components(separatedBy: "<title>\(row.weights.name): acc@1").count == 3, "once in each chart")
    }
    #expect(!svg.contains("ResNet"))
  }

  @Test func pngIsAPicture() throws {
    let program = Program(in: try Scratch())
    let arguments = ["weights", "plot", "--family", "AlexNet", "--against", "params", "-o", "A.PNG"]
    #expect(try program.run(arguments).status == 0)
    let picture = try Image(contentsOf: program.folder.path("A.PNG"))
    #expect(picture.width == 1920 && picture.height > 1080)
    #expect(Set(picture.pixels).count > 10)
  }

  @Test func accuraciesOfOneDataSetAreDrawn() throws {
    let program = Program(in: try Scratch())
    let all = try program.run("weights", "plot", "--against", "params", "--output", "a.svg")
    #expect(all.status == 0 && all.errors.contains("1 measured on other data than ImageNet-1K are not drawn"))
    let svg = try String(contentsOfFile: program.folder.path("a.svg"), encoding: .utf8)
    #expect(svg.contains("ResNet18") && !svg.contains("LeNet5"))
    let digits = ["weights", "plot", "--dataset", "mnist5k", "--against", "params", "--output", "b.svg"]
    #expect(try program.run(digits).status == 0)
    let other = try String(contentsOfFile: program.folder.path("b.svg"), encoding: .utf8)
    #expect(other.contains("acc@1 on MNIST-5K (%)") && other.contains("LeNet5") && !other.contains("ResNet"))
  }

  @Test func whatCannotBeDrawnIsSaid() throws {
    let program = Program(in: try Scratch())
    expectError(try program.run("weights", "plot", "-o", "a.pdf"), status: 64, saying: ".svg or .png", "a.pdf")
    expectError(try program.run("weights", "plot"), status: 64, saying: "--output")
    expectError(
      try program.run("weights", "plot", "-o", "a.svg", "--min-accuracy", "99"), saying: "none states both",
      "lucid weights list")
    expectError(try program.run("weights", "plot", "-o", "none/a.svg"), saying: "none/a.svg", "folder")
    #expect(program.folder.files(below: "").allSatisfy { $0.hasPrefix("std") })
  }
}
