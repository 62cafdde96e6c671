import Foundation
import LucidTensor

/// The batches of one epoch that are being filled, and the threads that fill them.
///
/// Threads take one picture after the other, in order, as long as it belongs to one of the next ``DataLoader/prefetch``
/// batches, and sleep else.
///
/// `@unchecked Sendable` holds because every stored `var` is only touched while `condition` is locked, which `next`, `stop` and
/// the workers all do; the numbers of an open batch are written without the lock, but each picture's by the one thread that
/// took it, and read only after all have reported under the lock that they are done.
final class BatchQueue: @unchecked Sendable {
  private let loader: DataLoader
  private let epoch: Int
  private let order: [Int]
  private let batchCount: Int

  private let condition = NSCondition()
  /// The next picture to take, as a place in `order`.
  private var position: Int
  /// The number of the next batch to give.
  private var given: Int
  private var open: [Int: OpenBatch] = [:]
  private var ready: [Int: Batch] = [:]
  private var skippedCount = 0
  /// Why there will be no more batches.
  private var end: (any Error)?
  private var waiter: CheckedContinuation<Batch?, any Error>?

  init(_ loader: DataLoader, epoch: Int, first: Int) {
    self.loader = loader
    self.epoch = epoch
    order = loader.order(ofEpoch: epoch)
    batchCount = loader.batchCount
    given = min(first, batchCount)
    position = given * loader.batchSize
  }

  /// Starts the threads.
  func start() {
    let remaining = max(0, min(order.count, batchCount * loader.batchSize) - position)
    for _ in 0..<min(loader.workers, remaining) {
      let thread = Thread { [self] in work() }
      thread.name = "lucid-loader"
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Gives up: threads end after the picture they are at, and whoever waits gets the error.
  func stop(_ error: any Error) {
    condition.lock()
    defer { condition.unlock() }
    fail(error)
  }

  /// The next batch; nil after the last one.
  func next() async throws -> Batch? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        condition.lock()
        defer { condition.unlock() }
        precondition(waiter == nil, "an epoch's batches are asked for one at a time")
        waiter = continuation
        serve()
      }
    } onCancel: {
      stop(CancellationError())
    }
  }

  // MARK: Under the lock

  private func fail(_ error: any Error) {
    if end == nil { end = error }
    (open, ready) = ([:], [:])
    condition.broadcast()
    serve()
  }

  /// Gives whoever waits what there is for them.
  private func serve() {
    guard let waiter else { return }
    if let end {
      self.waiter = nil
      waiter.resume(throwing: end)
    } else if given == batchCount {
      self.waiter = nil
      waiter.resume(returning: nil)
    } else if let batch = ready.removeValue(forKey: given) {
      self.waiter = nil
      given += 1
      condition.broadcast()
      waiter.resume(returning: batch)
    }
  }

  /// The next picture to read: waits until it may be begun; nil where there is none left.
  private func take() -> (batch: OpenBatch, slot: Int)? {
    while end == nil {
      let number = position / loader.batchSize
      guard number < batchCount else { return nil }
      if number >= given + loader.prefetch {
        condition.wait()
        continue
      }
      let begin = number * loader.batchSize
      let batch =
        open[number]
        ?? OpenBatch(
          number: number, indices: Array(order[begin..<min(begin + loader.batchSize, order.count)]),
          inputShape: loader.transform.inputShape)
      open[number] = batch
      position += 1
      return (batch, position - 1 - begin)
    }
    return nil
  }

  // MARK: On the threads

  private func work() {
    useCallingThreadOnly()
    lowerPriorityOfCallingThread()
    condition.lock()
    while let (batch, slot) = take() {
      condition.unlock()
      let fault = fill(batch, slot)
      condition.lock()
      guard end == nil else { break }
      if let fault { note(fault, of: batch, slot) }
      batch.remaining -= 1
      guard batch.remaining == 0, end == nil else { continue }
      open[batch.number] = nil
      condition.unlock()
      let finished = batch.finished(epoch: epoch, loader)
      condition.lock()
      guard end == nil else { break }
      ready[batch.number] = finished
      serve()
    }
    condition.unlock()
  }

  /// Reads a picture into its place; what is wrong with it, if anything.
  private func fill(_ batch: OpenBatch, _ slot: Int) -> (any Error)? {
    let index = batch.indices[slot]
    var random = RandomStream(
      loader.seed, DataLoader.Purpose.sample.rawValue, UInt64(bitPattern: Int64(epoch)), UInt64(index))
    do {
      let image = try loader.dataset.image(at: index)
      try loader.transform.write(image, into: batch.values(slot), using: &random)
      return nil
    } catch {
      return error
    }
  }

  private func note(_ error: any Error, of batch: OpenBatch, _ slot: Int) {
    let index = batch.indices[slot]
    let name = loader.dataset.name(at: index)
    batch.skipped.append(SkippedSample(index: index, name: name, error: error))
    skippedCount += 1
    guard let limit = loader.skipLimit, skippedCount > limit else { return }
    fail(
      LucidError(
        .invalidInput, doing: "reading pictures",
        problem:
          "\(skippedCount) of the first \(position) could not be read; at most \(limit) may be. The last was \(name): \(error)",
        advice: "Repair or remove them, or allow for more with skipLimit."))
  }
}

/// A batch that is being filled.
private final class OpenBatch {
  let number: Int
  let indices: [Int]
  let shape: Shape
  let storage: Storage
  /// How many pictures are not yet done.
  var remaining: Int
  var skipped: [SkippedSample] = []

  init(number: Int, indices: [Int], inputShape: Shape) {
    (self.number, self.indices, remaining) = (number, indices, indices.count)
    shape = Shape([indices.count] + inputShape)
    storage = Storage(byteCount: shape.elementCount * MemoryLayout<Float>.stride)
  }

  /// Where the input of one picture goes.
  func values(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
    let count = shape.elementCount / indices.count
    let all = storage.base.bindMemory(to: Float.self, capacity: shape.elementCount)
    return UnsafeMutableBufferPointer(start: all + slot * count, count: count)
  }

  /// The batch as it is given out.
  func finished(epoch: Int, _ loader: DataLoader) -> Batch {
    var (images, indices) = (Tensor(storage: storage, shape: shape, dtype: .float32), indices)
    if !skipped.isEmpty {
      let bad = Set(skipped.map(\.index))
      let kept = indices.indices.filter { !bad.contains(indices[$0]) }
      indices = kept.map { indices[$0] }
      let count = shape.elementCount / shape[0]
      images = Tensor(shape: Shape([kept.count] + shape.dropFirst()), of: Float.self) { target in
        for (to, from) in kept.enumerated() {
          (target.baseAddress! + to * count).initialize(from: values(from).baseAddress!, count: count)
        }
      }
    }
    let labels = indices.map(loader.dataset.label(at:))
    var softTargets: Tensor?
    if let mixing = loader.mixing, !labels.isEmpty {
      var random = RandomStream(
        loader.seed, DataLoader.Purpose.batch.rawValue, UInt64(bitPattern: Int64(epoch)), UInt64(number))
      (images, softTargets) = mixing.mixed(
        images, labels: labels, classCount: loader.dataset.classes.count, using: &random)
    }
    return Batch(
      images: images, labels: labels, softTargets: softTargets, indices: indices,
      skipped: skipped.sorted { $0.index < $1.index }, epoch: epoch, number: number)
  }
}

/// Lets the threads that compute go first: those wait for each other, so one that a decoder holds up holds up all.
private func lowerPriorityOfCallingThread() {
  #if os(Linux)
    // 0 means the calling thread on Linux. Where it is refused, the priority stays as it was, and all still works.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
  #endif
}
