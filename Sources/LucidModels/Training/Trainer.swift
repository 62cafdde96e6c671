import LucidNN
import LucidTensor
import LucidVision

/// Trains a classifier on pictures, with validation after each epoch, and keeps the best parameters.
///
/// ```swift
/// let student = try await ResNet50(weights: .imageNet1K_V2)
/// student.replaceHead(classes: birds.classes.count)
/// let trainer = Trainer(student, training: loader, validation: held, settings: settings, checkpoint: "birds.checkpoint")
/// try await trainer.run { event in … }       // student has the best epoch's parameters afterwards
/// ```
///
/// With the same settings, data and number of threads, two trainings end with the same bits, and so do one that was
/// stopped and resumed and one that was not. The checkpoint is written whole or not at all, after each epoch and at
/// intervals between, so that a killed process loses one interval and nothing that was there before.
///
/// What modules draw from ``LucidTensor/Generator/default``, such as dropout's zeros, is drawn from the seed, the epoch and
/// the batch, whatever other tasks draw meanwhile. The state of a generator that a ``LucidNN/StochasticModule`` has of its
/// own is part of the checkpoint.
public final class Trainer {
  /// What is trained.
  public let model: Module
  /// How.
  public let settings: TrainingSettings
  /// The epochs so far.
  public var history: TrainingHistory { progress.history }
  /// The parameters and buffers of the best epoch; nil before the first has ended.
  public private(set) var best: StateDict?

  private let training: DataLoader
  private let validation: DataLoader?
  private let head: Module?
  private let optimizer: Optimizer
  private let schedule: Schedule
  private let average: ExponentialMovingAverage?
  private let checkpoint: String?
  private let interval: Duration
  private var progress: TrainingProgress
  private var lastWritten = ContinuousClock.now

  /// How a training ended.
  public enum Outcome: Sendable, Hashable {
    /// All epochs are done, or enough went by without a better one; the model has the best parameters.
    case finished
    /// It was asked to stop; the checkpoint has all that it takes to go on.
    case stopped
  }

  /// A training that begins with the model's present parameters.
  ///
  /// - Parameters:
  ///   - head: what is trained while the backbone is frozen; the ``AdaptableModel/head`` of a model that has one.
  ///   - training: the pictures to learn from. Its seed should be the settings'.
  ///   - validation: other pictures, to tell how good the parameters are.
  ///   - checkpoint: the file to keep the state in; nil for none.
  ///   - interval: how long to train between two checkpoints within an epoch.
  ///   - facts: what else must be the same when the training is resumed, such as the name of the model.
  ///
  /// Traps where the backbone is to be frozen and there is no head.
  public init(
    _ model: Module, head: Module? = nil, training: DataLoader, validation: DataLoader?, settings: TrainingSettings,
    checkpoint: String? = nil, interval: Duration = .seconds(60), facts: [String: String] = [:]
  ) {
    let head = head ?? (model as? any AdaptableModel)?.head
    precondition(
      head != nil || !settings.freezesBackbone, "\(type(of: model)) has no known head: say which module it is")
    precondition(
      settings.epochs > 0 && settings.accumulation > 0, "a training has at least one epoch of at least one batch a step"
    )
    (self.model, self.settings, self.head) = (model, settings, head)
    (self.training, self.validation) = (training, validation)
    (self.checkpoint, self.interval) = (checkpoint, interval)
    optimizer = settings.makeOptimizer(for: model)
    schedule = settings.makeSchedule(
      stepsPerEpoch: (training.batchCount + settings.accumulation - 1) / settings.accumulation)
    average = settings.averageDecay.map { ExponentialMovingAverage(of: model, decay: $0) }
    var facts = facts
    facts["training pictures"] = "\(training.dataset.count)"
    facts["validation pictures"] = "\(validation?.dataset.count ?? 0)"
    facts["batch size"] = "\(training.batchSize)"
    facts["classes"] = training.dataset.classes.joined(separator: ", ")
    progress = TrainingProgress(settings: settings, facts: facts)
  }

  /// Takes over the state of the checkpoint that an earlier training has written.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/fileUnreadable`` where there is none, with
  ///   ``LucidError/Code/invalidInput`` where it was begun with other settings, and what reading it throws.
  public func resume() throws {
    guard let checkpoint else { preconditionFailure("this training has no checkpoint to be resumed from") }
    let state = try TrainingState(contentsOf: checkpoint)
    try state.progress.requireSame(settings, progress.facts, path: checkpoint)
    try model.load(state.model)
    try optimizer.load(state.optimizer)
    if let average, let saved = state.average { try average.load(saved) }
    for (name, generator) in model.namedGenerators() {
      guard let words = state.progress.generators[name], words.count == 4 else {
        throw LucidError(
          .stateDictMismatch, doing: "resuming the training in \(checkpoint)",
          problem: "it has no state of the generator that \(name) draws from",
          advice: "Make the model as it was made when the training was begun.")
      }
      generator.state = words
    }
    (best, progress) = (state.best, state.progress)
  }

  /// Trains until all epochs are done, validation gets no better, or `stop` asks for an end.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/invalidInput`` where the loss is no number any more, what reading the
  ///   pictures and writing the checkpoint throws, and what `report` throws.
  @discardableResult
  public func run(
    stop: StopRequest = StopRequest(), isolation: isolated (any Actor)? = #isolation,
    _ report: (TrainingEvent) throws -> Void = { _ in }
  ) async throws -> Outcome {
    while !progress.isFinished {
      prepareEpoch()
      if settings.unfreezeAfter == progress.epoch, settings.freezesBackbone, progress.batch == 0 {
        try report(.unfrozen(epoch: progress.epoch))
      }
      guard try await trainEpoch(stop, report) else { return .stopped }
      try await endEpoch(report)
      if stop.isRequested, !progress.isFinished { return .stopped }
    }
    if let best { try model.load(best) }
    model.eval()
    return .finished
  }

  /// Freezes what the epoch does not train. A frozen backbone is in `eval()` mode, so that its running statistics stay.
  private func prepareEpoch() {
    if settings.isBackboneFrozen(inEpoch: progress.epoch), let head {
      model.freeze().eval()
      head.unfreeze().train()
    } else {
      if settings.freezesBackbone { model.unfreeze() }
      model.train()
    }
  }

  /// Trains on what is left of the epoch; false where it was stopped.
  private func trainEpoch(
    _ stop: StopRequest, isolation: isolated (any Actor)? = #isolation, _ report: (TrainingEvent) throws -> Void
  ) async throws -> Bool {
    var pending = 0
    var total = 0
    var stepLoss = RunningMean()
    for try await batch in training.epoch(progress.epoch, fromBatch: progress.batch) {
      if pending == 0 {
        total = min(settings.accumulation, training.batchCount - batch.number)
        stepLoss = RunningMean()
        optimizer.zeroGrad()
      }
      if !batch.skipped.isEmpty { try report(.skipped(batch.skipped)) }
      if batch.count > 0 { stepLoss.add(try learn(from: batch, share: total), weight: Double(batch.count)) }
      pending += 1
      guard pending == total else { continue }
      pending = 0
      let norm = change()
      progress.batch = batch.number + 1
      try report(.step(describe(stepLoss, norm)))
      if stop.isRequested {
        try write(report)
        return false
      }
      if ContinuousClock.now - lastWritten >= interval { try write(report) }
    }
    return true
  }

  /// Adds a batch's gradients, one `share`-th of them, to the parameters'; returns its loss.
  private func learn(from batch: Batch, share: Int) throws -> Double {
    var random = RandomStream(settings.seed, 1, UInt64(progress.epoch), UInt64(batch.number))
    return try Generator.withDefault(seed: random.next()) { try computeGradients(batch, share) }
  }

  private func computeGradients(_ batch: Batch, _ share: Int) throws -> Double {
    let labels = Tensor(batch.labels)
    let logits = model.forward(batch.images)
    let loss =
      batch.softTargets.map { logits.crossEntropy(softTargets: $0, labelSmoothing: settings.labelSmoothing) }
      ?? logits.crossEntropy(labels, labelSmoothing: settings.labelSmoothing)
    let value = Double(loss.item(as: Float.self))
    guard value.isFinite else {
      throw LucidError(
        .invalidInput, doing: "training step \(progress.step + 1) of epoch \(progress.epoch + 1)",
        problem: "the loss is \(value), which no step can follow",
        advice: "Lower the learning rate, give it a warm-up, or clip gradients.")
    }
    (share == 1 ? loss : loss / Double(share)).backward()
    progress.loss.add(value, weight: Double(batch.count))
    if batch.softTargets == nil { progress.accuracy.add(logits, labels: labels) }
    return value
  }

  /// Takes a step of the optimizer; returns the norm of the gradients before they were clipped.
  private func change() -> Double? {
    let norm = settings.clipNorm.map { optimizer.parameters.filter(\.requiresGrad).clipGradNorm($0) }
    schedule.apply(to: optimizer, step: progress.step)
    optimizer.step()
    average?.update()
    progress.step += 1
    return norm
  }

  private func describe(_ loss: RunningMean, _ norm: Double?) -> TrainingStep {
    TrainingStep(
      epoch: progress.epoch, batch: progress.batch, batchCount: training.batchCount, step: progress.step,
      loss: loss.value ?? 0, meanLoss: progress.loss.value ?? 0, accuracy: progress.accuracy.top(1),
      learningRate: learningRate, gradientNorm: norm)
  }

  private var learningRate: Double { optimizer.groups.map(\.learningRate).max() ?? 0 }

  /// Validates, notes the epoch and decides whether it was the last.
  private func endEpoch(
    isolation: isolated (any Actor)? = #isolation, _ report: (TrainingEvent) throws -> Void
  ) async throws {
    optimizer.zeroGrad()
    let found = try await validate(mistakeLimit: 0, report)
    let record = EpochRecord(
      epoch: progress.epoch, trainingLoss: progress.loss.value ?? 0, trainingAccuracy: progress.accuracy.top(1),
      validationLoss: found?.loss.value, validationAccuracy: found?.accuracy.top(1),
      validationTop5: found?.accuracy.top(5), learningRate: learningRate,
      isBackboneFrozen: settings.isBackboneFrozen(inEpoch: progress.epoch))
    let isBest = progress.history.best.map { record.score > $0.score } ?? true
    progress.history.epochs.append(record)
    if isBest { best = average?.averagedStateDict ?? model.stateDict() }
    (progress.epoch, progress.batch) = (progress.epoch + 1, 0)
    (progress.loss, progress.accuracy) = (RunningMean(), Accuracy(topK: [1]))
    let isTired = settings.patience.map { progress.history.epochsSinceBest >= $0 } ?? false
    progress.isFinished = isTired || progress.epoch == settings.epochs
    try report(.epoch(record, isBest: isBest))
    try write(report)
  }

  /// What the present parameters, or their average, make of the validation pictures; nil where there are none.
  private func validate(
    mistakeLimit: Int, isolation: isolated (any Actor)? = #isolation, _ report: (TrainingEvent) throws -> Void
  ) async throws -> Validation? {
    guard let validation else { return nil }
    model.eval()
    average?.swap()
    defer { average?.swap() }
    let found = try await Validation(of: model, on: validation, mistakeLimit: mistakeLimit) {
      try report(.validating(batch: $0, count: $1))
    }
    if !found.skipped.isEmpty { try report(.skipped(found.skipped)) }
    guard found.accuracy.count > 0 else {
      throw LucidError(
        .invalidInput, doing: "validating", problem: "none of the \(validation.dataset.count) pictures could be read",
        advice: "Validate with pictures that can be read.")
    }
    return found
  }

  private func write(_ report: (TrainingEvent) throws -> Void) throws {
    guard let checkpoint else { return }
    progress.generators = Dictionary(
      uniqueKeysWithValues: model.namedGenerators().map { ($0.name, $0.generator.state) })
    let state = TrainingState(
      progress: progress, model: model.stateDict(), best: best, optimizer: optimizer.stateDict(),
      average: average?.stateDict())
    try state.write(to: checkpoint)
    lastWritten = ContinuousClock.now
    try report(.checkpoint(path: checkpoint))
  }
}
