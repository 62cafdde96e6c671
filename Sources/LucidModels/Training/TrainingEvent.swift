import LucidVision

/// What happens in a training, for whoever watches.
public enum TrainingEvent: Sendable {
  /// A step of the optimizer was taken.
  case step(TrainingStep)
  /// Pictures that could not be read were left out; in every epoch again.
  case skipped([SkippedSample])
  /// The parameters of all layers are trained from here on.
  case unfrozen(epoch: Int)
  /// Validation is at this batch of so many.
  case validating(batch: Int, count: Int)
  /// An epoch has ended; whether it was the best so far.
  case epoch(EpochRecord, isBest: Bool)
  /// A checkpoint was written.
  case checkpoint(path: String)
}

/// A step of the optimizer.
public struct TrainingStep: Sendable, Hashable {
  /// The epoch, from 0.
  public let epoch: Int
  /// The batches of the epoch that are done, of `batchCount`.
  public let batch: Int
  public let batchCount: Int
  /// The steps of the training that are done.
  public let step: Int
  /// The loss of this step's batches.
  public let loss: Double
  /// The mean loss of the epoch so far.
  public let meanLoss: Double
  /// The part of the epoch's pictures so far that were recognised; nil where targets were mixed.
  public let accuracy: Double?
  /// The highest learning rate of a group.
  public let learningRate: Double
  /// The norm of the gradients before they were clipped; nil where they are not.
  public let gradientNorm: Double?
}
