/// What an epoch of training came to.
public struct EpochRecord: Sendable, Hashable, Codable {
  /// Its number, from 0.
  public var epoch: Int
  /// The mean loss of the training batches, as the parameters were when each was seen.
  public var trainingLoss: Double
  /// The part of the training pictures that were recognised, 0 to 1; nil where targets were mixed.
  public var trainingAccuracy: Double?
  /// The mean cross entropy of the validation pictures, without label smoothing.
  public var validationLoss: Double?
  /// The part of the validation pictures that were recognised, 0 to 1.
  public var validationAccuracy: Double?
  /// The part of the validation pictures whose class was among the best five.
  public var validationTop5: Double?
  /// The learning rate of the last step, of the group with the highest.
  public var learningRate: Double
  /// Whether only the head was trained.
  public var isBackboneFrozen: Bool

  /// How good the parameters are, to be compared: by accuracy, of equals by loss. Without validation, by training loss.
  var score: Score { Score(accuracy: validationAccuracy ?? 0, loss: validationLoss ?? trainingLoss) }

  struct Score: Comparable {
    let accuracy: Double
    let loss: Double

    static func < (left: Score, right: Score) -> Bool {
      left.accuracy == right.accuracy ? left.loss > right.loss : left.accuracy < right.accuracy
    }
  }
}

/// The epochs of a training.
public struct TrainingHistory: Sendable, Hashable, Codable {
  /// The epochs that have ended.
  public internal(set) var epochs: [EpochRecord] = []

  /// The best of them; of equals the first.
  public var best: EpochRecord? {
    epochs.reduce(nil) { best, next in best.map { next.score > $0.score ? next : $0 } ?? next }
  }

  /// How many epochs there were since the best.
  public var epochsSinceBest: Int { best.map { epochs.count - 1 - $0.epoch } ?? 0 }
}
