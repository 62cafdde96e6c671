import Foundation
import LucidTensor
import Testing

/// What PyTorch does with every element type, bit for bit; see scripts/fixtures/tensor_dtypes.py.
@Suite struct DTypeTests {
  @Test(arguments: DTypeFixture.shared.conversions) func convertsAsPyTorch(_ conversion: DTypeFixture.Conversion) {
    expectSame(conversion.input.tensor.to(conversion.output.dtype), conversion.output, "\(conversion)")
  }

  @Test(arguments: DTypeFixture.shared.binary) func promotesAsPyTorch(_ pair: DTypeFixture.Binary) throws {
    for (name, expected) in pair.results {
      let function = try #require(binary[name], "no Swift counterpart of \(name)")
      expectSame(function(pair.inputs[0].tensor, pair.inputs[1].tensor), expected, "\(name) of \(pair)")
    }
  }

  @Test(arguments: DTypeFixture.shared.unary) func computesInEveryType(_ case: DTypeFixture.Unary) throws {
    for (name, expected) in `case`.results {
      let function = try #require(unary[name], "no Swift counterpart of \(name)")
      expectSame(function(`case`.input.tensor), expected, "\(name) of \(`case`)")
    }
  }

  @Test func everyPairIsCovered() {
    #expect(DTypeFixture.shared.conversions.count == DType.allCases.count * DType.allCases.count)
    #expect(DTypeFixture.shared.binary.count == DType.allCases.count * DType.allCases.count)
    #expect(Set(DTypeFixture.shared.unary.map(\.input.dtype)) == Set(DType.allCases))
  }

  private func expectSame(_ actual: Tensor, _ expected: DTypeFixture.Packed, _ what: String) {
    #expect(actual.type == TensorType(Shape(expected.shape), expected.dtype), "\(what)")
    guard actual.dtype == expected.dtype else { return }
    // NaNs have many bit patterns; all are as good.
    let (found, wanted) = (actual.scalars(as: Double.self), expected.tensor.scalars(as: Double.self))
    let isSame = zip(found, wanted).allSatisfy { $0.isNaN && $1.isNaN || $0.bitPattern == $1.bitPattern }
    let hasSameBytes = actual.withUnsafeBytes { Data($0) } == expected.data
    #expect(hasSameBytes || (isSame && wanted.contains { $0.isNaN }), "\(what): \(found), expected \(wanted)")
  }
}

private let binary: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
  "add": { $0 + $1 }, "subtract": { $0 - $1 }, "multiply": { $0 * $1 }, "divide": { $0 / $1 },
  "maximum": { $0.maximum($1) }, "less": { $0 .< $1 }, "equal": { $0 .== $1 }, "and": { $0.logicalAnd($1) },
  "concat": { .concat([$0, $1]) }, "where": { .where(Tensor([true, false, true, false]), $0, $1) },
]

private let unary: [String: @Sendable (Tensor) -> Tensor] = [
  "sum": { $0.sum(dim: 1) }, "prod": { $0.prod(dim: 1) }, "any": { $0.any(dim: 1) }, "all": { $0.all(dim: 1) },
  "logicalNot": { $0.logicalNot() }, "isNaN": { $0.isNaN() }, "amax": { $0.max(dim: 1) },
  "amin": { $0.min(dim: 1) }, "sqrt": { $0.sqrt() }, "permute": { $0.T }, "flip": { $0.flip(dim: 1) },
  "roll": { $0.roll(1, dim: 1) }, "negate": { -$0 }, "abs": { $0.abs() }, "sign": { $0.sign() },
  "square": { $0.square() }, "relu": { $0.relu() }, "clamp": { $0.clamp(1, 3) }, "argmax": { $0.argmax(dim: 1) },
  "topk": { $0.topk(2, dim: 1).values }, "cube": { $0.pow(3) }, "mean": { $0.mean(dim: 1) },
  "floor": { $0.floor() }, "round": { $0.round() },
]

/// The fixture dtypes.json.
struct DTypeFixture: Decodable {
  struct Packed: Decodable, Sendable {
    let dtype: DType
    let shape: [Int]
    let data: Data

    /// The bytes as a tensor of the type, without any conversion.
    var tensor: Tensor {
      var tensor = Tensor.zeros(Shape(shape), dtype: dtype)
      tensor.withUnsafeMutableBytes { _ = data.copyBytes(to: $0) }
      return tensor
    }
  }

  struct Conversion: Decodable, Sendable, CustomTestStringConvertible {
    let input: Packed
    let output: Packed
    var testDescription: String { "\(input.dtype) to \(output.dtype)" }
  }

  struct Binary: Decodable, Sendable, CustomTestStringConvertible {
    let inputs: [Packed]
    let results: [String: Packed]
    var testDescription: String { "\(inputs[0].dtype) with \(inputs[1].dtype)" }
  }

  struct Unary: Decodable, Sendable, CustomTestStringConvertible {
    let input: Packed
    let results: [String: Packed]
    var testDescription: String { "\(input.dtype)" }
  }

  let conversions: [Conversion]
  let binary: [Binary]
  let unary: [Unary]

  static let shared: DTypeFixture = {
    guard let url = Bundle.module.url(forResource: "Fixtures/dtypes", withExtension: "json") else {
      preconditionFailure("the fixture dtypes.json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode(DTypeFixture.self, from: Data(contentsOf: url))
    } catch {
      preconditionFailure("the fixture dtypes.json cannot be read: \(error)")
    }
  }()
}
