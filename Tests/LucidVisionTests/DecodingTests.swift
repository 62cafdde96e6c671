import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

struct DecodedImage: Decodable {
  let width: Int
  let height: Int
  let sha256: String
}

private struct DecodedImages: Decodable {
  let images: [String: DecodedImage]
}

let decodedImages: [String: DecodedImage] = Fixtures.json("images.json", as: DecodedImages.self).images

@Suite("Decoded pictures have PIL's pixels")
struct DecodingTests {
  @Test("every kind of file", arguments: decodedImages.keys.sorted())
  func pixels(name: String) throws {
    let expected = try #require(decodedImages[name])
    let image = try Image(contentsOf: Fixtures.path("images/\(name)"))
    #expect(image.width == expected.width)
    #expect(image.height == expected.height)
    #expect(image.digest == expected.sha256)
  }

  @Test("all of the kinds are there")
  func coverage() {
    #expect(decodedImages.count == 86)
    #expect(decodedImages.keys.count { $0.hasPrefix("exif-") } == 24)
    #expect(decodedImages.keys.count { $0.hasPrefix("png-kind") } == 41)
  }

  @Test("orientation is left alone when told so", arguments: ["jpg", "png", "webp"])
  func storedOrientation(kind: String) throws {
    var options = Image.DecodingOptions()
    options.appliesOrientation = false
    let stored = try Image(contentsOf: Fixtures.path("images/exif-6.\(kind)"), options: options)
    #expect(stored.size == ImageSize(height: 13, width: 21))
    let upright = try Image(contentsOf: Fixtures.path("images/exif-6.\(kind)"))
    #expect(upright.size == ImageSize(height: 21, width: 13))
    #expect(upright[0, 12] == stored[0, 0])
    #expect(stored.oriented(.turnRight) == upright)
  }

  @Test("bytes, a path and a URL give the same picture; the name does not tell the format")
  func sources() throws {
    let path = Fixtures.path("images/jpeg-420.jpg")
    let image = try Image(contentsOf: path)
    #expect(try Image(contentsOf: URL(fileURLWithPath: path)) == image)
    #expect(try Image(data: Fixtures.bytes("images/jpeg-420.jpg")) == image)
    let misnamed = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png").path
    try FileManager.default.copyItem(atPath: path, toPath: misnamed)
    defer { try? FileManager.default.removeItem(atPath: misnamed) }
    #expect(try Image(contentsOf: misnamed) == image)
  }

  @Test("a damaged Exif block counts as upright")
  func damagedExif() {
    let block: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
    func orientation(_ bytes: [UInt8]) -> Orientation { bytes.withUnsafeBytes { Orientation(exif: $0) } }
    #expect(orientation(block) == .turnRight)
    #expect(orientation(Array("Exif\0\0".utf8) + block) == .turnRight)
    for count in 0..<20 { #expect(orientation(Array(block.prefix(count))) == .upright) }
    for (index, value) in [(0, 0), (2, 0), (4, 255), (7, 255), (10, 0), (12, 2), (18, 9), (18, 0)] as [(Int, UInt8)] {
      var damaged = block
      damaged[index] = value
      #expect(orientation(damaged) == .upright)
    }
  }
}
