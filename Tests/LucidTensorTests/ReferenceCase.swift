import Foundation
import LucidTensor
import Testing

/// An operation's inputs, its result in PyTorch and how far from it is near enough.
struct ReferenceCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [Tensor]
  let output: (shape: Shape, values: [Double])
  let tolerance: Double

  var testDescription: String { name }

  static let all: [ReferenceCase] = {
    struct File: Decodable { let cases: [ReferenceCase] }
    guard let url = Bundle.module.url(forResource: "Fixtures/ops", withExtension: "json") else {
      preconditionFailure("the fixture ops.json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
    } catch {
      preconditionFailure("the fixture ops.json cannot be read: \(error)")
    }
  }()

  private enum CodingKeys: String, CodingKey { case name, inputs, output, tolerance }

  private struct Packed: Decodable {
    let shape: [Int]
    let data: Data

    func values<T: BitwiseCopyable>(_: T.Type) -> [T] {
      data.withUnsafeBytes { bytes in
        (0..<(bytes.count / MemoryLayout<T>.size)).map {
          bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
        }
      }
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    tolerance = try container.decode(Double.self, forKey: .tolerance)
    inputs = try container.decode([Packed].self, forKey: .inputs).map { Tensor($0.values(Float.self), Shape($0.shape)) }
    let output = try container.decode(Packed.self, forKey: .output)
    self.output = (Shape(output.shape), output.values(Double.self))
  }
}
