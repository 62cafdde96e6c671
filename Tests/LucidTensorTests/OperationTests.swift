import Foundation
import LucidTensor
import LucidTesting
import Testing

/// Every operation against PyTorch's float64 result for the same float32 inputs; see scripts/fixtures/tensor_ops.py.
@Suite struct OperationTests {
  @Test(arguments: ReferenceCase.all) func agreesWithPyTorch(_ reference: ReferenceCase) throws {
    let operation = try #require(operations[reference.name], "no Swift counterpart of \(reference.name)")
    let result = operation(reference.inputs)
    #expect(result.shape == reference.output.shape)
    expectClose(
      result.scalars(as: Float.self), reference.output.values, tolerance: reference.tolerance, reference.name)
  }

  @Test func everyCounterpartHasACase() {
    #expect(Set(operations.keys) == Set(ReferenceCase.all.map(\.name)))
  }

  @Test func noFunctionHidesNaN() {
    let x = Tensor([Float](repeating: .nan, count: 19))
    for (name, f) in unary.merging(positive, uniquingKeysWith: { first, _ in first }) where name != "sign" {
      #expect(f(x).isNaN().all().item(as: Bool.self), "\(name)")
    }
    #expect(x.hardSwish().isNaN().all().item(as: Bool.self) && x.softmax(dim: 0).isNaN().all().item(as: Bool.self))
  }

  @Test(arguments: ReferenceCase.all.filter { $0.inputs[0].rank == 4 && $0.inputs[0].elementCount > 0 })
  func agreesOnBlockedInputs(_ reference: ReferenceCase) throws {
    // A convolution with the identity leaves its output in oneDNN's own order, with blocks filled up by zeros where the
    // channels are not a multiple of the block's size.
    var inputs = reference.inputs
    let channels = inputs[0].shape[1]
    inputs[0] = inputs[0].conv2d(Tensor.eye(channels).reshape([channels, channels, 1, 1]))
    let operation = try #require(operations[reference.name])
    let slack = reference.tolerance + 1e-6
    expectClose(operation(inputs).scalars(as: Float.self), reference.output.values, tolerance: slack, reference.name)
  }
}

private typealias Inputs = [Tensor]

private let unary: [String: @Sendable (Tensor) -> Tensor] = [
  "negate": { -$0 }, "abs": { $0.abs() }, "sign": { $0.sign() }, "square": { $0.square() }, "exp": { $0.exp() },
  "sin": { $0.sin() }, "cos": { $0.cos() }, "tanh": { $0.tanh() }, "erf": { $0.erf() }, "floor": { $0.floor() },
  "ceil": { $0.ceil() }, "round": { $0.round() }, "relu": { $0.relu() }, "relu6": { $0.relu6() },
  "gelu": { $0.gelu() }, "geluTanh": { $0.gelu(tanh: true) }, "silu": { $0.silu() }, "sigmoid": { $0.sigmoid() },
  "hardSwish": { $0.hardSwish() }, "hardSigmoid": { $0.hardSigmoid() }, "leakyRelu": { $0.leakyRelu(0.2) },
  "clamp": { $0.clamp(-1.5, 2) },
]

private let positive: [String: @Sendable (Tensor) -> Tensor] = [
  "log": { $0.log() }, "log2": { $0.log2() }, "log1p": { $0.log1p() }, "sqrt": { $0.sqrt() },
  "rsqrt": { $0.rsqrt() }, "reciprocal": { $0.reciprocal() },
]

private let binary: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
  "add": { $0 + $1 }, "subtract": { $0 - $1 }, "multiply": { $0 * $1 }, "divide": { $0 / $1 },
  "maximum": { $0.maximum($1) }, "minimum": { $0.minimum($1) }, "less": { $0 .< $1 },
]

private let operations: [String: @Sendable (Inputs) -> Tensor] = {
  var all = others
  for (name, f) in unary { for suffix in ["", ".edges"] { all[name + suffix] = { f($0[0]) } } }
  for name in [
    "relu", "relu6", "clamp", "sigmoid", "tanh", "exp", "leakyRelu", "hardSigmoid", "abs", "negate", "floor", "round",
    "square", "sign",
  ] {
    all[name + ".odd"] = { unary[name]!($0[0]) }
  }
  for (name, f) in positive { all[name] = { f($0[0]) } }
  for (name, f) in binary {
    for suffix in ["", ".row", ".column", ".both", ".scalar"] { all[name + suffix] = { f($0[0], $0[1]) } }
  }
  for mode in [InterpolationMode.nearest, .bilinear, .bicubic] {
    all["\(mode).up"] = { $0[0].interpolate(height: 11, width: 13, mode: mode) }
    all["\(mode).down"] = { $0[0].interpolate(height: 4, width: 3, mode: mode) }
    all["\(mode).same"] = { $0[0].interpolate(height: 7, width: 6, mode: mode) }
    if mode != .nearest {
      all["\(mode).corners"] = { $0[0].interpolate(height: 11, width: 13, mode: mode, alignCorners: true) }
    }
  }
  return all
}()

private let others: [String: @Sendable (Inputs) -> Tensor] = [
  "power": { $0[0].pow($0[1]) }, "power.odd": { $0[0].pow(2) },
  "clamp.crossed": { $0[0].clamp(1, -1) }, "amax.odd": { $0[0].max(dim: 1) }, "amin.odd": { $0[0].min(dim: 1) },
  "sum.odd": { $0[0].sum(dim: 1) }, "argmax.odd": { $0[0].argmax(dim: 1) }, "argmin.odd": { $0[0].argmin(dim: 1) },
  "argmax.keep": { $0[0].argmax(keepDim: true) }, "topk.odd": { $0[0].topk(2, dim: 1).values },
  "maximum.odd": { $0[0].maximum($0[1]) }, "minimum.odd": { $0[0].minimum($0[1]) },
  "where.odd": { .where($0[0] .> 0, $0[0], $0[1]) }, "isNaN": { $0[0].isNaN() },
  "any.odd": { $0[0].any(dim: 1) }, "all.odd": { $0[0].all(dim: 1) },
  "sum.0": { $0[0].sum(dim: 0) }, "sum.1": { $0[0].sum(dim: 1) }, "sum.-1.keep": { $0[0].sum(dim: -1, keepDim: true) },
  "sum.0.2": { $0[0].sum(dim: 0, 2) }, "sum.all": { $0[0].sum() },
  "mean.0": { $0[0].mean(dim: 0) }, "mean.1": { $0[0].mean(dim: 1) },
  "mean.-1.keep": { $0[0].mean(dim: -1, keepDim: true) }, "mean.0.2": { $0[0].mean(dim: 0, 2) },
  "mean.all": { $0[0].mean() },
  "amax.0": { $0[0].max(dim: 0) }, "amax.1": { $0[0].max(dim: 1) },
  "amax.-1.keep": { $0[0].max(dim: -1, keepDim: true) },
  "amax.0.2": { $0[0].max(dim: 0, 2) }, "amax.all": { $0[0].max() },
  "amin.0": { $0[0].min(dim: 0) }, "amin.1": { $0[0].min(dim: 1) },
  "amin.-1.keep": { $0[0].min(dim: -1, keepDim: true) },
  "amin.0.2": { $0[0].min(dim: 0, 2) }, "amin.all": { $0[0].min() },
  "variance.0": { $0[0].variance(dim: 0) }, "variance.1": { $0[0].variance(dim: 1) },
  "variance.-1.keep": { $0[0].variance(dim: -1, keepDim: true) }, "variance.0.2": { $0[0].variance(dim: 0, 2) },
  "variance.all": { $0[0].variance() },
  "std.0": { $0[0].std(dim: 0) }, "std.1": { $0[0].std(dim: 1) }, "std.-1.keep": { $0[0].std(dim: -1, keepDim: true) },
  "std.0.2": { $0[0].std(dim: 0, 2) }, "std.all": { $0[0].std() },
  "prod.1": { $0[0].prod(dim: 1) },
  "argmax.1": { $0[0].argmax(dim: 1) }, "argmin.all": { $0[0].argmin() },
  "topk.values": { $0[0].topk(3, dim: 1).values }, "topk.indices": { $0[0].topk(3, dim: 1, largest: false).indices },
  "topk.many": { $0[0].topk(40).values },

  "matmul": { $0[0].matmul($0[1]) }, "matmul.batch": { $0[0].matmul($0[1]) },
  "matmul.broadcast": { $0[0].matmul($0[1]) }, "matmul.broadcast2": { $0[0].matmul($0[1]) },
  "matmul.transposed": { $0[0].matmul($0[1].transpose(-1, -2)) },
  "matmul.vector": { $0[0].matmul($0[1]) }, "matmul.rowvector": { $0[0].matmul($0[1]) },
  "matmul.dot": { $0[0].matmul($0[1]) },
  "linear": { $0[0].linear($0[1], bias: $0[2]) }, "linear.nobias": { $0[0].linear($0[1]) },
  "softmax.1": { $0[0].softmax(dim: 1) }, "softmax.last": { ($0[0] * 40).softmax(dim: -1) },
  "logSoftmax": { ($0[0] * 40).logSoftmax(dim: -1) },

  "conv": { $0[0].conv2d($0[1], bias: $0[2]) },
  "conv.stride": { $0[0].conv2d($0[1], bias: $0[2], stride: (2, 2), padding: .all(1)) },
  "conv.mixed": {
    $0[0].conv2d($0[1], stride: (2, 1), padding: .symmetric(height: 0, width: 2), dilation: (1, 2))
  },
  "conv.groups": { $0[0].conv2d($0[1], bias: $0[2], padding: .all(1), groups: 4) },
  "conv.depthwise": { $0[0].conv2d($0[1], padding: .all(2), groups: 24) },
  "conv.dilated": { $0[0].conv2d($0[1], bias: $0[2], padding: .all(2), dilation: (2, 2)) },
  "conv.1x1": { $0[0].conv2d($0[1], bias: $0[2]) },
  "conv.asymmetric": {
    $0[0].conv2d($0[1], stride: (2, 2), padding: .sides(top: 2, bottom: 3, left: 0, right: 1))
  },
  "conv.same": { $0[0].conv2d($0[1], stride: (2, 2), padding: .same) },
  "conv.rect": { $0[0].conv2d($0[1], padding: .symmetric(height: 0, width: 3)) },

  "maxPool": { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) },
  "maxPool.ceil": { $0[0].maxPool2d(kernel: (3, 3), stride: (2, 2), ceilMode: true) },
  "maxPool.ceil2": { $0[0].maxPool2d(kernel: (2, 2), padding: (1, 1), ceilMode: true) },
  "maxPool.dilated": { $0[0].maxPool2d(kernel: (3, 3), stride: (1, 1), padding: (1, 1), dilation: (2, 2)) },
  "avgPool": { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1)) },
  "avgPool.exclude": {
    $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), countIncludePad: false)
  },
  "avgPool.ceil": { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true) },
  "avgPool.ceil.exclude": {
    $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true, countIncludePad: false)
  },
  "adaptiveAvg.1": { $0[0].adaptiveAvgPool2d(1, 1) }, "adaptiveAvg.uneven": { $0[0].adaptiveAvgPool2d(3, 4) },
  "adaptiveAvg.up": { $0[0].adaptiveAvgPool2d(7, 6) }, "adaptiveMax.uneven": { $0[0].adaptiveMaxPool2d(3, 4) },

  "batchNorm": { $0[0].batchNorm(mean: $0[1], variance: $0[2], weight: $0[3], bias: $0[4], epsilon: 1e-3) },
  "batchNorm.rank2": { $0[0].batchNorm(mean: $0[1], variance: $0[2], weight: $0[3], bias: $0[4]) },
  "batchNorm.training": { $0[0].batchNormTraining(weight: $0[1], bias: $0[2]).output },
  "layerNorm": { $0[0].layerNorm([7], weight: $0[1], bias: $0[2]) },
  "layerNorm.2": { $0[0].layerNorm([5, 7], weight: $0[1], bias: $0[2], epsilon: 1e-3) },

  "batchNorm.rank5": { $0[0].batchNorm(mean: $0[1], variance: $0[2], weight: $0[3], bias: $0[4]) },
  "batchNorm.rank6": { $0[0].batchNormTraining(weight: $0[1], bias: $0[2]).output },
  "layerNorm.plain": { $0[0].layerNorm([4]) },

  "conv.empty": { $0[0].conv2d($0[1], padding: .all(1)) }, "maxPool.empty": { $0[0].maxPool2d(kernel: (2, 2)) },
  "matmul.empty": { $0[0].matmul($0[1]) }, "matmul.norows": { $0[0].matmul($0[1]) },
  "linear.empty": { $0[0].linear($0[1], bias: $0[2]) }, "softmax.empty": { $0[0].softmax(dim: 1) },
  "sum.empty": { $0[0].sum(dim: 1) }, "prod.empty": { $0[0].prod(dim: 1) }, "mean.empty": { $0[0].mean(dim: 1) },
  "amax.outer": { $0[0].max(dim: 1) }, "variance.one": { $0[0].variance(dim: 1, correction: 0) },
  "sum.scalar": { $0[0].sum() }, "relu.scalar": { $0[0].relu() }, "relu.empty": { $0[0].relu() },
  "exp.empty": { $0[0].exp() },

  "reshape.view": {
    $0[0].slice(dim: 1, from: 1, to: 3).reshape(3, 2, 7, 1).permute(1, 0, 3, 2).reshape(6, 7)
  },
  "reshape.slice": { $0[0][.all, .all, 2].unsqueeze(1).squeeze(0) },
  "reshape.expanded": { $0[0].expand(to: [4, 6, 3]).reshape(4, 2, 3, 3).reshape(-1) },
  "softmax.expanded": { $0[0].expand(to: [1, 4, 5]).softmax(dim: -1) },
  "matmul.expanded": { $0[0].expand(to: [1, 1, 4, 5]).matmul($0[1].T.expand(to: [1, 1, 5, 3])) },
  "matmul.column": { $0[0].T.matmul($0[1]) },

  "permute": { $0[0].permute(2, 0, 1) },
  "slice": { $0[0].slice(dim: 0, from: 1).slice(dim: 1, to: -1).slice(dim: 2, step: 2) },
  "roll": { $0[0].roll(-2, dim: 1) }, "flip": { $0[0].flip(dim: 0, 2) },
  "concat": { .concat([$0[0], $0[1]], dim: 1) }, "stack": { .stack([$0[0], $0[1]], dim: -1) },
  "pad": { $0[0].pad([1, 2, 0, 3], value: 7) }, "pad.crop": { $0[0].pad([-1, 2, 1, -1]) },
  "pad.reflect": { $0[0].pad([2, 1, 3, 0], mode: .reflect) },
  "pad.replicate": { $0[0].pad([2, 1, 3, 0], mode: .replicate) },
  "expand": { $0[0].expand(to: [4, 3, 5]) }, "where": { .where($0[0] .> 0, $0[0], $0[1]) },
  "viewOfView": { $0[0].transpose(0, 2)[1..<4].reshape([3, -1]).slice(dim: 1, from: 2, to: 9, step: 3) },
]
