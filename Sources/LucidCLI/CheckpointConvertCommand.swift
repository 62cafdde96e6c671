import ArgumentParser
import Lucid

struct CheckpointConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a checkpoint in another format, element type or naming.",
    discussion: """
      The format is that of the second file's ending: .safetensors, .pth (.pt, .bin, .ckpt) or .npz. The file appears whole
      or not at all, also where Ctrl-C ends the command.

      Rules are separated by semicolons, or are lines of a file: `-module.` removes a prefix, `+backbone.` adds one, and
      `blocks.{i}.{rest*} => layers.{i+1}.{rest*}` rewrites names.

      EXAMPLES:
        lucid checkpoint convert model.pth model.safetensors
        lucid checkpoint convert model.pth small.safetensors --dtype bf16 --map '-module.'
        lucid checkpoint convert big.pth big.safetensors --max-shard-size 5000000000
      """)

  @Argument(help: "The checkpoint to read.")
  var input: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: "The element type that floating-point tensors get: bf16, f16, f32 or f64.")
  var dtype: String?

  @Option(parsing: .unconditional, help: "Rules that rename, or a file of them.")
  var map: String?

  @Option(help: "Which dictionary of a training checkpoint, as in model_ema.")
  var key: String?

  @Option(help: "The bytes that a safetensors file may have before it is split.")
  var maxShardSize: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let dtype { _ = try elementType(named: dtype) }
    if let maxShardSize, maxShardSize < 1 {
      throw ValidationError("--max-shard-size must be at least 1, not \(maxShardSize).")
    }
  }

  private struct Report: Encodable {
    let files: [String]
    let tensorCount, byteCount: Int
  }

  func run() async throws {
    var dict = try StateDict(contentsOf: input, key: key)
    if let map { dict = try dict.renamed(keyMap(from: map)) }
    if let dtype { dict = dict.converted(to: try elementType(named: dtype)) }
    let files = try await interruptible { [dict, path = output, size = maxShardSize] in
      try dict.write(to: path, maxShardSize: size)
    }
    if json { return try Console.printJSON(Report(files: files, tensorCount: dict.count, byteCount: dict.byteCount)) }
    for file in files { try Console.print(file) }
  }
}
