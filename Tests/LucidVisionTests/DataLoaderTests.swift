import Foundation
import LucidTensor
import LucidTesting
import Synchronization
import Testing

@testable import LucidVision

/// Pictures of one colour, slow now and then, some of which cannot be read.
private final class Stripes: ImageDataset {
  let count: Int
  let classes = ["a", "b", "c"]
  let bad: Set<Int>
  let delays: Bool
  let reads = Mutex(0)

  init(_ count: Int, bad: Set<Int> = [], delays: Bool = false) {
    (self.count, self.bad, self.delays) = (count, bad, delays)
  }

  func label(at index: Int) -> Int { index % 3 }
  func name(at index: Int) -> String { "stripe \(index)" }
  func image(at index: Int) throws -> Image {
    reads.withLock { $0 += 1 }
    if delays { usleep(UInt32(index * 7919 % 13) * 200) }
    if bad.contains(index) { throw LucidError(.invalidImage, doing: "reading stripe \(index)", problem: "it is torn.") }
    return noise(height: 12, width: 15, seed: UInt32(index))
  }
}

private let recipe = ImagePreprocessing.imageNet(crop: 8, resize: 9)

private struct Seen: Equatable {
  var numbers: [Int] = []
  var indices: [Int] = []
  var labels: [Int] = []
  var skipped: [Int] = []
  var values: [Float] = []
  var targets: [Float] = []

  mutating func append(_ batch: Batch) {
    #expect(batch.images.shape == [batch.count, 3, 8, 8] && batch.indices.count == batch.count)
    #expect(batch.labels == batch.indices.map { $0 % 3 })
    numbers.append(batch.number)
    indices += batch.indices
    labels += batch.labels
    skipped += batch.skipped.map(\.index)
    values += batch.images.scalars(as: Float.self)
    targets += batch.softTargets?.scalars(as: Float.self) ?? []
  }
}

private func read(_ loader: DataLoader, epoch: Int = 0, from first: Int = 0) async throws -> Seen {
  var seen = Seen()
  for try await batch in loader.epoch(epoch, fromBatch: first) {
    #expect(batch.epoch == epoch)
    seen.append(batch)
  }
  return seen
}

@Suite("Data loader", .timeLimit(.minutes(2)))
struct DataLoaderTests {
  @Test("inputs are those of the recipe, in order, the last batch smaller")
  func plain() async throws {
    let dataset = Stripes(10)
    let loader = DataLoader(dataset, recipe, batchSize: 4)
    #expect(loader.batchCount == 3)
    let seen = try await read(loader)
    #expect(seen.numbers == [0, 1, 2] && seen.indices == Array(0..<10))
    #expect(seen.values == (try (0..<10).flatMap { try recipe(dataset.image(at: $0)).scalars(as: Float.self) }))
    let dropping = DataLoader(dataset, recipe, batchSize: 4, dropsLast: true)
    #expect(try await read(dropping).indices == Array(0..<8))
    #expect(dropping.batchCount == 2)
  }

  @Test("any number of threads and batches ahead gives the same numbers", arguments: [1, 2, 7], [1, 2, 5])
  func determinism(workers: Int, prefetch: Int) async throws {
    func loader(_ workers: Int, _ prefetch: Int, _ dataset: Stripes) -> DataLoader {
      DataLoader(
        dataset, TrainingPreprocessing.trivialAugment(for: recipe, erasing: 0.5), batchSize: 5, shuffles: true,
        seed: 11,
        mixing: .either(mixup: 0.2, cutmix: 1), workers: workers, prefetch: prefetch)
    }
    let bad: Set = [3, 17]
    let expected = try await read(loader(1, 1, Stripes(33, bad: bad)), epoch: 2)
    #expect(try await read(loader(workers, prefetch, Stripes(33, bad: bad, delays: true)), epoch: 2) == expected)
  }

  @Test("epochs differ, seeds differ, and each has every picture once")
  func shuffling() async throws {
    func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
      DataLoader(Stripes(50), recipe, batchSize: 8, shuffles: true, seed: seed).order(ofEpoch: epoch)
    }
    #expect(order(1, 0) == order(1, 0))
    #expect(order(1, 0) != order(1, 1) && order(1, 0) != order(2, 0))
    #expect(order(1, 0).sorted() == Array(0..<50))
    let loader = DataLoader(Stripes(50), TrainingPreprocessing.standard(for: recipe), batchSize: 50, seed: 1)
    let (first, second) = (try await read(loader, epoch: 0), try await read(loader, epoch: 1))
    #expect(first.indices == second.indices && first.values != second.values)
  }

  @Test("going on in the middle gives the same batches", arguments: [0, 1, 4, 6, 7, 100])
  func resuming(first: Int) async throws {
    let loader = DataLoader(
      Stripes(33), TrainingPreprocessing.standard(for: recipe), batchSize: 5, shuffles: true, seed: 5,
      mixing: .mixup(alpha: 0.4))
    var expected = Seen()
    for try await batch in loader.epoch(3) where batch.number >= first { expected.append(batch) }
    #expect(try await read(loader, epoch: 3, from: first) == expected)
  }

  @Test("unreadable pictures are named and left out; a batch may be empty")
  func skipping() async throws {
    let loader = DataLoader(Stripes(9, bad: [1, 3, 4, 5]), recipe, batchSize: 3)
    var batches: [Batch] = []
    for try await batch in loader.epoch() { batches.append(batch) }
    #expect(batches.map(\.indices) == [[0, 2], [], [6, 7, 8]])
    #expect(batches.map { $0.skipped.map(\.index) } == [[1], [3, 4, 5], []])
    #expect(batches[1].images.shape == [0, 3, 8, 8])
    #expect(batches[0].skipped[0].name == "stripe 1" && "\(batches[0].skipped[0].error)".contains("torn"))
  }

  @Test("too many unreadable pictures end the epoch with an error")
  func limit() async throws {
    let bad = Set(0..<30)
    await #expect {
      try await read(DataLoader(Stripes(100, bad: bad), recipe, batchSize: 4, skipLimit: 5))
    } throws: { error in
      "\(error)".contains("at most 5 may be") && "\(error)".contains("torn")
    }
    let all = try await read(DataLoader(Stripes(100, bad: bad), recipe, batchSize: 4, skipLimit: nil))
    #expect(all.skipped == Array(0..<30) && all.indices == Array(30..<100))
    #expect(try await read(DataLoader(Stripes(100, bad: [1]), recipe, batchSize: 4, skipLimit: 1)).skipped == [1])
  }

  @Test("no more is read than what may be ahead")
  func bounded() async throws {
    let dataset = Stripes(100)
    var iterator = DataLoader(dataset, recipe, batchSize: 5, workers: 3, prefetch: 2).epoch().makeAsyncIterator()
    _ = try await iterator.next()
    try await Task.sleep(for: .milliseconds(100))
    // One batch was given and two are ahead.
    #expect(dataset.reads.withLock { $0 } <= 15)
    while try await iterator.next() != nil {}
    #expect(dataset.reads.withLock { $0 } == 100)
  }

  @Test("leaving the loop ends the threads, which let go of the data set")
  func leaving() async throws {
    weak var released: Stripes?
    func leave() async throws {
      let dataset = Stripes(1000)
      released = dataset
      for try await batch in DataLoader(dataset, recipe, batchSize: 4, workers: 3).epoch() where batch.number == 2 {
        break
      }
      #expect(dataset.reads.withLock { $0 } < 100)
    }
    try await leave()
    while released != nil { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test("cancelling the task ends the loop and the threads")
  func cancelling() async throws {
    weak var released: Stripes?
    func start() -> Task<Int, any Error> {
      let dataset = Stripes(100_000, delays: true)
      released = dataset
      let loader = DataLoader(dataset, recipe, batchSize: 4, workers: 2)
      return Task {
        var count = 0
        for try await batch in loader.epoch() { count += batch.count }
        return count
      }
    }
    let task = start()
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    while released != nil { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test("an empty data set has no batches")
  func empty() async throws {
    #expect(try await read(DataLoader(Stripes(0), recipe, batchSize: 3)) == Seen())
  }
}

@Suite("Mixing pictures of a batch")
struct BatchMixingTests {
  private let images = Tensor((0..<3 * 2 * 16).map { Float($0) }, [3, 2, 4, 4])
  private let labels = [2, 0, 2]

  @Test("mixup is a convex sum with the picture before, and so are the targets")
  func mixup() {
    var (random, mirror) = (RandomStream(3), RandomStream(3))
    let (mixed, targets) = BatchMixing.mixup(alpha: 0.7).mixed(images, labels: labels, classCount: 3, using: &random)
    let share = mirror.beta(0.7)
    let (own, other) = (Float(share), Float(1 - share))
    let values = images.scalars(as: Float.self)
    let expected = values.indices.map { values[$0] * own + values[($0 + 64) % 96] * other }
    #expect(mixed.scalars(as: Float.self) == expected)
    // Pictures 0, 1, 2 go with 2, 0, 1.
    #expect(targets.scalars(as: Float.self) == [0, 0, own + other, own, 0, other, other, 0, own])
    #expect(images.scalars(as: Float.self) == values)
  }

  @Test("cutmix puts a rectangle of the picture before, and targets go by its area")
  func cutmix() {
    for seed in 0..<50 {
      var (random, mirror) = (RandomStream(UInt64(seed)), RandomStream(UInt64(seed)))
      let (mixed, targets) = BatchMixing.cutmix(alpha: 1).mixed(images, labels: labels, classCount: 3, using: &random)
      let box = CutBox(height: 4, width: 4, share: mirror.beta(1), using: &mirror)
      let values = images.scalars(as: Float.self)
      let expected = values.indices.map { index in
        let (row, column) = (index / 4 % 4, index % 4)
        return box.rows.contains(row) && box.columns.contains(column) ? values[(index + 64) % 96] : values[index]
      }
      #expect(mixed.scalars(as: Float.self) == expected)
      let share = Float(1 - Double(box.rows.count * box.columns.count) / 16)
      #expect(targets[1].scalars(as: Float.self) == [share, 0, 1 - share])
    }
  }

  @Test("either is each half of the time")
  func either() {
    var random = RandomStream(9)
    let count = (0..<400).count { _ in
      let mixed = BatchMixing.either(mixup: 1, cutmix: 1).mixed(images, labels: labels, classCount: 3, using: &random)
        .images
      return mixed.scalars(as: Float.self).allSatisfy { $0 == $0.rounded() }
    }
    #expect((150...250).contains(count))
  }
}
