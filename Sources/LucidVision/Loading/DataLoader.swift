import Foundation
import LucidTensor

/// Reads a data set in batches, ahead of who computes with them.
///
/// ```swift
/// let birds = try ImageFolder("birds")
/// let loader = DataLoader(birds, TrainingPreprocessing.standard(crop: 224), batchSize: 32, shuffles: true, seed: 1)
/// for try await batch in loader.epoch(0) {
///   step(batch.images, batch.labels)
/// }
/// ```
///
/// Threads of its own decode and augment the next pictures while the loop's body runs, each writing its picture straight to
/// its place in a batch. How many of them there are and how fast they are changes nothing in the result: the order is drawn
/// from the seed and the epoch, what happens to a picture from the seed, the epoch and its place in the data set.
///
/// A picture that cannot be read is left out of its batch and named in ``Batch/skipped``.
public struct DataLoader: Sendable {
  /// The pictures.
  public let dataset: any ImageDataset
  /// What makes them inputs.
  public let transform: any SampleTransform
  /// How many pictures make a batch.
  public let batchSize: Int
  /// Whether each epoch has an order of its own rather than the data set's.
  public let shuffles: Bool
  /// What order and augmentations are drawn from.
  public let seed: UInt64
  /// Whether pictures that do not fill a batch at the end of an epoch are left out.
  public let dropsLast: Bool
  /// How the pictures of a batch are mixed with each other, if at all.
  public let mixing: BatchMixing?
  /// How many pictures of an epoch may be unreadable; the next one ends it with an error. Nil for any number.
  public let skipLimit: Int?
  /// How many threads read pictures.
  public let workers: Int
  /// How many batches are worked on or ready, besides the one that was given last.
  public let prefetch: Int

  /// A loader of these pictures.
  ///
  /// - Parameters:
  ///   - skipLimit: see ``skipLimit``; by default 16, so that a wrong folder or a broken disk ends training soon.
  ///   - workers: one for each core where nil. They run at a lower priority than the threads that compute, and so fill what
  ///     those leave.
  ///
  /// Traps where `batchSize`, `workers` or `prefetch` is not positive, where the transform does not fix the inputs' size, and
  /// where pictures are to be mixed that have no classes.
  public init(
    _ dataset: some ImageDataset, _ transform: some SampleTransform, batchSize: Int, shuffles: Bool = false,
    seed: UInt64 = 0, dropsLast: Bool = false, mixing: BatchMixing? = nil, skipLimit: Int? = 16, workers: Int? = nil,
    prefetch: Int = 2
  ) {
    precondition(batchSize > 0, "a batch has at least one picture, not \(batchSize)")
    precondition(prefetch > 0, "a loader works on at least one batch ahead, not \(prefetch)")
    let threads = workers ?? ProcessInfo.processInfo.activeProcessorCount
    precondition(threads > 0, "a loader needs at least one thread, not \(threads)")
    precondition(mixing == nil || !dataset.classes.isEmpty, "pictures without classes cannot be mixed")
    precondition(transform.inputShape.rank == 3, "an input is [C, H, W], not \(transform.inputShape)")
    (self.dataset, self.transform, self.batchSize, self.shuffles) = (dataset, transform, batchSize, shuffles)
    (self.seed, self.dropsLast, self.mixing, self.skipLimit) = (seed, dropsLast, mixing, skipLimit)
    (self.workers, self.prefetch) = (threads, prefetch)
  }

  /// How many batches an epoch has.
  public var batchCount: Int { dropsLast ? dataset.count / batchSize : (dataset.count + batchSize - 1) / batchSize }

  /// The places of an epoch's pictures in the data set, in the order in which they are read.
  public func order(ofEpoch number: Int) -> [Int] {
    guard shuffles else { return Array(0..<dataset.count) }
    var random = RandomStream(seed, Purpose.order.rawValue, UInt64(bitPattern: Int64(number)))
    return random.permutation(dataset.count)
  }

  /// The batches of an epoch, to go through with `for try await`. Reading begins when the loop does, and ends, with all of
  /// its threads, when the loop is left or its task is cancelled; the loop then throws `CancellationError`.
  ///
  /// - Parameters:
  ///   - number: the epoch, which decides on order and augmentations.
  ///   - fromBatch: the first batch to give; going on there gives the same batches as an epoch that was not interrupted.
  ///     Traps where it is negative; behind the end, there are none.
  public func epoch(_ number: Int = 0, fromBatch: Int = 0) -> Epoch {
    precondition(fromBatch >= 0, "an epoch begins with batch 0, not \(fromBatch)")
    return Epoch(loader: self, number: number, first: fromBatch)
  }

  /// What a stream of random numbers is for, so that no two share one.
  enum Purpose: UInt64 {
    case order = 1
    case sample, batch
  }
}

extension DataLoader {
  /// The batches of one epoch.
  public struct Epoch: AsyncSequence, Sendable {
    let loader: DataLoader
    let number: Int
    let first: Int

    /// Starts the threads that read.
    public func makeAsyncIterator() -> Iterator { Iterator(BatchQueue(loader, epoch: number, first: first)) }

    /// Gives the batches in order.
    public struct Iterator: AsyncIteratorProtocol {
      private let lease: Lease

      init(_ queue: BatchQueue) {
        lease = Lease(queue)
        queue.start()
      }

      /// The next batch; nil at the end. Throws `CancellationError` where the task is cancelled, and ``LucidError`` where more
      /// pictures than ``DataLoader/skipLimit`` could not be read.
      public mutating func next() async throws -> Batch? { try await lease.queue.next() }
    }

    /// Ends the threads when nobody wants their batches any more.
    final class Lease: Sendable {
      let queue: BatchQueue
      init(_ queue: BatchQueue) { self.queue = queue }
      deinit { queue.stop(CancellationError()) }
    }
  }
}
