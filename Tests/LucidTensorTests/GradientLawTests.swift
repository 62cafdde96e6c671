import LucidTensor
import LucidTesting
import Testing

/// Every differentiable operation against finite differences in float64.
@Suite struct GradientLawTests {
  @Test(arguments: unary.keys.sorted()) func unaryFunction(_ name: String) {
    for shape in [[], [7], [2, 3, 4]] as [Shape] {
      expectGradient([shape], name) { unary[name]!($0[0]) }
    }
  }

  @Test(arguments: positive.keys.sorted()) func functionOfPositiveNumbers(_ name: String) {
    for shape in [[], [7], [2, 3, 4]] as [Shape] {
      expectGradient([shape], name, prepare: { $0.abs() + 0.5 }) { positive[name]!($0[0]) }
    }
  }

  @Test(arguments: binary.keys.sorted()) func functionOfTwo(_ name: String) {
    for (a, b) in [([3, 4], [3, 4]), ([2, 3, 4], [4]), ([3, 1], [2, 3, 5]), ([], [4]), ([2, 1, 3], [4, 1])]
      as [(Shape, Shape)]
    {
      let isPower = name == "power"
      expectGradient([a, b], name, prepare: { isPower ? $0.abs() + 0.5 : $0 }) { binary[name]!($0[0], $0[1]) }
    }
  }

  @Test(arguments: others) func operation(_ law: Law) {
    for (number, inputs) in law.shapes.enumerated() {
      expectGradient(inputs, law.name, seed: UInt64(number + 1), of: law.function)
    }
  }

  /// What oneDNN computes in float32 against the loops of float64, which the finite differences have checked.
  @Test(arguments: others) func singlePrecision(_ law: Law) {
    for (number, shapes) in law.shapes.enumerated() {
      let generator = Generator(seed: UInt64(number + 1))
      let inputs = shapes.map { Tensor.randn($0, generator: generator) }
      let output = law.function(inputs)
      let weights = Tensor.randn(output.shape, generator: generator)
      func gradients(_ dtype: DType) -> [Tensor?] {
        let leaves = inputs.map { $0.to(dtype).requiringGrad() }
        return law.function(leaves).gradients(withRespectTo: leaves, gradient: weights)
      }
      for (single, double) in zip(gradients(.float32), gradients(.float64)) {
        guard let single, let double else {
          Issue.record("\(law.name): an input has no gradient")
          return
        }
        let expected = double.scalars(as: Double.self)
        // Sums of a few hundred products, each rounded to 6e-8 of its size.
        let largest = expected.reduce(1) { max($0, abs($1)) }
        expectClose(single, expected, double.shape, tolerance: 5e-5 * largest, law.name)
      }
    }
  }

  @Test func checkpointsGiveTheSameGradients() {
    func block(_ x: Tensor, _ w: Tensor) -> Tensor {
      x.matmul(w).tanh().matmul(w).sigmoid()
    }
    let (x, w) = (
      Tensor.randn([3, 4], generator: Generator(seed: 1)), Tensor.randn([4, 4], generator: Generator(seed: 2))
    )
    func gradients(_ run: (Tensor, Tensor) -> Tensor) -> [[Float]] {
      let (x, w) = (x.requiringGrad(), w.requiringGrad())
      let y = run(x, w)
      (y * y).sum().backward()
      return [x.grad!, w.grad!].map { $0.scalars(as: Float.self) }
    }
    let plain = gradients(block)
    #expect(gradients { x, w in checkpoint(x) { block($0, w) } } == plain)
    // The numbers that were dropped are those without a gradient.
    let input = x.requiringGrad()
    let kept = checkpoint(input) { $0.dropout(0.5, training: true) }
    kept.sum().backward()
    #expect(input.grad!.scalars(as: Float.self) == kept.scalars(as: Float.self).map { $0 == 0 ? 0 : 2 })
    // Only what the body uses requires gradients.
    let constant = x
    let leaf = w.requiringGrad()
    checkpoint(constant) { $0.matmul(leaf) }.sum().backward()
    #expect(leaf.grad != nil)
  }
}

/// An operation and the shapes of inputs, one list for each check.
struct Law: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Shape]]
  let function: @Sendable ([Tensor]) -> Tensor

  init(_ name: String, _ shapes: [[Shape]], _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.shapes = shapes
    self.function = function
  }

  var testDescription: String { name }
}

private let unary: [String: @Sendable (Tensor) -> Tensor] = [
  "negate": { -$0 }, "abs": { $0.abs() }, "square": { $0.square() }, "exp": { $0.exp() }, "sin": { $0.sin() },
  "cos": { $0.cos() }, "tanh": { $0.tanh() }, "erf": { $0.erf() }, "relu": { $0.relu() },
  "relu6": { ($0 * 4).relu6() }, "gelu": { $0.gelu() }, "geluTanh": { $0.gelu(tanh: true) }, "silu": { $0.silu() },
  "sigmoid": { $0.sigmoid() }, "hardSwish": { ($0 * 3).hardSwish() }, "hardSigmoid": { ($0 * 3).hardSigmoid() },
  "leakyRelu": { $0.leakyRelu(0.2) }, "clamp": { $0.clamp(-0.5, 1) }, "scaled": { 3 - 2 * $0 / 4 },
  "pow": { $0.pow(3) }, "cast": { $0.to(.float64) },
]

private let positive: [String: @Sendable (Tensor) -> Tensor] = [
  "log": { $0.log() }, "log2": { $0.log2() }, "log1p": { $0.log1p() }, "sqrt": { $0.sqrt() },
  "rsqrt": { $0.rsqrt() }, "reciprocal": { $0.reciprocal() }, "pow": { $0.pow(-1.5) },
  "pow.of": { Tensor(2.0).pow($0) },
]

private let binary: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
  "add": { $0 + $1 }, "subtract": { $0 - $1 }, "multiply": { $0 * $1 }, "divide": { $0 / ($1.abs() + 1) },
  "maximum": { $0.maximum($1) }, "minimum": { $0.minimum($1) }, "power": { $0.pow($1) },
  "where": { .where($1.detach() .> 0.1, $0, $1 * 2) },
  "twice": { $0 * $0 * $1 + $0 },
]

private let others: [Law] = [
  Law("sum", [[[3, 4]], [[2, 3, 4]]]) { $0[0].sum(dim: 1) }, Law("sum.all", [[[2, 3]], [[]]]) { $0[0].sum() },
  Law("mean", [[[2, 3, 4]]]) { $0[0].mean(dim: 0, 2, keepDim: true) }, Law("prod", [[[3, 4]]]) { $0[0].prod(dim: 1) },
  Law("prod.zero", [[[3, 4]]]) { ($0[0] * Tensor([1.0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1], [3, 4])).prod(dim: 1) },
  Law("max", [[[3, 4]], [[2, 3, 4]]]) { $0[0].max(dim: 1) }, Law("min.all", [[[2, 3]]]) { $0[0].min() },
  Law("variance", [[[3, 4]]]) { $0[0].variance(dim: 1) }, Law("std", [[[3, 4]]]) { $0[0].std() },
  Law("topk", [[[3, 5]], [[4, 2]]]) { $0[0].topk(2).values },
  Law("topk.dim", [[[5, 3]]]) { $0[0].topk(3, dim: 0, largest: false).values },

  Law("reshape", [[[2, 6]]]) { $0[0].reshape(3, -1) }, Law("permute", [[[2, 3, 4]]]) { $0[0].permute(2, 0, 1) },
  Law("slice", [[[4, 5, 2]]]) { $0[0][1..<3, 2] },
  Law("slice.step", [[[7, 2]]]) { $0[0].slice(dim: 0, from: 1, step: 3) },
  Law("expand", [[[3, 1]], [[1]]]) { $0[0].expand(to: [2, 3, 4]) }, Law("flip", [[[2, 3]]]) { $0[0].flip(dim: 0, 1) },
  Law("roll", [[[2, 5]]]) { $0[0].roll(2, dim: 1) },
  Law("concat", [[[2, 3], [2, 1]]]) { .concat([$0[0], $0[1], $0[0]], dim: 1) },
  Law("stack", [[[2, 3], [2, 3]]]) { .stack([$0[0], $0[1]], dim: -1) },
  Law("indexSelect", [[[4, 3]]]) { $0[0].indexSelect(dim: 0, [1, 1, 3, 0]) },
  Law("pad", [[[2, 3]]]) { $0[0].pad([1, 2, -1, 1], value: 3) },
  Law("pad.reflect", [[[3, 4]]]) { $0[0].pad([2, 1, 1, 2], mode: .reflect) },
  Law("pad.replicate", [[[3, 4]]]) { $0[0].pad([2, 1, 1, 2], mode: .replicate) },
  Law("split", [[[2, 5]]]) { x in
    x[0].split([2, 3], dim: 1).reversed().enumerated().reduce(x[0].sum()) { $0 + $1.1.sum() * Double($1.0 + 2) }
  },
  Law("dropout", [[[4, 5]]]) { $0[0].dropout(0.4, training: true, generator: Generator(seed: 3)) },

  Law("matmul", [[[3, 4], [4, 2]]]) { $0[0].matmul($0[1]) },
  Law("matmul.batch", [[[2, 3, 4], [2, 4, 2]]]) { $0[0].matmul($0[1]) },
  Law("matmul.broadcast", [[[2, 3, 4], [4, 2]], [[3, 4], [2, 4, 2]], [[2, 1, 3, 4], [5, 4, 2]]]) {
    $0[0].matmul($0[1])
  },
  Law("matmul.vector", [[[4], [4, 2]], [[3, 4], [4]], [[4], [4]]]) { $0[0].matmul($0[1]) },
  Law("linear", [[[3, 4], [5, 4], [5]], [[2, 3, 4], [2, 4], [2]]]) { $0[0].linear($0[1], bias: $0[2]) },
  Law("softmax", [[[3, 4]], [[2, 3, 2]]]) { $0[0].softmax(dim: 1) },
  Law("logSoftmax", [[[3, 4]], [[2, 3, 2]]]) { $0[0].logSoftmax(dim: 1) },

  Law("conv", [[[2, 3, 5, 6], [4, 3, 3, 3], [4]], [[1, 2, 4, 4], [3, 2, 1, 1], [3]]]) {
    $0[0].conv2d($0[1], bias: $0[2])
  },
  Law("conv.stride", [[[2, 3, 7, 6], [4, 3, 3, 3]]]) { $0[0].conv2d($0[1], stride: (2, 3), padding: .all(1)) },
  Law("conv.groups", [[[1, 4, 5, 5], [6, 2, 3, 3], [6]]]) {
    $0[0].conv2d($0[1], bias: $0[2], padding: .all(1), groups: 2)
  },
  Law("conv.depthwise", [[[1, 4, 5, 5], [4, 1, 3, 3]]]) {
    $0[0].conv2d($0[1], stride: (2, 2), padding: .all(1), groups: 4)
  },
  Law("conv.dilated", [[[1, 2, 7, 8], [3, 2, 3, 2], [3]]]) {
    $0[0].conv2d($0[1], bias: $0[2], padding: .all(2), dilation: (2, 3))
  },
  Law("conv.asymmetric", [[[1, 2, 5, 5], [3, 2, 3, 3]]]) {
    $0[0].conv2d($0[1], stride: (2, 2), padding: .sides(top: 2, bottom: 0, left: 0, right: 1))
  },
  Law("conv.same", [[[1, 2, 5, 6], [3, 2, 3, 3]]]) { $0[0].conv2d($0[1], stride: (2, 2), padding: .same) },

  Law("maxPool", [[[2, 2, 6, 7]]]) { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) },
  Law("maxPool.dilated", [[[1, 2, 7, 7]]]) {
    $0[0].maxPool2d(kernel: (3, 2), stride: (1, 2), padding: (1, 1), dilation: (2, 3))
  },
  Law("maxPool.ceil", [[[1, 2, 6, 6]]]) { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), ceilMode: true) },
  Law("avgPool", [[[2, 2, 6, 7]]]) { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) },
  Law("avgPool.exclude", [[[2, 2, 6, 7]]]) {
    $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true, countIncludePad: false)
  },
  Law("avgPool.ceil", [[[2, 2, 6, 7]]]) {
    $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true)
  },
  Law("adaptiveAvg", [[[2, 2, 5, 7]], [[1, 2, 6, 4]]]) { $0[0].adaptiveAvgPool2d(3, 2) },
  Law("adaptiveMax", [[[2, 2, 5, 7]]]) { $0[0].adaptiveMaxPool2d(3, 2) },
  Law("adaptiveAvg.one", [[[2, 3, 4, 4]]]) { $0[0].adaptiveAvgPool2d(1, 1) },

  Law("batchNorm", [[[3, 2, 2, 2], [2], [2], [2], [2]]]) {
    $0[0].batchNorm(mean: $0[1], variance: $0[2].square() + 1, weight: $0[3], bias: $0[4])
  },
  Law("batchNorm.training", [[[3, 2, 2, 2], [2], [2]], [[5, 3], [3], [3]]]) {
    $0[0].batchNormTraining(weight: $0[1], bias: $0[2]).output
  },
  Law("batchNorm.statistics", [[[3, 2, 2, 2]]]) { x in
    let (y, mean, variance) = x[0].batchNormTraining()
    return y.sum(dim: 0, 2, 3) + mean * 2 + variance * 3
  },
  Law("layerNorm", [[[3, 4], [4], [4]]]) { $0[0].layerNorm([4], weight: $0[1], bias: $0[2]) },
  Law("layerNorm.2", [[[2, 3, 4], [3, 4], [3, 4]]]) { $0[0].layerNorm([3, 4], weight: $0[1], bias: $0[2]) },

  Law(
    "network",
    [
      [[1, 16, 6, 6], [16, 16, 3, 3], [16], [16], [8, 16, 1, 1]],
      [[2, 3, 6, 6], [6, 3, 3, 3], [6], [6], [5, 6, 1, 1]],
    ]
  ) { x in
    let hidden = x[0].conv2d(x[1], padding: .all(1)).batchNormTraining(weight: x[2], bias: x[3]).output.relu()
    return (hidden.maxPool2d(kernel: (2, 2)) + hidden.avgPool2d(kernel: (2, 2))).conv2d(x[4]).gelu()
  },

  Law("nearest", [[[1, 2, 3, 4]]]) { $0[0].interpolate(height: 5, width: 3) },
  Law("bilinear", [[[1, 2, 3, 4]]]) { $0[0].interpolate(height: 5, width: 3, mode: .bilinear) },
  Law("bilinear.corners", [[[1, 2, 3, 4]]]) {
    $0[0].interpolate(height: 5, width: 6, mode: .bilinear, alignCorners: true)
  },
  Law("bicubic", [[[1, 2, 5, 4]]]) { $0[0].interpolate(height: 7, width: 3, mode: .bicubic) },
]
