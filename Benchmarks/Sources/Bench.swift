import Foundation
import Lucid

/// What Benchmarks/*.py run: each command is described where it is implemented.
@main
enum Bench {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("infer", 6):
      guard let mode = InferBench.Mode(rawValue: arguments[5]) else { usage() }
      try await InferBench.infer(arguments[1], arguments[2], arguments[3], arguments[4], mode)
    case ("names", 2): try InferBench.names(arguments[1])
    case ("build", 4):
      try InferBench.build(arguments[1], batch: number(arguments[2]), size: number(arguments[3]))
    case ("train", 3): try TrainBench.train(arguments[1], batch: number(arguments[2]))
    case ("load", 4): try LoadBench.load(arguments[1], arguments[2], count: number(arguments[3]))
    case ("hit", 4): try await HubBench.hit(arguments[1], arguments[2], count: number(arguments[3]))
    case ("pick", 3): try LoadBench.pick(arguments[2], from: arguments[1])
    case ("convert", 1): LoadBench.convert()
    default: usage()
    }
  }

  private static func number(_ text: String) -> Int {
    guard let number = Int(text), number > 0 else { usage() }
    return number
  }

  private static func usage() -> Never {
    let text = """
      usage: lucid-bench infer MODEL PARAMETERS PICTURES.npy LOGITS.npy plan|eager|pair
                         names MODEL | build MODEL BATCH SIZE | train MODEL BATCH
                         load MODEL FILE COUNT | hit … | pick FILE NAME | convert

      """
    FileHandle.standardError.write(Data(text.utf8))
    exit(64)
  }
}
