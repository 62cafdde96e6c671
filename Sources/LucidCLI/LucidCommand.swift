import ArgumentParser
import Foundation
import Lucid

@main
struct LucidCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lucid",
    abstract: "Pretrained deep-learning models.",
    discussion: """
      EXAMPLES:
        lucid classify cat.jpg               name what a picture shows
        lucid classify holiday --json        a folder of pictures, for a script
        lucid evaluate val                   accuracy on labelled pictures
        lucid features photos --output x.npy embeddings, for NumPy
        lucid finetune birds --model resnet_50 --weights IMAGENET1K_V2
        lucid weights list                   the published checkpoints
        lucid weights info resnet18          what is known about one
        lucid weights plot -o all.svg        accuracy against cost, drawn
        lucid weights download resnet18      fetch and verify one, for later
        lucid weights lock resnet18          pin its bytes for a program
        lucid weights add my.pth --name my   describe one of your own
        lucid cache prune --max-size 5GB     make room
        lucid models info resnet18           an architecture, layer by layer
        lucid run resnet18 --weights my.pth --input x.npy --output y.npy
        lucid profile resnet18               where its time goes
        lucid checkpoint inspect my.pth      what is in a file

      EXIT STATUS:
        0    all was done
        1    something could not be done; the error says what
        64   the command was called wrongly
        130  interrupted by Ctrl-C (143 by SIGTERM)

      ENVIRONMENT:
        LUCID_HOME        where checkpoints are kept (else XDG_CACHE_HOME/lucid,
                          else ~/.cache/lucid)
        LUCID_CACHE_ROOTS further caches, only read, between colons
        LUCID_OFFLINE=1   use no network
        LUCID_FROZEN=1    use only what lucid.lock names (LUCID_LOCK: another file)
        LUCID_MIRRORS     PREFIX=REPLACEMENT of addresses, between blanks
        LUCID_TOKENS      ORIGIN=TOKEN of private servers, between blanks
        HF_TOKEN, HF_ENDPOINT, HF_HOME, TORCH_HOME, NETRC, https_proxy
                          as other programs use them
        LUCID_PROGRESS=0  show no progress on a terminal
        LUCID_THREADS     how many threads compute (else OMP_NUM_THREADS, else
                          one for each core)
        LUCID_CONV        direct: convolutions by their definition, which is the
                          most accurate; winograd: by Winograd's algorithm where
                          it can; auto: by the faster, as measured once
        OMP_WAIT_POLICY   active makes them spin while they wait: a little faster
                          where nothing else runs, much slower where it does
      """,
    version: "lucid 0.1.0",
    subcommands: [
      ClassifyCommand.self, EvaluateCommand.self, FeaturesCommand.self, FinetuneCommand.self, WeightsCommand.self,
      CacheCommand.self, ModelsCommand.self, RunCommand.self,
      ProfileCommand.self, CheckpointCommand.self,
    ])

  /// Parses the arguments and runs the command. In place of ArgumentParser's own, so that every error reads
  /// `error: …` and a failure to write the output is one too.
  static func main() async {
    Console.prepare()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let command = arguments.first,
      ["classify", "evaluate", "features", "finetune", "profile", "run"].contains(command)
    {
      WaitPolicy.becomePassive()
    }
    do {
      if let failure = unknownCommand(arguments) { throw failure }
      try Threads.checkVariable()
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(end(with: error))
    }
  }

  /// Says what went wrong, or prints what was asked for as an error is (`--help`, `--version`); the exit status.
  private static func end(with error: any Error) -> Int32 {
    switch error {
    case let exit as ExitCode: return exit.rawValue
    case let error as LucidError:
      Console.printError("error: \(error)")
      return ExitCode.failure.rawValue
    default:
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      guard status.isSuccess else {
        Console.printError(message.hasPrefix("Error: ") ? "error: \(message.dropFirst(7))" : message)
        return status.rawValue
      }
      do {
        try Console.print(message)
        return status.rawValue
      } catch {
        return end(with: error)
      }
    }
  }

  /// The error for a word that is where a command belongs and is none, with the command that may be meant.
  private static func unknownCommand(_ arguments: [String]) -> (any Error)? {
    var command: any ParsableCommand.Type = self
    var path = "lucid"
    for word in arguments {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      let names = subcommands.compactMap { $0.configuration.commandName }
      guard let index = names.firstIndex(of: word) else {
        let meant = nearestCommand(to: word, after: path, among: names)
        let advice = meant.map { "Did you mean `\($0)`? " } ?? ""
        return ValidationError(
          "There is no command `\(path) \(word)`. \(advice)The commands are \(names.joined(separator: ", ")).")
      }
      command = subcommands[index]
      path += " \(word)"
    }
    return nil
  }

  /// The nearest command; else the one that takes the word.
  private static func nearestCommand(to word: String, after path: String, among names: [String]) -> String? {
    if let name = NameMatching.nearest(to: word, among: names) { return "\(path) \(name)" }
    if path == "lucid" { return FileManager.default.fileExists(atPath: word) ? "lucid classify \(word)" : nil }
    return (try? WeightCatalog.builtIn.model(named: word)) == nil ? nil : "\(path) info \(word)"
  }
}
