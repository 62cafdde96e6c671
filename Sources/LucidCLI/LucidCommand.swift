import ArgumentParser

@main
struct LucidCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lucid",
    abstract: "Pretrained deep-learning models.",
    discussion: """
      EXAMPLES:
        lucid classify cat.jpg                             name what a picture shows
        lucid classify *.jpg --weights resnet50 --json     many pictures, for a script
        lucid weights list                                 the published checkpoints
        lucid weights info ResNet_18_Weights.IMAGENET1K_V1
        lucid weights download efficientnet_lite0          fetch and verify, for later
        lucid models info resnet18                         the architecture, layer by layer
        lucid run resnet18 --weights my.pth --input x.npy --output y.npy
        lucid checkpoint inspect my.pth                    what is in a file

      EXIT STATUS:
        0  all was done
        1  something could not be done; the error says what
        64 the command was called wrongly
        130 interrupted

      ENVIRONMENT:
        LUCID_HOME      where checkpoints are kept (else XDG_CACHE_HOME/lucid, else ~/.cache/lucid)
        LUCID_OFFLINE=1 uses no network
        OMP_NUM_THREADS how many threads compute (else one for each core)
      """,
    subcommands: [
      ClassifyCommand.self, WeightsCommand.self, ModelsCommand.self, RunCommand.self, CheckpointCommand.self,
    ])
}
