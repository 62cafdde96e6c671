import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// The checkpoints that make_file_fixtures.py, checkpoint_formats.py, checkpoint_versions.py and checkpoint_elements.py of
/// scripts/fixtures wrote, and what they say is in them.
enum FileFixtures {
  struct Expected: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
      let name: String
      let dtype: DType
      let shape: [Int]
      let hex: String
    }
    let tensors: [Entry]
    let metadata: [String: String]
  }

  static let expected: [String: Expected] = {
    do {
      var result: [String: Expected] = [:]
      for file in ["expected.json", "formats.json", "versions.json", "byte_order.json"] {
        let part = try JSONDecoder().decode([String: Expected].self, from: Data(bytes(file)))
        result.merge(part) { _, _ in fatalError("\(file) has a file again") }
      }
      return result
    } catch {
      fatalError("what the fixtures hold: \(error)")
    }
  }()

  static func path(_ name: String) -> String {
    Bundle.module.resourceURL!.appendingPathComponent("FileFixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

extension Tensor {
  /// The bytes in row-major order, in hexadecimal.
  var hex: String {
    withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
  }
}

/// Opens bytes as a checkpoint and reads every tensor to the last element.
@discardableResult
func readAll(_ bytes: [UInt8], named name: String = "hostile.pth") throws -> StateDict {
  let dict = try StateDict(file: MappedFile(bytes: bytes, named: name))
  for key in dict.keys {
    let tensor = try #require(try dict[key])
    #expect(tensor.type == dict.type(of: key))
    tensor.contiguous().withUnsafeBytes { bytes in
      // Touch both ends: a view outside its storage shows here.
      if let first = bytes.first, let last = bytes.last { blackHole(first &+ last) }
    }
  }
  return dict
}

@inline(never)
func blackHole(_ value: UInt8) { _ = value }

/// Expects bytes to be refused with a code, in words that name the file and each of `words`.
func expectRefusal(
  _ code: LucidError.Code, of bytes: [UInt8], saying words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  let name = "/somewhere/hostile.pth"
  do {
    try readAll(bytes, named: name)
    Issue.record("the file was read", sourceLocation: sourceLocation)
  } catch let error as LucidError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    for word in [name] + words {
      #expect(error.description.contains(word), "\(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
