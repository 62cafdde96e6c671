import ArgumentParser
import Lucid

struct WeightsFetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a checkpoint of your own by its address, and verify it.",
    discussion: """
      Prints the path of the file. The first digits of the SHA-256, at least eight, do where no more are known. A private \
      server's token is given as LUCID_TOKENS="https://models.example.org=TOKEN".

      EXAMPLES:
        lucid weights fetch https://models.example.org/birds.safetensors --sha256 579344…
        lucid weights fetch hf://owner/repo@main/model.safetensors --sha256 579344…
      """)

  @Argument(help: "The addresses, in the order in which to try them: https, hf://owner/repo@revision/path or file.")
  var addresses: [String]

  @Option(help: "The file's SHA-256.")
  var sha256: String

  func validate() throws {
    guard Digest(hex: sha256) != nil else {
      throw ValidationError("--sha256 takes 64 hexadecimal digits, or the first 8 or more, not \"\(sha256)\".")
    }
  }

  func run() async throws {
    guard let digest = Digest(hex: sha256) else { return }
    let sources = addresses.map { WeightSource(.url($0), digest: digest) }
    let name = sources[0].location.fileName
    let file = try await fetching {
      try await WeightResolver.shared.resolve(sources, name: name, progress: $0)
    }
    try Console.print(file.path)
  }
}
