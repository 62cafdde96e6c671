import ArgumentParser
import Lucid

/// The settings of `lucid finetune` that decide which parameters come out.
struct FinetuneOptions: ParsableArguments {
  enum Augmentations: String, ExpressibleByArgument, CaseIterable {
    case none, standard, trivial, rand, affine
  }

  enum Freezing: String, ExpressibleByArgument, CaseIterable {
    case none, backbone
  }

  enum Mixing: String, ExpressibleByArgument, CaseIterable {
    case none, mixup, cutmix, both
  }

  @Option(help: "How often all training pictures are seen.")
  var epochs = 10

  @Option(help: "How many pictures make a batch.")
  var batch = 32

  @Option(help: "The learning rate at its height. (default: 0.001; sgd and lars 0.01)")
  var lr: Double?

  @Option(help: "sgd, adam, adamw, rmsprop, lamb or lars.")
  var optimizer = TrainingSettings.OptimizerKind.adamw

  @Option(help: "How strongly weights are drawn to 0. (default: 0.05; sgd and lars 0.0001)")
  var weightDecay: Double?

  @Option(help: "The factor on the rate from a layer to the one before it.")
  var layerDecay = 1.0

  @Option(help: "How the rate changes: constant, cosine, onecycle or step.")
  var schedule = TrainingSettings.ScheduleKind.cosine

  @Option(help: "The epochs in which the rate rises.")
  var warmup = 0.0

  @Option(help: "What is done to training pictures: none, standard, trivial, rand or affine (no flips, for digits).")
  var augment = Augmentations.standard

  @Option(help: "Whether pictures of a batch are mixed: none, mixup, cutmix or both.")
  var mix = Mixing.none

  @Option(help: "The part of the target that is spread over all classes.")
  var labelSmoothing = 0.1

  @Option(help: "The norm that gradients are clipped to; 0 for none.")
  var clip = 1.0

  @Option(help: "How many batches make a step.")
  var accumulate = 1

  @Option(help: "The decay of a running mean of the weights, which is then what is kept; such as 0.999.")
  var average: Double?

  @Option(help: "What is not trained: none or backbone, which is all but the head.")
  var freeze = Freezing.none

  @Option(help: "Train all after so many epochs.")
  var unfreezeAfter: Int?

  @Option(help: "End after so many epochs without a better one.")
  var patience: Int?

  @Option(help: "What all that is random begins from.")
  var seed: UInt64 = 0

  func validate() throws {
    func require(_ holds: Bool, _ text: String) throws { if !holds { throw ValidationError(text) } }
    try require((1...100_000).contains(epochs), "--epochs must be at least 1, not \(epochs).")
    try require((1...100_000).contains(batch), "--batch must be at least 1, not \(batch).")
    try require(lr.map { $0 > 0 && $0.isFinite } ?? true, "--lr must be above 0, not \(lr ?? 0).")
    try require(
      weightDecay.map { $0 >= 0 && $0.isFinite } ?? true,
      "--weight-decay must not be negative, as \(weightDecay ?? 0) is.")
    try require(layerDecay > 0 && layerDecay <= 1, "--layer-decay must be above 0 and at most 1, not \(layerDecay).")
    try require(
      warmup >= 0 && warmup < Double(epochs), "--warmup must be fewer epochs than the \(epochs), not \(warmup).")
    try require((0..<1).contains(labelSmoothing), "--label-smoothing must be from 0 to 1, not \(labelSmoothing).")
    try require(clip >= 0, "--clip must not be negative, as \(clip) is.")
    try require(accumulate > 0, "--accumulate must be at least 1, not \(accumulate).")
    try require(average.map { (0..<1).contains($0) } ?? true, "--average must be from 0 to 1, not \(average ?? 0).")
    try require(patience.map { $0 > 0 } ?? true, "--patience must be at least 1, not \(patience ?? 0).")
    try require(
      unfreezeAfter == nil || freeze == .backbone, "--unfreeze-after goes with --freeze backbone.")
    try require(
      unfreezeAfter.map { $0 > 0 } ?? true, "--unfreeze-after must be at least 1, not \(unfreezeAfter ?? 0).")
  }

  /// The settings of the trainer.
  var settings: TrainingSettings {
    var settings = TrainingSettings()
    let isPlain = [.sgd, .lars].contains(optimizer)
    settings.epochs = epochs
    settings.optimizer = optimizer
    settings.learningRate = lr ?? (isPlain ? 1e-2 : 1e-3)
    settings.weightDecay = weightDecay ?? (isPlain ? 1e-4 : 0.05)
    settings.layerDecay = layerDecay
    settings.schedule = schedule
    settings.warmupEpochs = warmup
    settings.labelSmoothing = labelSmoothing
    settings.clipNorm = clip == 0 ? nil : clip
    settings.accumulation = accumulate
    settings.averageDecay = average
    settings.freezesBackbone = freeze == .backbone
    settings.unfreezeAfter = unfreezeAfter
    settings.patience = patience
    settings.seed = seed
    return settings
  }

  /// What makes training pictures inputs, at the size and normalisation of a recipe.
  func preprocessing(for recipe: ImagePreprocessing) -> TrainingPreprocessing {
    switch augment {
    case .none: .plain(for: recipe)
    case .standard: .standard(for: recipe)
    case .trivial: .trivialAugment(for: recipe)
    case .rand: .randAugment(for: recipe)
    case .affine:
      TrainingPreprocessing(
        [
          CenterCropping(recipe),
          RandomAffine(
            degrees: -10...10, translate: RandomAffine.Translation(x: 0.1, y: 0.1), scale: 0.9...1.1,
            interpolation: .bilinear),
        ], for: recipe)
    }
  }

  /// How the pictures of a batch are mixed: alpha as in torchvision's references.
  var mixing: BatchMixing? {
    switch mix {
    case .none: nil
    case .mixup: .mixup(alpha: 0.2)
    case .cutmix: .cutmix(alpha: 1)
    case .both: .either(mixup: 0.2, cutmix: 1)
    }
  }
}

extension TrainingSettings.OptimizerKind: ExpressibleByArgument {}
extension TrainingSettings.ScheduleKind: ExpressibleByArgument {}
