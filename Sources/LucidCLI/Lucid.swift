import ArgumentParser

@main
struct LucidCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "lucid")
}
