import LucidTensor
import LucidTesting
import Testing

@testable import LucidNN

@Suite("Depthwise blocks")
struct DepthwiseBlockTests {
  /// What a block has and how large it is; odd sizes, several pictures, and channels that do not fill whole panels.
  struct Case: Sendable, CustomStringConvertible {
    var inputs = 16
    var hidden = 48
    var outputs = 24
    var kernel = 3
    var stride = 1
    var padding = Padding.all(1)
    var hasExpansion = true
    var isResidual = false
    var shape: (Int, Int, Int) = (1, 13, 9)

    var input: Shape { [shape.0, inputs, shape.1, shape.2] }
    var description: String {
      "\(input) -> \(hidden) -> \(outputs), kernel \(kernel), stride \(stride), \(padding), "
        + "expansion \(hasExpansion), residual \(isResidual)"
    }
  }

  static let cases = [
    Case(), Case(stride: 2), Case(stride: 2, shape: (3, 8, 8)), Case(kernel: 5, padding: .all(2)),
    Case(kernel: 5, stride: 2, padding: .same, shape: (2, 14, 11)), Case(kernel: 5, padding: .all(2), shape: (1, 2, 3)),
    Case(outputs: 16, isResidual: true), Case(outputs: 16, isResidual: true, shape: (5, 7, 7)),
    Case(inputs: 40, hidden: 40, outputs: 40, hasExpansion: false, isResidual: true),
    Case(inputs: 8, hidden: 8, outputs: 8, shape: (1, 1, 1)),
    // Rows of which few fit a cache.
    Case(hidden: 768, outputs: 56, shape: (1, 40, 33)),
    Case(hidden: 768, kernel: 5, padding: .all(2), shape: (1, 31, 40)),
    Case(padding: .all(0)),
  ]

  @Test("A block computes what its three convolutions do", arguments: cases)
  func agrees(parts: Case) throws {
    let block = Block(parts).eval()
    let x = Tensor.randn(parts.input, generator: Generator(seed: 3))
    let graph = block.graph(parts.input)
    #expect(graph.nodes.count == (parts.hasExpansion ? 3 : 2))
    let fused = graph.fusingDepthwiseBlocks { _, _, _ in true }
    #expect(fused.nodes.count == 1)
    let node = try #require(fused.nodes.first)
    let operands = node.inputs.map { $0.constant ?? x }
    let expected = block.forward(x).scalars(as: Double.self)
    // Sums of at most 768 products of numbers about 1, added up in another order.
    let results = (0..<2).map { _ in node.operation.forward(operands, on: Device.cpu.backend)[0] }
    expectClose(results[0], expected, tolerance: 1e-4, "\(parts)")
    #expect(results[0].scalars(as: Float.self) == results[1].scalars(as: Float.self), "the same bits each time")
  }

  @Test("Only convolutions whose results nobody else needs become a block")
  func leavesOthersAlone() {
    func count(_ body: (Block, Tensor) -> Tensor) -> Int {
      let block = Block(Case(outputs: 16)).eval()
      let graph = Recorder.record([TensorType([1, 16, 9, 9])]) { [body(block, $0[0])] }
        .foldingBatchNorm().fusingResiduals().fusingActivations().removingUnused()
      return graph.fusingDepthwiseBlocks { _, _, _ in true }.nodes.filter { $0.operation is DepthwiseBlock }.count
    }
    #expect(count { block, x in block.forward(x) } == 1)
    #expect(
      count { block, x in
        let filtered = block.depthwise(block.expand!(x).relu6()).relu6()
        return block.project(filtered) + filtered.slice(dim: 1, to: 16)
      } == 0)
    // Functions that are more than limits.
    #expect(count { block, x in block.project(block.depthwise(block.expand!(x).relu6()).silu()) } == 0)
    // The first convolution's result is needed elsewhere: the others still are a block.
    #expect(
      count { block, x in
        let expanded = block.expand!(x).relu6()
        return block.project(block.depthwise(expanded).relu6()) + expanded.slice(dim: 1, to: 16)
      } == 1)
    #expect(Block(Case()).eval().graph([1, 16, 9, 9]).fusingDepthwiseBlocks { _, _, _ in false }.nodes.count == 3)
  }

  fileprivate final class Block: Module {
    let expand: Conv2d?
    let depthwise, project: Conv2d
    let isResidual: Bool

    init(_ parts: Case) {
      let generator = Generator(seed: 1)
      expand = parts.hasExpansion ? Conv2d(parts.inputs, parts.hidden, kernel: 1, generator: generator) : nil
      depthwise = Conv2d(
        parts.hidden, parts.hidden, kernel: parts.kernel, stride: parts.stride, padding: parts.padding,
        groups: parts.hidden, generator: generator)
      project = Conv2d(parts.hidden, parts.outputs, kernel: 1, generator: generator)
      isResidual = parts.isResidual
    }

    override func forward(_ x: Tensor) -> Tensor {
      let y = project(depthwise(expand.map { $0(x).relu6() } ?? x).relu())
      return isResidual ? x + y : y
    }

    /// As a plan has it before its convolutions become a block.
    func graph(_ shape: Shape) -> Graph {
      Recorder.record([TensorType(shape)]) { [forward($0[0])] }.foldingBatchNorm().fusingResiduals().fusingActivations()
        .removingUnused()
    }
  }
}
