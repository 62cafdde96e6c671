import LucidNN
import LucidTensor

/// How a model is trained: all that decides, with the data and the model, which parameters come out.
///
/// The values here are a start for fine-tuning a checkpoint on a few thousand pictures.
public struct TrainingSettings: Sendable, Hashable, Codable {
  /// What changes the parameters.
  public enum OptimizerKind: String, Sendable, Hashable, Codable, CaseIterable {
    case sgd, adam, adamw, rmsprop, lamb, lars
  }

  /// How the learning rate changes, after the warm-up.
  public enum ScheduleKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// It stays.
    case constant
    /// It falls along half a cosine to 0.
    case cosine
    /// It rises, falls, and falls far; the warm-up is part of it.
    case onecycle
    /// It falls to a tenth after 60 % and after 85 % of the steps.
    case step
  }

  /// How often all training pictures are seen.
  public var epochs = 10
  /// What changes the parameters.
  public var optimizer = OptimizerKind.adamw
  /// The learning rate at its height.
  public var learningRate = 1e-3
  /// How strongly weights, but not norms and biases, are drawn to 0.
  public var weightDecay = 0.05
  /// How much of the last direction is kept, by optimizers that have a momentum.
  public var momentum = 0.9
  /// The factor on the learning rate from one layer to the one before it, 1 for one rate everywhere.
  public var layerDecay = 1.0
  /// How the learning rate changes.
  public var schedule = ScheduleKind.cosine
  /// The epochs in which the learning rate rises from a hundredth.
  public var warmupEpochs = 0.0
  /// The part of the target that is spread over all classes.
  public var labelSmoothing = 0.1
  /// The norm that gradients are clipped to, nil for none.
  public var clipNorm: Double? = 1
  /// How many batches' gradients are added up before the parameters change.
  public var accumulation = 1
  /// The decay of a running mean of the weights, which is then what is validated and kept; nil for none.
  public var averageDecay: Double?
  /// Whether all but the head is frozen at first.
  public var freezesBackbone = false
  /// The epoch, from 0, from which all is trained; nil for never, where the backbone is frozen.
  public var unfreezeAfter: Int?
  /// The epochs without a better validation after which training ends; nil for never.
  public var patience: Int?
  /// What all that is random begins from.
  public var seed: UInt64 = 0

  /// The settings to start with.
  public init() {}
}

extension TrainingSettings {
  /// Whether only the head is trained in an epoch.
  public func isBackboneFrozen(inEpoch epoch: Int) -> Bool {
    freezesBackbone && epoch < unfreezeAfter ?? .max
  }

  /// The factor on the learning rate for each step of the optimizer.
  public func makeSchedule(stepsPerEpoch: Int) -> Schedule {
    let steps = max(epochs * stepsPerEpoch, 1)
    if schedule == .onecycle { return .oneCycle(steps: steps) }
    let warmup = min(Int((warmupEpochs * Double(stepsPerEpoch)).rounded()), steps - 1)
    let rest = steps - warmup
    let main: Schedule =
      switch schedule {
      case .constant: .constant()
      case .step: .multiStep([rest * 60 / 100, rest * 85 / 100])
      case .cosine, .onecycle: .cosine(steps: rest)
      }
    return warmup == 0 ? main : .linearWarmup(steps: warmup, from: 0.01).then(main, at: warmup)
  }

  /// The optimizer of a module's parameters.
  public func makeOptimizer(for module: Module) -> Optimizer {
    let groups = module.parameterGroups(
      learningRate: learningRate, weightDecay: weightDecay, layerDecay: layerDecay)
    return switch optimizer {
    case .sgd: SGD(groups, momentum: momentum, nesterov: momentum > 0)
    case .adam: Adam(groups)
    case .adamw: AdamW(groups)
    case .rmsprop: RMSprop(groups, momentum: momentum)
    case .lamb: LAMB(groups)
    case .lars: LARS(groups, momentum: momentum)
    }
  }
}
