import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import Testing

/// The training loop. Serialized, because each training computes on all cores.
@Suite(.serialized) struct TrainerTests {
  private func settings(_ edit: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 3
    settings.learningRate = 0.02
    settings.seed = 5
    edit(&settings)
    return settings
  }

  private func trainer(
    _ settings: TrainingSettings, _ model: StripeNet = StripeNet(), checkpoint: String? = nil,
    mixing: BatchMixing? = nil, interval: Duration = .seconds(3600), facts: [String: String] = [:]
  ) -> Trainer {
    Trainer(
      model, head: model.head, training: Stripes.loader(seed: settings.seed, mixing: mixing),
      validation: Stripes.loader(18, trains: false), settings: settings, checkpoint: checkpoint, interval: interval,
      facts: facts)
  }

  @Test func aSmallNetworkLearns() async throws {
    let model = StripeNet()
    let trainer = trainer(settings { $0.epochs = 6 }, model)
    #expect(try await trainer.run() == .finished)
    #expect(trainer.history.epochs.count == 6)
    #expect(try #require(trainer.history.best?.validationAccuracy) > 0.9)
    #expect(!model.isTraining)
    #expect(try bits(model.stateDict()) == bits(#require(trainer.best)))
    let losses = trainer.history.epochs.map(\.trainingLoss)
    #expect(losses.last! < losses.first!)
  }

  static let variants: [(String, @Sendable (inout TrainingSettings) -> Void, BatchMixing?)] = [
    ("adamw", { _ in }, nil),
    (
      "sgd, average, accumulation",
      {
        ($0.optimizer, $0.accumulation, $0.averageDecay, $0.warmupEpochs) = (.sgd, 4, 0.9, 1)
      }, nil
    ),
    ("mixup, one cycle", { ($0.schedule, $0.clipNorm) = (.onecycle, nil) }, .mixup(alpha: 0.4)),
    ("frozen, then not", { ($0.freezesBackbone, $0.unfreezeAfter) = (true, 1) }, nil),
  ]

  @Test(arguments: variants.indices) func theSameSeedGivesTheSameBits(_ index: Int) async throws {
    let (name, edit, mixing) = Self.variants[index]
    var results: [[String: [UInt8]]] = []
    for _ in 0..<2 {
      let trainer = trainer(settings(edit), mixing: mixing)
      try await trainer.run()
      results.append(try bits(#require(trainer.best)))
    }
    #expect(results[0] == results[1], "\(name)")
    let other = trainer(
      settings {
        edit(&$0); $0.seed = 6
      }, mixing: mixing)
    try await other.run()
    #expect(try bits(#require(other.best)) != results[0], "\(name)")
  }

  /// Stops after each number of steps in turn, goes on in a model that began elsewhere, and compares with a training that
  /// was not stopped.
  @Test(arguments: variants.indices) func aResumedTrainingEndsInTheSameBits(_ index: Int) async throws {
    let (name, edit, mixing) = Self.variants[index]
    let unbroken = trainer(settings(edit), mixing: mixing)
    var steps = 0
    try await unbroken.run { if case .step(let step) = $0 { steps = step.step } }
    let folder = try Scratch()
    for place in [1, steps / 3, steps / 3 + 1, steps - 1] {
      let path = folder.path("\(place).safetensors")
      let stop = StopRequest()
      let outcome = try await trainer(settings(edit), checkpoint: path, mixing: mixing).run(stop: stop) { event in
        if case .step(let step) = event, step.step == place { stop.stop() }
      }
      #expect(outcome == .stopped)
      let rest = trainer(settings(edit), StripeNet(seed: 99), checkpoint: path, mixing: mixing)
      try rest.resume()
      #expect(try await rest.run() == .finished)
      #expect(try bits(#require(rest.best)) == bits(#require(unbroken.best)), "\(name), after step \(place)")
      #expect(try bits(rest.model.stateDict()) == bits(unbroken.model.stateDict()), "\(name), after step \(place)")
      #expect(rest.history == unbroken.history)
    }
  }

  /// What a module draws from a generator of its own, or from the one that the program shares while others draw from it.
  @Test(arguments: [true, false]) func randomNumbersGoOnWhereTheyWere(isShared: Bool) async throws {
    func generator() -> Generator { isShared ? .default : Generator(seed: 8) }
    let folder = try Scratch()
    let path = folder.path("c.safetensors")
    let others = Task.detached {
      while !Task.isCancelled {
        _ = Tensor.rand([64])
        await Task.yield()
      }
    }
    defer { others.cancel() }
    let whole = trainer(settings(), StripeNet(generator: generator()))
    try await whole.run()
    let stop = StopRequest()
    try await trainer(settings(), StripeNet(generator: generator()), checkpoint: path).run(stop: stop) { event in
      if case .step(let step) = event, step.step == 4 { stop.stop() }
    }
    let rest = trainer(settings(), StripeNet(generator: isShared ? .default : Generator(seed: 9)), checkpoint: path)
    try rest.resume()
    try await rest.run()
    #expect(try bits(rest.model.stateDict()) == bits(whole.model.stateDict()))

    guard !isShared else { return }
    try await trainer(settings(), checkpoint: path).run()
    let lacking = trainer(settings(), StripeNet(generator: generator()), checkpoint: path)
    let error = #expect(throws: LucidError.self) { try lacking.resume() }
    #expect("\(try #require(error))".contains("generator that dropout draws from"))
  }

  @Test func trainingEndsWhereNothingGetsBetter() async throws {
    let trainer = trainer(
      settings {
        ($0.epochs, $0.patience, $0.learningRate, $0.optimizer, $0.weightDecay) = (50, 2, 0, .sgd, 0)
        $0.freezesBackbone = true
      })
    #expect(try await trainer.run() == .finished)
    #expect(trainer.history.epochs.count == 3)
    #expect(trainer.history.best?.epoch == 0)
  }

  @Test func aFrozenBackboneStaysToTheBit() async throws {
    let model = StripeNet()
    var before = try bits(model.stateDict())
    let trainer = trainer(settings { ($0.epochs, $0.freezesBackbone, $0.unfreezeAfter) = (4, true, 2) }, model)
    var seen: [[String]] = []
    try await trainer.run { event in
      guard case .epoch = event else { return }
      let now = try bits(model.stateDict())
      seen.append(now.keys.filter { now[$0] != before[$0] }.sorted())
      before = now
    }
    let all = before.keys.sorted()
    #expect(seen == [["head.bias", "head.weight"], ["head.bias", "head.weight"], all, all])
    #expect(trainer.history.epochs.map(\.isBackboneFrozen) == [true, true, false, false])
  }

  @Test func checkpointsAreWrittenInBetween() async throws {
    let folder = try Scratch()
    let path = folder.path("c.safetensors")
    let trainer = trainer(settings { $0.epochs = 2 }, checkpoint: path, interval: .zero)
    var count = 0
    try await trainer.run { if case .checkpoint = $0 { count += 1 } }
    #expect(count == 2 * 6 + 2)
    #expect(folder.files(below: "") == ["c.safetensors"])
  }

  @Test func otherSettingsAreRefused() async throws {
    let folder = try Scratch()
    let path = folder.path("c.safetensors")
    try await trainer(settings(), checkpoint: path, facts: ["model": "a"]).run()
    let other = trainer(settings { ($0.learningRate, $0.seed) = (0.5, 5) }, checkpoint: path, facts: ["model": "b"])
    let error = #expect(throws: LucidError.self) { try other.resume() }
    let text = "\(try #require(error))"
    #expect(text.contains("learning_rate was 0.02 and is 0.5 now") && text.contains("model was a and is b now"))
    #expect(!text.contains("seed"))

    let none = trainer(settings(), checkpoint: folder.path("none.safetensors"))
    #expect(throws: LucidError.self) { try none.resume() }
    try StripeNet().stateDict().write(to: folder.path("plain.safetensors"))
    let plain = trainer(settings(), checkpoint: folder.path("plain.safetensors"))
    #expect("\(try #require(#expect(throws: LucidError.self) { try plain.resume() }))".contains("no checkpoint"))
  }

  @Test func aLossThatIsNoNumberEndsTraining() async throws {
    let trainer = trainer(settings { ($0.optimizer, $0.learningRate, $0.clipNorm) = (.sgd, 1e30, nil) })
    let error = await #expect(throws: LucidError.self) { try await trainer.run() }
    #expect("\(try #require(error))".contains("Lower the learning rate"))
  }

  @Test func aFailingWatcherEndsTraining() async throws {
    struct Enough: Error {}
    let trainer = trainer(settings())
    await #expect(throws: Enough.self) { try await trainer.run { _ in throw Enough() } }
  }
}
