import ArgumentParser
import Foundation
import Lucid

struct FinetuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Train a model on pictures of your own.",
    discussion: """
      DATA is a folder with a folder of pictures for each class. Into the output folder go model.safetensors, the \
      best epoch's parameters with their classes and preprocessing, which `lucid classify --weights` takes; \
      report.html; and checkpoint.safetensors, from which --resume goes on to the same result after Ctrl-C, a crash \
      or kill -9. The same seed and number of threads give the same parameters.

      EXAMPLES:
        lucid finetune birds --model resnet_50 --weights IMAGENET1K_V2 \\
          --freeze backbone --unfreeze-after 3 --output birds-resnet
        lucid finetune birds --model resnet_50 --weights IMAGENET1K_V2 \\
          --freeze backbone --unfreeze-after 3 --output birds-resnet --resume
        lucid classify robin.jpg --weights birds-resnet/model.safetensors
      """)

  @Argument(help: "The folder of the training pictures.", completion: .directory)
  var data: String

  @Option(help: "The model: a name that `lucid models list` shows.")
  var model = "efficientnet_lite0"

  @Option(help: "What its parameters begin as: a checkpoint's tag or name, a file, or none for random ones.")
  var weights = "DEFAULT"

  @Option(help: "A folder of validation pictures, or the share of DATA that is held back.")
  var validation = "0.2"

  @Option(help: "The side of the inputs in pixels. (default: the checkpoint's)")
  var size: Int?

  @OptionGroup var options: FinetuneOptions

  @Option(help: "The folder to write to.", completion: .directory)
  var output = "finetuned"

  @Flag(help: "Go on with the training in the output folder.")
  var resume = false

  @Option(help: "How many threads compute. (default: LUCID_THREADS, else one for each core)")
  var threads: Int?

  @Option(help: "How many seconds to train between checkpoints within an epoch.")
  var interval = 60.0

  @Option(help: "How many pictures of an epoch may be unreadable.")
  var skipLimit = 16

  func validate() throws {
    try Threads.validate(threads)
    if let size, !(8...4096).contains(size) { throw ValidationError("--size must be from 8 to 4096, not \(size).") }
    if !(interval >= 0 && interval.isFinite) { throw ValidationError("--interval must not be negative.") }
    if skipLimit < 0 { throw ValidationError("--skip-limit must not be negative.") }
  }

  func run() async throws {
    if let threads { Threads.use(threads) }
    let pictures = try FinetuneData(data, validation: validation, seed: options.seed)
    let plan = try FinetuneModel(model, weights: weights, size: size)
    let folder = try FinetuneFolder(output, resumes: resume)
    let network = try await plan.make(classes: pictures.classes.count, seed: options.seed, isLoading: !resume)
    let held = loader(pictures.validation, ImagePreprocessing(plan.recipe))
    let trainer = Trainer(
      network, training: trainingLoader(pictures, plan), validation: held, settings: options.settings,
      checkpoint: folder.checkpoint, interval: .seconds(interval), facts: facts(plan))
    if resume { try trainer.resume() }
    try await train(trainer, folder)
    let result = try await Validation(of: trainer.model, on: held)
    try FinetuneResult(
      folder: output, classes: pictures.classes, plan: plan, validation: result, pictures: pictures.validation,
      facts: [("data", data)] + facts(plan).sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + options.facts
    ).write(trainer)
  }

  private func trainingLoader(_ pictures: FinetuneData, _ plan: FinetuneModel) -> DataLoader {
    DataLoader(
      pictures.training, options.preprocessing(for: ImagePreprocessing(plan.recipe)), batchSize: options.batch,
      shuffles: true, seed: options.seed, dropsLast: pictures.training.count > options.batch, mixing: options.mixing,
      skipLimit: skipLimit)
  }

  private func loader(_ pictures: any ImageDataset, _ preprocessing: ImagePreprocessing) -> DataLoader {
    DataLoader(pictures, preprocessing, batchSize: options.batch, skipLimit: skipLimit)
  }

  /// Trains until the end; where a signal asks for it, ends after the step with the status that the signal stands for.
  private func train(_ trainer: Trainer, _ folder: FinetuneFolder) async throws {
    let line = TrainingLine(epochs: options.epochs)
    let signals = TrainingSignals()
    defer { signals.end() }
    let outcome = try await trainer.run(stop: signals.stop) { try line.show($0) }
    line.clear()
    guard outcome == .stopped, let signal = signals.received else { return }
    Console.printError(
      "stopped; to go on, run the same command with --resume: \(folder.checkpoint) has all that it takes")
    throw ExitCode(128 + signal)
  }

  /// What must be the same when the training is resumed, besides the trainer's settings and the pictures.
  private func facts(_ plan: FinetuneModel) -> [String: String] {
    [
      "model": plan.entry.name, "weights": plan.startName, "input size": plan.recipe.crop.map { "\($0)" } ?? "as it is",
      "augmentation": options.augment.rawValue, "mixing": options.mix.rawValue, "validation": validation,
    ]
  }
}
