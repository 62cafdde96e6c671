import ArgumentParser
import Foundation
import Lucid

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where a model's time goes, operation by operation.",
    discussion: """
      Runs the compiled model on random numbers. Of each operation it prints the kernel that computes it, the median \
      time, and the floating-point operations a second, beside the most that this machine was just measured to do. \
      Winograd's algorithm needs fewer than the definition, which is what is counted, and so may have more than 100 %.

      EXAMPLES:
        lucid profile resnet18
        lucid profile vgg16 --batch 16 --threads 2
        lucid profile mobilenet_v2 --size 320 --svg layers.svg
        LUCID_CONV=direct lucid profile resnet50 --json
      """)

  @Argument(help: "The model: a name that `lucid models list` shows.")
  var model: String

  @Option(help: "A checkpoint's name or tag, or the path of a file. Without it, parameters are random.")
  var weights: String?

  @Option(help: "How many pictures go through the network together.")
  var batch = 1

  @Option(help: "The height and width of the pictures. (default: as the model was published)")
  var size: Int?

  @Option(help: "How many threads compute. (default: LUCID_THREADS, else one for each core)")
  var threads: Int?

  @Option(help: "How often each operation is timed.")
  var runs = 11

  @Option(help: "Draw the profile into this file, .svg or .png.", completion: .file(extensions: ["svg", "png"]))
  var svg: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...1024).contains(batch) { throw ValidationError("--batch must be from 1 to 1024, not \(batch).") }
    if let size, !(1...4096).contains(size) { throw ValidationError("--size must be from 1 to 4096, not \(size).") }
    if !(1...10_000).contains(runs) { throw ValidationError("--runs must be from 1 to 10000, not \(runs).") }
    try Threads.validate(threads)
    if let svg, ![".svg", ".png"].contains(where: svg.lowercased().hasSuffix) {
      throw ValidationError("--svg must end in .svg or .png, not \"\(svg)\".")
    }
  }

  private struct Layer: Encodable {
    let operation: String
    let kernel: String?
    let input, output: [Int]
    let weight: [Int]?
    let milliseconds: Double
    let gigaflops, utilization: Double?
  }

  private struct Report: Encodable {
    let model: String
    let input: [Int]
    let threads: Int
    let milliseconds, peakGigaflops: Double
    let layers: [Layer]
  }

  func run() async throws {
    if let threads { Threads.use(threads) }
    if let svg { try checkOutput(svg) }
    let entry = try WeightCatalog.builtIn.model(named: model)
    let parameters = try weights.map { try NetworkParameters($0, of: entry, doing: "profiling \(entry.typeName)") }
    let network = parameters?.makeNetwork() ?? entry.defaultWeights.map(entry.makeModel(for:)) ?? entry.makeModel()
    let rule = InputRule(entry, network)
    let edge = size ?? entry.defaultWeights?.entry.preprocessing?.crop ?? 224
    let x = Tensor.randn([batch, rule.channels, edge, edge], generator: Generator(seed: 0))
    try rule.check(x, from: "random numbers")
    try await parameters?.load(into: network)
    network.eval()
    guard network.isTraceable else {
      throw LucidError(
        .invalidInput, doing: "profiling \(entry.typeName)", problem: "its inference cannot be compiled",
        advice: "`lucid run` computes it operation by operation.")
    }
    let profile = Plan(network, inputShape: x.shape).profile(x, runs: runs)
    let threads = Threads.count
    let title = "\(entry.typeName), \(x.shape), \(threads) thread\(threads == 1 ? "" : "s")"
    if json {
      try Console.printJSON(report(entry, x, profile))
    } else {
      try Console.print("\(title), peak \(decimal(profile.peakGigaflops, places: 0)) GFLOP/s\n\(profile)")
    }
    if let svg { try profile.drawing(title: title).write(to: svg) }
  }

  private func report(_ entry: CatalogModel, _ x: Tensor, _ profile: PlanProfile) -> Report {
    Report(
      model: entry.name, input: x.shape.dimensions, threads: Threads.count, milliseconds: profile.milliseconds,
      peakGigaflops: profile.peakGigaflops,
      layers: profile.layers.map { layer in
        Layer(
          operation: layer.operation, kernel: layer.kernel, input: layer.input.dimensions,
          output: layer.output.dimensions, weight: layer.weight?.dimensions, milliseconds: layer.milliseconds,
          gigaflops: layer.gigaflops, utilization: profile.utilization(of: layer))
      })
  }
}
