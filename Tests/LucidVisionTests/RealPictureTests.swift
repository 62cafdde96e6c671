import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

private struct Pixels: Decodable {
  let sha256: String
  /// Channel, row, column, value.
  let samples: [[Int]]
  let resized: [Int]?
  let floats: [[Double]]?
}

private struct Picture: Decodable {
  let path: String
  let sha256: String
  let width: Int
  let height: Int
  let decoded: String
  let lite: [String: Pixels]
  let torchvision: [String: Pixels]
  let torchvision_tensor: [String: [String: [[Double]]]]
}

private struct Pictures: Decodable {
  let pictures: [String: Picture]
}

private let pictures = Fixtures.json("real_pictures.json", as: Pictures.self).pictures

@Suite("Real pictures agree with PIL and torchvision", .needs(Array(RealPicture.files.values)))
struct RealPictureTests {
  private func load(_ name: String) throws -> (Picture, Image) {
    let picture = try #require(pictures[name])
    #expect(RealPicture.files[name]?.sha256 == picture.sha256)
    return (picture, try Image(contentsOf: RealPicture.path(named: name)))
  }

  private func expect(_ image: Image, is expected: Pixels, _ what: String) {
    #expect(image.digest == expected.sha256, "\(what)")
    for sample in expected.samples {
      #expect(Int(image[sample[1], sample[2]][sample[0]]) == sample[3], "\(what) at \(sample)")
    }
  }

  @Test("decoded pixels", arguments: pictures.keys.sorted())
  func decoding(name: String) throws {
    let (picture, image) = try load(name)
    #expect(image.size == ImageSize(height: picture.height, width: picture.width))
    #expect(image.digest == picture.decoded)
  }

  @Test("the EfficientNet-Lite recipe, both filters, three sizes", arguments: pictures.keys.sorted())
  func lite(name: String) throws {
    let (picture, image) = try load(name)
    #expect(picture.lite.count == 6)
    for (index, crop) in [224, 240, 260].enumerated() {
      for interpolation in [Interpolation.bicubic, .bilinear] {
        let what = "lite\(index)_\(interpolation)"
        let expected = try #require(picture.lite[what])
        let recipe = ImagePreprocessing.efficientNetLite(crop: crop, interpolation: interpolation)
        let size = try #require(recipe.resize).applied(to: image.size)
        #expect([size.width, size.height] == expected.resized)
        expect(try recipe.croppedPixels(image), is: expected, what)
        let values = try recipe(image).scalars(as: Float.self)
        for sample in expected.samples {
          let value = values[(sample[0] * crop + sample[1]) * crop + sample[2]]
          #expect(value == (Float(sample[3]) - 127) / 128, "\(what) at \(sample)")
        }
      }
    }
  }

  private static let recipes: [String: ImagePreprocessing] = [
    "bilinear_256_224": .imageNet(),
    "bilinear_232_224": .imageNet(resize: 232),
    "bicubic_224_224": .imageNet(resize: 224, interpolation: .bicubic),
  ]

  private func expectSamples(_ actual: Tensor, _ samples: [[Double]], tolerance: Double, _ what: String) {
    #expect(actual.shape == [3, 224, 224])
    #expect(samples.count == 32)
    let values = actual.scalars(as: Float.self)
    let sampled = samples.map { values[(Int($0[0]) * 224 + Int($0[1])) * 224 + Int($0[2])] }
    expectClose(sampled, samples.map { $0[3] }, tolerance: tolerance, what)
  }

  /// The expected numbers were printed with nine significant digits, which is exact for float32.
  @Test("torchvision's ImageNet recipe on PIL images", arguments: pictures.keys.sorted())
  func torchvision(name: String) throws {
    let (picture, image) = try load(name)
    #expect(Set(picture.torchvision.keys) == Set(Self.recipes.keys))
    for (what, expected) in picture.torchvision {
      let recipe = try #require(Self.recipes[what])
      expect(try recipe.croppedPixels(image), is: expected, what)
      expectSamples(try recipe(image), try #require(expected.floats), tolerance: 1e-6, "\(name) \(what)")
    }
  }

  /// Floats: each pass adds up to 12 products below 1.5, each rounded by at most 2^-24 of that, in an order that torch
  /// chooses by processor; two passes, divided by the smallest std, 0.224: below 1e-5. Seen: 1.5e-6.
  @Test("torchvision's ImageNet recipe on tensors", arguments: pictures.keys.sorted())
  func torchvisionTensors(name: String) throws {
    let (picture, image) = try load(name)
    let bytes = image.tensor()
    let floats = Tensor(bytes.scalars(as: UInt8.self).map { Float($0) / 255 }, bytes.shape)
    #expect(Set(picture.torchvision_tensor.keys) == Set(Self.recipes.keys))
    for (what, expected) in picture.torchvision_tensor {
      let recipe = try #require(Self.recipes[what])
      let (ofBytes, ofFloats) = (try #require(expected["tensor_u8"]), try #require(expected["tensor_f32"]))
      expectSamples(try recipe(bytes), ofBytes, tolerance: 1e-6, "\(name) \(what) uint8")
      expectSamples(try recipe(floats), ofFloats, tolerance: 1e-5, "\(name) \(what) float32")
    }
  }
}
