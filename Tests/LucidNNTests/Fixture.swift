import Foundation
import LucidTensor

/// What a reference implementation computed, from a file in the `Fixtures` folder.
enum Fixture {
  /// The file's content. Stops the tests where it is not there or is something else.
  static func read<Content: Decodable>(_ name: String, as type: Content.Type = Content.self) -> Content {
    guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json") else {
      preconditionFailure("the fixture \(name).json is not in the test bundle")
    }
    do {
      return try JSONDecoder().decode(Content.self, from: Data(contentsOf: url))
    } catch {
      preconditionFailure("the fixture \(name).json cannot be read: \(error)")
    }
  }

  /// Numbers with a shape, packed.
  struct Packed: Decodable, Sendable {
    let shape: [Int]
    let data: Data

    /// The numbers, little-endian as in the file.
    func values<T: BitwiseCopyable>(_: T.Type = T.self) -> [T] {
      data.withUnsafeBytes { bytes in
        (0..<(bytes.count / MemoryLayout<T>.size)).map {
          bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
        }
      }
    }

    /// The numbers as a tensor: int64 where they take eight bytes each, else float32.
    var tensor: Tensor {
      data.count == 8 * shape.reduce(1, *)
        ? Tensor(values(Int64.self), Shape(shape)) : Tensor(values(Float.self), Shape(shape))
    }
  }
}
