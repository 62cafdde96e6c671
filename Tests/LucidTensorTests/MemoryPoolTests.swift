import Foundation
import Testing

@testable import LucidTensor

@Suite("Memory pool")
struct MemoryPoolTests {
  private static let megabyte = 1 << 20

  @Test("A block that was given back is the next one of its size")
  func reuse() {
    let pool = MemoryPool()
    let first = pool.take(3 * Self.megabyte)
    pool.giveBack(first)
    #expect(pool.idleBytes == first.capacity)
    let second = pool.take(3 * Self.megabyte - 100)
    #expect(second.base == first.base)
    #expect(pool.idleBytes == 0)
    pool.giveBack(second)
    pool.empty()
    #expect(pool.idleBytes == 0)
  }

  @Test("The smallest block that is large enough is taken, and none that would mostly be wasted")
  func bestFit() {
    let pool = MemoryPool()
    let sizes = [1, 2, 16].map { $0 * Self.megabyte }
    let blocks = sizes.map(pool.take)
    for block in blocks { pool.giveBack(block) }
    let two = pool.take(3 * Self.megabyte / 2)
    #expect(two.base == blocks[1].base)
    let other = pool.take(2 * Self.megabyte)
    #expect(!blocks.map(\.base).contains(other.base))
    for block in [two, other] { pool.giveBack(block) }
    pool.empty()
  }

  @Test("Used and kept memory together stay within 5/4 of the most that was used")
  func bound() {
    let pool = MemoryPool()
    // No block serves for the next one, which is four times as large.
    for size in [1, 4, 16, 64] { pool.giveBack(pool.take(size * Self.megabyte)) }
    #expect(pool.idleBytes <= 80 * Self.megabyte)
    let large = pool.take(64 * Self.megabyte)
    #expect(pool.idleBytes <= 16 * Self.megabyte)
    pool.giveBack(large)
    pool.empty()
  }

  @Test("Blocks are aligned and have the bytes that were asked for", arguments: [0, 1, 63, 65_535, 65_537, 5_000_001])
  func capacity(byteCount: Int) {
    let pool = MemoryPool()
    let block = pool.take(byteCount)
    #expect(block.capacity >= byteCount && Int(bitPattern: block.base) % 64 == 0)
    memset(block.base, 1, block.capacity)
    pool.giveBack(block)
    pool.empty()
  }

  @Test("Many threads never share a block")
  func threads() async {
    let pool = MemoryPool()
    let isWhole = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { round in
            let block = pool.take((1 + (round + number) % 5) * (100 << 10))
            defer { pool.giveBack(block) }
            memset(block.base, Int32(number), block.capacity)
            let bytes = UnsafeRawBufferPointer(start: block.base, count: block.capacity)
            return bytes.allSatisfy { $0 == UInt8(number) }
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(isWhole)
    pool.empty()
  }
}
