import Foundation
import Synchronization

/// Large blocks of memory that tensors have given back, kept for the tensors to come.
///
/// The system hands out memory page by page as it is touched first, which costs more than many an operation on it does.
/// A network asks for the same sizes in every run, so nearly all it needs lies here after the first.
///
/// - A request gets the smallest block that is large enough, unless three quarters of it would be wasted.
/// - What is used and what is kept together never take more than 5/4 of the most that was ever used at once: rather than
///   that, what was unused the longest goes back to the system.
/// - What was not used for ten seconds goes back, too, when something else is given back.
///
/// Taking and giving back cost O(n) for n blocks kept, a move of their list. Small blocks are the allocator's business.
final class MemoryPool: Sendable {
  static let shared = MemoryPool()

  /// Memory of one owner, who may write to it.
  ///
  /// `@unchecked Sendable` holds because a block has one owner at a time: the pool, under its lock, or who took it.
  struct Block: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let capacity: Int
    /// What the system gave, where that begins earlier.
    fileprivate let allocation: UnsafeMutableRawPointer
  }

  /// Blocks that nobody uses, and how much is used.
  fileprivate struct State {
    /// By capacity, smallest first.
    var idle: [(block: Block, since: ContinuousClock.Instant)] = []
    var (idleBytes, usedBytes, mostUsedBytes) = (0, 0, 0)
  }

  /// Smaller blocks are not kept.
  private static let leastCapacity = 64 << 10
  /// How long a block is kept that nobody wants.
  private static let patience = Duration.seconds(10)

  private let state = Mutex(State())

  /// Memory for at least so many bytes, 64-byte aligned, not initialised. Stops the program where there is none left.
  func take(_ byteCount: Int) -> Block {
    let capacity = Self.capacity(for: byteCount)
    guard capacity >= Self.leastCapacity else { return Self.allocate(capacity) }
    let (found, surplus) = state.withLock { state -> (Block?, [Block]) in
      let found = state.reuse(capacity)
      state.usedBytes += found?.capacity ?? capacity
      state.mostUsedBytes = max(state.mostUsedBytes, state.usedBytes)
      return (found, state.removeSurplus())
    }
    for block in surplus { free(block.allocation) }
    return found ?? Self.allocate(capacity)
  }

  /// Takes back what ``take(_:)`` gave.
  func giveBack(_ block: Block) {
    guard block.capacity >= Self.leastCapacity else { return free(block.allocation) }
    let now = ContinuousClock.now
    let forgotten = state.withLock { state in
      state.usedBytes -= block.capacity
      state.keep(block, since: now)
      return state.remove { $0 < now - Self.patience }
    }
    for block in forgotten { free(block.allocation) }
  }

  /// Gives all that is kept back to the system.
  func empty() {
    for block in state.withLock({ $0.remove { _ in true } }) { free(block.allocation) }
  }

  /// The bytes that are kept and that nobody uses.
  var idleBytes: Int { state.withLock { $0.idleBytes } }

  /// At most a sixteenth more than is asked for, so that sizes that are nearly the same share blocks.
  private static func capacity(for byteCount: Int) -> Int {
    guard byteCount >= leastCapacity / 2 else { return max(byteCount, 64) }
    let step = max(4096, (1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 1)) / 16)
    return (byteCount + step - 1) / step * step
  }

  /// How many large blocks there were so far.
  private static let largeBlocks = Atomic<Int>(0)

  private static func allocate(_ capacity: Int) -> Block {
    // The processor finds its way in pages of 2 MiB faster than in those of 4 KiB; to be had from Linux for the asking.
    let largePage = 2 << 20
    let isLarge = capacity >= largePage
    // Blocks that all began at such a page would meet in the same few lines of the caches.
    let offset = isLarge ? largeBlocks.add(1, ordering: .relaxed).oldValue % 16 * (4096 + 64) : 0
    var pointer: UnsafeMutableRawPointer?
    let status = posix_memalign(&pointer, isLarge ? largePage : 64, capacity + offset)
    guard status == 0, let pointer else { fatalError("out of memory: could not allocate \(capacity) bytes") }
    #if os(Linux)
      // Only a wish: what the system answers makes no difference.
      if isLarge { _ = madvise(pointer, capacity + offset, Int32(MADV_HUGEPAGE)) }
    #endif
    return Block(base: pointer + offset, capacity: capacity, allocation: pointer)
  }
}

extension MemoryPool.State {
  /// The smallest block with a capacity, if its like would not be missed.
  fileprivate mutating func reuse(_ capacity: Int) -> MemoryPool.Block? {
    let index = place(of: capacity)
    guard index < idle.count, idle[index].block.capacity < 4 * capacity else { return nil }
    let block = idle.remove(at: index).block
    idleBytes -= block.capacity
    return block
  }

  fileprivate mutating func keep(_ block: MemoryPool.Block, since now: ContinuousClock.Instant) {
    idle.insert((block, now), at: place(of: block.capacity))
    idleBytes += block.capacity
  }

  /// What must go for the whole to stay within its bounds, that which is unused the longest first.
  fileprivate mutating func removeSurplus() -> [MemoryPool.Block] {
    var result: [MemoryPool.Block] = []
    while usedBytes + idleBytes > mostUsedBytes / 4 * 5,
      let oldest = idle.indices.min(by: { idle[$0].since < idle[$1].since })
    {
      let block = idle.remove(at: oldest).block
      idleBytes -= block.capacity
      result.append(block)
    }
    return result
  }

  /// The blocks that are idle since a time that `isOld` says yes to.
  fileprivate mutating func remove(where isOld: (ContinuousClock.Instant) -> Bool) -> [MemoryPool.Block] {
    let result = idle.filter { isOld($0.since) }.map(\.block)
    guard !result.isEmpty else { return [] }
    idle.removeAll { isOld($0.since) }
    idleBytes -= result.reduce(0) { $0 + $1.capacity }
    return result
  }

  /// The number of blocks with less capacity.
  private func place(of capacity: Int) -> Int {
    var (low, high) = (0, idle.count)
    while low < high {
      let middle = (low + high) / 2
      if idle[middle].block.capacity < capacity { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
