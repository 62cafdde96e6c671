import LucidTensor

/// What a ``DataLoader`` gives for one step.
public struct Batch: Sendable {
  /// The inputs, float32 `[N, C, H, W]`.
  public let images: Tensor
  /// The class of each input.
  public let labels: [Int]
  /// The classes' shares in each input, float32 `[N, classes]`, where the loader mixes pictures; else nil.
  public let softTargets: Tensor?
  /// Each input's place in the data set.
  public let indices: [Int]
  /// The pictures of the batch that could not be read; they are in none of the above.
  public let skipped: [SkippedSample]
  /// The number of the epoch.
  public let epoch: Int
  /// The batch's number within the epoch, from 0.
  public let number: Int

  /// How many inputs there are: fewer than the loader's batch size in the last batch and where pictures were skipped, and 0
  /// where none of the batch's pictures could be read.
  public var count: Int { labels.count }
}

/// A picture that could not be read.
public struct SkippedSample: Sendable {
  /// Its place in the data set.
  public let index: Int
  /// What the data set calls it, such as the path of its file.
  public let name: String
  /// What is wrong with it; a ``LucidError`` of the data sets of this module.
  public let error: any Error
}
