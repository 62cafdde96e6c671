import COneDNN
import Testing

@testable import LucidTensor

@Suite struct ParallelUseTests {
  /// The bits of a small network's output.
  private static func run(_ x: Tensor, _ w: Tensor) -> [UInt32] {
    let y = x.conv2d(w, padding: .all(1)).relu().conv2d(w, padding: .all(1)) + x
    let pooled = y.maxPool2d(kernel: (2, 2)).gelu().mean(dim: 2, 3)
    return (pooled.matmul(pooled.T).softmax(dim: 1) + pooled.sum()).scalars(as: Float.self).map(\.bitPattern)
  }

  @Test func manyTasksGetTheSameBits() async {
    let x = Tensor.randn([2, 16, 11, 9], generator: Generator(seed: 1))
    let w = Tensor.randn([16, 16, 3, 3], generator: Generator(seed: 2)) * 0.1
    let expected = Self.run(x, w)
    let results = await withTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<16 { group.addTask { (0..<5).map { _ in Self.run(x, w) }.last! } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count == 16)
    #expect(results.allSatisfy { $0 == expected })
  }

  @Test func theCacheForgetsWhatWasUsedLongestAgo() {
    let cache = PrimitiveCache(capacity: 4)
    var compiled: [Int] = []
    func use(_ size: Int) -> Primitive {
      cache.primitive(for: size) {
        compiled.append(size)
        let memory = MemoryDescriptor([size], strides: [1])
        return Primitive("reorder", arguments: [], [memory, memory]) {
          lucid_reorder(&$0, $1.engine, $3, $2[0], $2[1])
        }
      }
    }
    let first = use(1)
    for size in 2...4 { _ = use(size) }
    #expect(use(1) === first && compiled == [1, 2, 3, 4])
    _ = use(5)  // makes room for half: 1, used just now, and 4 stay
    #expect(use(1) === first && compiled == [1, 2, 3, 4, 5])
    _ = use(4)
    #expect(compiled == [1, 2, 3, 4, 5])
    _ = use(2)
    #expect(compiled == [1, 2, 3, 4, 5, 2])
  }
}
