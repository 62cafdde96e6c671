import LucidTensor
import Testing

@testable import LucidWeights

/// Real files, damaged: they are read or refused, and nothing else happens.
@Suite struct FilesDamageTests {
  private func isReadOrRefused(_ bytes: [UInt8]) throws -> Bool {
    do {
      try readAll(bytes, named: "damaged")
      return true
    } catch let error as LucidError {
      guard error.description.contains("damaged") else { throw error }
      return false
    }
  }

  @Test(arguments: [
    "small.safetensors", "small.zip.pth", "small.legacy.pth", "protocol4.legacy.pth", "rezipped.pth",
    "views.legacy.pth",
    "views.zip.pth", "dtypes.safetensors", "dtypes.legacy.pth", "training.legacy.pth", "training.zip.pth",
  ])
  func truncatedAnywhere(_ name: String) throws {
    let bytes = try FileFixtures.bytes(name)
    for length in 0..<bytes.count {
      #expect(try !isReadOrRefused(Array(bytes[..<length])), "\(length) of \(bytes.count) bytes were read")
    }
  }

  @Test(arguments: [
    "small.safetensors", "small.zip.pth", "small.legacy.pth", "protocol4.legacy.pth", "views.legacy.pth",
    "views.zip.pth",
    "attributes.legacy.pth", "dtypes.safetensors",
  ])
  func everyBitFlipped(_ name: String) throws {
    var bytes = try FileFixtures.bytes(name)
    var refused = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        if try !isReadOrRefused(bytes) { refused += 1 }
        bytes[index] ^= 1 << bit
      }
    }
    // Most of a small file is structure; a reader that refuses little does not look.
    #expect(refused > bytes.count)
  }

  @Test(arguments: ["small.safetensors", "small.zip.pth", "small.legacy.pth", "protocol4.legacy.pth"])
  func everyByteMadeExtreme(_ name: String) throws {
    let original = try FileFixtures.bytes(name)
    for width in [1, 2, 4, 8] {
      for value in [0x00, 0x7f, 0x80, 0xff] as [UInt8] {
        for index in 0...original.count - width {
          var bytes = original
          for place in 0..<width { bytes[index + place] = value }
          _ = try isReadOrRefused(bytes)
        }
      }
    }
  }
}
