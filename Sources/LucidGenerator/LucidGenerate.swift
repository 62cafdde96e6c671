import Foundation

/// The command `lucid-generate`.
@main
enum LucidGenerate {
  static func main() {
    do {
      exit(try run(Array(CommandLine.arguments.dropFirst())) { print($0) })
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(2)
    }
  }

  /// Does what the arguments say; returns the exit code, 1 where `--check` finds stale files.
  static func run(_ arguments: [String], say: (String) -> Void) throws -> Int32 {
    switch try Options(arguments) {
    case .help:
      say(Options.usage)
      return 0
    case .one(let input, let output, let emitter):
      let text = emitter.text(try GeneratedFile.manifest(at: input), source: input.lastPathComponent)
      try GeneratedFile(url: output, text: text).writeIfChanged()
      return 0
    case .all(let folder, let check, let emitter):
      let files = try GeneratedFile.all(in: folder, emitter: emitter)
      let stale = try files.filter { try !$0.isCurrent }
      if check {
        for file in stale { say("\(file.url.relativePath) is not what its manifest says; run lucid-generate --all") }
        return stale.isEmpty ? 0 : 1
      }
      for file in stale {
        try file.writeIfChanged()
        say("wrote \(file.url.relativePath)")
      }
      return 0
    }
  }
}
