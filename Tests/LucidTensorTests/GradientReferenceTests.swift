import Foundation
import LucidTensor
import LucidTesting
import Testing

/// Gradients against PyTorch's, in float32 and in float64; see scripts/fixtures/tensor_gradients.py.
@Suite struct GradientReferenceTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Values: Decodable, Sendable {
      let shape: [Int]
      let values: [Double]
      var tensor: Tensor { Tensor(values, Shape(shape)) }
    }
    let name: String
    let inputs: [Values]
    let weights: Values
    let gradients: [Values]
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    struct File: Decodable { let cases: [Case] }
    guard let url = Bundle.module.url(forResource: "Fixtures/gradients", withExtension: "json") else {
      preconditionFailure("the fixture gradients.json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
    } catch {
      preconditionFailure("the fixture gradients.json cannot be read: \(error)")
    }
  }()

  @Test(arguments: cases, [DType.float32, .float64]) func agrees(_ example: Case, _ dtype: DType) throws {
    let function = try #require(functions[example.name])
    let leaves = example.inputs.map { $0.tensor.to(dtype).requiringGrad() }
    let found = function(leaves).gradients(withRespectTo: leaves, gradient: example.weights.tensor)
    for (gradient, expected) in zip(found, example.gradients) {
      let gradient = try #require(gradient)
      let largest = expected.values.reduce(1) { max($0, abs($1)) }
      // Sums of tens of products, each rounded to 6e-8 of its size.
      expectClose(gradient, expected.values, Shape(expected.shape), tolerance: 1e-5 * largest, example.name)
    }
  }
}

private let functions: [String: @Sendable ([Tensor]) -> Tensor] = [
  "abs": { $0[0].abs() }, "relu": { $0[0].relu() }, "relu6": { $0[0].relu6() }, "clamp": { $0[0].clamp(-1, 3) },
  "hardSwish": { $0[0].hardSwish() }, "hardSigmoid": { $0[0].hardSigmoid() }, "leakyRelu": { $0[0].leakyRelu(0.2) },
  "silu": { $0[0].silu() }, "gelu": { $0[0].gelu() }, "geluTanh": { $0[0].gelu(tanh: true) },
  "amax": { $0[0].max(dim: 1) }, "amin": { $0[0].min(dim: 1) }, "amax.all": { $0[0].max() },
  "maximum": { $0[0].maximum($0[1]) }, "minimum": { $0[0].minimum($0[1]) }, "prod": { $0[0].prod(dim: 1) },
  "power": { $0[0].pow($0[1]) }, "maxPool": { $0[0].maxPool2d(kernel: (2, 2)) },
  "adaptiveMax": { $0[0].adaptiveMaxPool2d(2, 2) },
  "conv": { $0[0].conv2d($0[1], bias: $0[2], stride: (2, 2), padding: .all(1)) },
  "conv.groups": { $0[0].conv2d($0[1], padding: .all(2), dilation: (2, 2), groups: 2) },
  "batchNorm": { $0[0].batchNormTraining(weight: $0[1], bias: $0[2]).output },
  "layerNorm": { $0[0].layerNorm([4], weight: $0[1], bias: $0[2]) }, "linear": { $0[0].linear($0[1], bias: $0[2]) },
  "logSoftmax": { $0[0].logSoftmax(dim: 1) },
  "avgPool.ceil": { $0[0].avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true) },
  "bicubic": { $0[0].interpolate(height: 5, width: 3, mode: .bicubic) },
]
