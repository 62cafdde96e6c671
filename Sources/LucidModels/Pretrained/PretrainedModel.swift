import LucidNN
import LucidTensor
import LucidWeights

/// A model with published checkpoints.
///
/// ```swift
/// let model = try await ResNet18(weights: .imageNet1K_V1)      // one of ours, by auto-complete
/// let birds = try await ResNet50(weights: BirdWeights.v1)      // one of your own
/// let fresh = ResNet18(numClasses: 10)                         // random parameters, no waiting
/// ```
public protocol PretrainedModel: Module {
  /// The model's published checkpoints.
  associatedtype Weights: WeightsEnum where Weights.Model == Self

  /// The canonical architecture with random parameters and a head of `numClasses` outputs.
  init(numClasses: Int)
}

extension PretrainedModel {
  /// The model with published parameters, ready for inference; ``Module/train(_:)`` makes it ready for fine-tuning.
  ///
  /// Builds the canonical architecture with as many classes as the checkpoint has, finds the file in the cache or fetches
  /// it, checks its SHA-256 and loads it strictly.
  ///
  /// - Parameter progress: is told how far the fetch is.
  /// - Throws: ``LucidError`` with ``LucidError/Code/unreachable`` where no source has the file, with
  ///   ``LucidError/Code/digestMismatch`` where it is not the published one, and what reading and loading it throw.
  public init(weights: Weights, progress: ProgressHandler? = nil) async throws {
    try await self.init(loading: weights, progress)
  }

  /// The model with the parameters that an enum of your own names, ready for inference; else as
  /// `init(weights:progress:)` with a published checkpoint.
  public init(weights: some WeightsEnum<Self>, progress: ProgressHandler? = nil) async throws {
    try await self.init(loading: weights, progress)
  }

  private init(loading weights: some WeightsEnum<Self>, _ progress: ProgressHandler?) async throws {
    let stateDict = try await weights.stateDict(progress: progress)
    self.init(numClasses: weights.meta.numClasses ?? 1000)
    try load(stateDict)
    eval()
  }
}

extension PretrainedModel {
  /// Loads parameters strictly. Where they do not fit, the error says that they were those of `name`, and what to do.
  package func load(_ stateDict: StateDict, from name: String, into typeName: String, advice: String) throws {
    do {
      try load(stateDict)
    } catch let error as LucidError where error.code == .stateDictMismatch {
      throw LucidError(
        error.code, doing: "loading \(name) into \(typeName)", problem: error.problem, advice: advice)
    }
  }
}

extension WeightsEnum {
  /// The checkpoint's parameters by name, from the cache or, where they are not there, fetched and verified first.
  ///
  /// - Throws: as `init(weights:progress:)` of ``PretrainedModel``.
  public func stateDict(progress: ProgressHandler? = nil) async throws -> StateDict {
    try await WeightResolver.shared.stateDict(for: entry, name: description, progress: progress)
  }
}
