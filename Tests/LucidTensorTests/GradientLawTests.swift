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

  @Test(arguments: others.keys.sorted()) func operation(_ name: String) {
    let (shapes, function) = others[name]!
    for (number, inputs) in shapes.enumerated() {
      expectGradient(inputs, name, seed: UInt64(number + 1), of: function)
    }
  }
}

private typealias Function = @Sendable ([Tensor]) -> Tensor

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
  "rsqrt": { $0.rsqrt() }, "reciprocal": { $0.reciprocal() }, "pow": { $0.pow(-1.5) }, "pow.of": { Tensor(2.0).pow($0) },
]

private let binary: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
  "add": { $0 + $1 }, "subtract": { $0 - $1 }, "multiply": { $0 * $1 }, "divide": { $0 / ($1.abs() + 1) },
  "maximum": { $0.maximum($1) }, "minimum": { $0.minimum($1) }, "power": { $0.pow($1) },
  "where": { .where((Tensor.arange(to: 4) .> 1.5), $0.sum(dim: -1, keepDim: true), $1.mean(dim: -1, keepDim: true)) },
  "twice": { $0 * $0 * $1 + $0 },
]

private let others: [String: (shapes: [[Shape]], function: Function)] = [
  "sum": ([[[3, 4]], [[2, 3, 4]]], { $0[0].sum(dim: 1) }), "sum.all": ([[[2, 3]], [[]]], { $0[0].sum() }),
  "mean": ([[[2, 3, 4]]], { $0[0].mean(dim: 0, 2, keepDim: true) }), "prod": ([[[3, 4]]], { $0[0].prod(dim: 1) }),
  "prod.zero": ([[[3, 4]]], { ($0[0] * Tensor([1.0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1], [3, 4])).prod(dim: 1) }),
  "max": ([[[3, 4]], [[2, 3, 4]]], { $0[0].max(dim: 1) }), "min.all": ([[[2, 3]]], { $0[0].min() }),
  "variance": ([[[3, 4]]], { $0[0].variance(dim: 1) }), "std": ([[[3, 4]]], { $0[0].std() }),
  "topk": ([[[3, 5]], [[4, 2]]], { $0[0].topk(2).values }), "topk.dim": ([[[5, 3]]], { $0[0].topk(3, dim: 0, largest: false).values }),

  "reshape": ([[[2, 6]]], { $0[0].reshape(3, -1) }), "permute": ([[[2, 3, 4]]], { $0[0].permute(2, 0, 1) }),
  "slice": ([[[4, 5, 2]]], { $0[0][1..<3, 2] }), "slice.step": ([[[7, 2]]], { $0[0].slice(dim: 0, from: 1, step: 3) }),
  "expand": ([[[3, 1]], [[1]]], { $0[0].expand(to: [2, 3, 4]) }), "flip": ([[[2, 3]]], { $0[0].flip(dim: 0, 1) }),
  "roll": ([[[2, 5]]], { $0[0].roll(2, dim: 1) }), "concat": ([[[2, 3], [2, 1]]], { .concat([$0[0], $0[1], $0[0]], dim: 1) }),
  "stack": ([[[2, 3], [2, 3]]], { .stack([$0[0], $0[1]], dim: -1) }),
  "indexSelect": ([[[4, 3]]], { $0[0].indexSelect(dim: 0, [1, 1, 3, 0]) }),
  "pad": ([[[2, 3]]], { $0[0].pad([1, 2, -1, 1], value: 3) }), "pad.reflect": ([[[3, 4]]], { $0[0].pad([2, 1, 1, 2], mode: .reflect) }),
  "pad.replicate": ([[[3, 4]]], { $0[0].pad([2, 1, 1, 2], mode: .replicate) }),
  "split": ([[[2, 5]]], { x in x[0].split([2, 3], dim: 1).reversed().enumerated().reduce(x[0].sum()) { $0 + $1.1.sum() * Double($1.0 + 2) } }),
  "dropout": ([[[4, 5]]], { $0[0].dropout(0.4, training: true, generator: Generator(seed: 3)) }),

  "matmul": ([[[3, 4], [4, 2]]], { $0[0].matmul($0[1]) }), "matmul.batch": ([[[2, 3, 4], [2, 4, 2]]], { $0[0].matmul($0[1]) }),
  "matmul.broadcast": ([[[2, 3, 4], [4, 2]], [[3, 4], [2, 4, 2]], [[2, 1, 3, 4], [5, 4, 2]]], { $0[0].matmul($0[1]) }),
  "matmul.vector": ([[[4], [4, 2]], [[3, 4], [4]], [[4], [4]]], { $0[0].matmul($0[1]) }),
  "linear": ([[[3, 4], [5, 4], [5]], [[2, 3, 4], [2, 4], [2]]], { $0[0].linear($0[1], bias: $0[2]) }),
  "softmax": ([[[3, 4]], [[2, 3, 2]]], { $0[0].softmax(dim: 1) }), "logSoftmax": ([[[3, 4]], [[2, 3, 2]]], { $0[0].logSoftmax(dim: 1) }),

  "conv": ([[[2, 3, 5, 6], [4, 3, 3, 3], [4]], [[1, 2, 4, 4], [3, 2, 1, 1], [3]]], { $0[0].conv2d($0[1], bias: $0[2]) }),
  "conv.stride": ([[[2, 3, 7, 6], [4, 3, 3, 3]]], { $0[0].conv2d($0[1], stride: (2, 3), padding: .all(1)) }),
  "conv.groups": ([[[1, 4, 5, 5], [6, 2, 3, 3], [6]]], { $0[0].conv2d($0[1], bias: $0[2], padding: .all(1), groups: 2) }),
  "conv.depthwise": ([[[1, 4, 5, 5], [4, 1, 3, 3]]], { $0[0].conv2d($0[1], stride: (2, 2), padding: .all(1), groups: 4) }),
  "conv.dilated": ([[[1, 2, 7, 8], [3, 2, 3, 2], [3]]], { $0[0].conv2d($0[1], bias: $0[2], padding: .all(2), dilation: (2, 3)) }),
  "conv.asymmetric": ([[[1, 2, 5, 5], [3, 2, 3, 3]]], { $0[0].conv2d($0[1], stride: (2, 2), padding: .sides(top: 2, bottom: 0, left: 0, right: 1)) }),
  "conv.same": ([[[1, 2, 5, 6], [3, 2, 3, 3]]], { $0[0].conv2d($0[1], stride: (2, 2), padding: .same) }),

  "maxPool": ([[[2, 2, 6, 7]]], { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) }),
  "maxPool.dilated": ([[[1, 2, 7, 7]]], { $0[0].maxPool2d(kernel: (3, 2), stride: (1, 2), padding: (1, 1), dilation: (2, 3)) }),
  "maxPool.ceil": ([[[1, 2, 6, 6]]], { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), ceilMode: true) }),
  "avgPool": ([[[2, 2, 6, 7]]], { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) }),
  "avgPool.exclude": ([[[2, 2, 6, 7]]], { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true, countIncludePad: false) }),
  "avgPool.ceil": ([[[2, 2, 6, 7]]], { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true) }),
  "adaptiveAvg": ([[[2, 2, 5, 7]], [[1, 2, 6, 4]]], { $0[0].adaptiveAvgPool2d(3, 2) }), "adaptiveMax": ([[[2, 2, 5, 7]]], { $0[0].adaptiveMaxPool2d(3, 2) }),
  "adaptiveAvg.one": ([[[2, 3, 4, 4]]], { $0[0].adaptiveAvgPool2d(1, 1) }),

  "batchNorm": ([[[3, 2, 2, 2], [2], [2], [2], [2]]], { $0[0].batchNorm(mean: $0[1], variance: $0[2].square() + 1, weight: $0[3], bias: $0[4]) }),
  "batchNorm.training": ([[[3, 2, 2, 2], [2], [2]], [[5, 3], [3], [3]]], { $0[0].batchNormTraining(weight: $0[1], bias: $0[2]).output }),
  "batchNorm.statistics": ([[[3, 2, 2, 2]]], { x in
    let (y, mean, variance) = x[0].batchNormTraining()
    return y.sum(dim: 0, 2, 3) + mean * 2 + variance * 3
  }),
  "layerNorm": ([[[3, 4], [4], [4]]], { $0[0].layerNorm([4], weight: $0[1], bias: $0[2]) }),
  "layerNorm.2": ([[[2, 3, 4], [3, 4], [3, 4]]], { $0[0].layerNorm([3, 4], weight: $0[1], bias: $0[2]) }),

  "nearest": ([[[1, 2, 3, 4]]], { $0[0].interpolate(height: 5, width: 3) }),
  "bilinear": ([[[1, 2, 3, 4]]], { $0[0].interpolate(height: 5, width: 3, mode: .bilinear) }),
  "bilinear.corners": ([[[1, 2, 3, 4]]], { $0[0].interpolate(height: 5, width: 6, mode: .bilinear, alignCorners: true) }),
  "bicubic": ([[[1, 2, 5, 4]]], { $0[0].interpolate(height: 7, width: 3, mode: .bicubic) }),
]
