import Foundation
import LucidTesting
import LucidVision

/// The files in Fixtures/; scripts/fixtures makes them.
enum Fixtures {
  static func path(_ name: String) -> String {
    Bundle.module.resourceURL!.appending(path: "Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes(name)))
    } catch {
      preconditionFailure("the fixture \(name) cannot be read: \(error)")
    }
  }
}

extension Image {
  /// The SHA-256 of the samples.
  var digest: String { sha256(pixels) }
}

/// The noise of scripts/fixtures/noise.py.
func noise(height: Int, width: Int, seed: UInt32) -> Image {
  var state = seed
  let pixels = (0..<height * width * 3).map { _ in
    state = 1_664_525 &* state &+ 1_013_904_223
    let value = UInt8(state >> 24)
    return state & 0x800000 == 0 ? value : value >= 128 ? 255 : 0
  }
  return Image(height: height, width: width, pixels: pixels)
}
