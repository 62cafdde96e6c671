import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

@Suite("Preprocessing")
struct PreprocessingTests {
  @Test("a channel is scaled and normalised in float32 as torchvision does it")
  func arithmetic() throws {
    let image = Image(height: 1, width: 2, pixels: [0, 128, 255, 51, 1, 254])
    let recipe = ImagePreprocessing(
      resize: nil, crop: nil, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
    let expected = [(0, 0), (51, 0), (128, 1), (1, 1), (255, 2), (254, 2)].map { value, channel in
      (Float(value) / 255 - Float(recipe.mean[channel])) / Float(recipe.std[channel])
    }
    let tensor = try recipe(image)
    #expect(tensor.shape == [3, 1, 2])
    #expect(tensor.dtype == .float32)
    #expect(tensor.scalars(as: Float.self) == expected)

    let lite = ImagePreprocessing(
      resize: nil, crop: nil, pixelRange: .byte, mean: [127, 127, 127], std: [128, 128, 128])
    #expect(try lite(image).scalars(as: Float.self) == [-0.9921875, -0.59375, 0.0078125, -0.984375, 1, 0.9921875])
  }

  @Test("a batch is its pictures one after the other")
  func batch() throws {
    let images = [noise(height: 50, width: 70, seed: 1), noise(height: 90, width: 40, seed: 2)]
    let recipe = ImagePreprocessing.imageNet(crop: 32, resize: 36, interpolation: .bicubic)
    let batch = try recipe(images)
    #expect(batch.shape == [2, 3, 32, 32])
    let single = try images.flatMap { try recipe($0).scalars(as: Float.self) }
    #expect(batch.scalars(as: Float.self) == single)
  }

  @Test("the windowed crop equals resize, then crop")
  func croppedPixels() throws {
    let image = noise(height: 70, width: 101, seed: 5)
    for (resize, crop) in [(40, 32), (40, 40), (20, 32), (33, 50)] {
      let recipe = ImagePreprocessing.imageNet(crop: crop, resize: resize, interpolation: .bicubic)
      let stepwise = image.resized(shorterSide: resize, interpolation: .bicubic).centerCropped(
        height: crop, width: crop)
      #expect(try recipe.croppedPixels(image) == stepwise)
    }
    let squashed = ImagePreprocessing(
      resize: .exact(ImageSize(height: 20, width: 30)), crop: nil, mean: [0, 0, 0], std: [1, 1, 1])
    #expect(try squashed.croppedPixels(image) == image.resized(height: 20, width: 30))
  }

  @Test("tensors give what pictures give where nothing is resized, and one step of 255 off where something is")
  func tensors() throws {
    let image = noise(height: 30, width: 41, seed: 6)
    for crop in [24, 40] {
      var recipe = ImagePreprocessing.imageNet(crop: crop, resize: 30)
      #expect(try recipe(image.tensor()).scalars(as: Float.self) == recipe(image).scalars(as: Float.self))
      recipe.resize = .shorterSide(50)
      let expected = try recipe(image).scalars(as: Float.self).map(Double.init)
      expectClose(try recipe(image.tensor()), expected, [3, crop, crop], tolerance: 1.01 / 255 / 0.224)
    }
    let lite = ImagePreprocessing.efficientNetLite(crop: 10)
    let pictures = Tensor(
      image.pixels.map { _ in 0 } + [UInt8](repeating: 255, count: image.pixels.count), [2, 3, 30, 41])
    let batch = try lite(pictures)
    #expect(batch.shape == [2, 3, 10, 10])
    expectClose(
      batch, [Double](repeating: -127.0 / 128, count: 300) + [Double](repeating: 1, count: 300), tolerance: 0)
  }

  @Test("pictures that come out in different sizes make no batch, and none makes no batch either")
  func mismatchedBatch() {
    let recipe = ImagePreprocessing(resize: .shorterSide(10), crop: nil, mean: [0, 0, 0], std: [1, 1, 1])
    let images = [noise(height: 10, width: 20, seed: 1), noise(height: 20, width: 10, seed: 1)]
    #expect {
      try recipe(images)
    } throws: { error in
      (error as? LucidError)?.code == .invalidInput && "\(error)".contains("[20, 10]")
    }
    #expect { try recipe([Image]()) } throws: { ($0 as? LucidError)?.code == .invalidInput }
  }

  @Test("a resize that would need gigabytes is refused, unless a crop makes it small")
  func explosion() throws {
    let thread = noise(height: 1, width: 60_000, seed: 1)
    let whole = ImagePreprocessing(resize: .shorterSide(256), crop: nil, mean: [0, 0, 0], std: [1, 1, 1])
    #expect { try whole(thread) } throws: { ($0 as? LucidError)?.code == .invalidInput }
    #expect(try ImagePreprocessing.imageNet()(thread).shape == [3, 224, 224])
    #expect { try whole(thread.tensor()) } throws: { ($0 as? LucidError)?.code == .invalidInput }
  }

  @Test(
    "recipes survive JSON",
    arguments: [
      ImagePreprocessing.imageNet(), .efficientNetLite(crop: 260),
      ImagePreprocessing(
        resize: .exact(ImageSize(height: 20, width: 30)), interpolation: .lanczos, crop: nil, mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5]),
      ImagePreprocessing(resize: nil, crop: ImageSize(square: 8), mean: [0, 0, 0], std: [1, 1, 1]),
    ])
  func json(recipe: ImagePreprocessing) throws {
    let data = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(ImagePreprocessing.self, from: data) == recipe)
  }

  @Test("JSON as a person writes it")
  func handwritten() throws {
    func decoded(_ text: String) throws -> ImagePreprocessing {
      try JSONDecoder().decode(ImagePreprocessing.self, from: Data(text.utf8))
    }
    let text = """
      {"resize": {"shorterSide": 232}, "interpolation": "bilinear", "crop": {"height": 224, "width": 224},
       "pixelRange": "unit", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
      """
    #expect(try decoded(text) == .imageNet(crop: 224, resize: 232))
    for (from, to) in [
      ("0.229", "0"), ("232", "0"), ("232", "9000000000000000000"), (", 0.406", ""), ("bilinear", "cubist"),
      ("224}", "-1}"),
    ] {
      #expect(throws: DecodingError.self) { try decoded(text.replacingOccurrences(of: from, with: to)) }
    }
  }

  @Test("the description lists the steps")
  func description() {
    #expect(
      "\(ImagePreprocessing.imageNet())" == """
        ImagePreprocessing(
          resize: shorter side to 256, bilinear
          crop: center [224, 224]
          pixels: 0...1
          mean: [0.485, 0.456, 0.406]
          std: [0.229, 0.224, 0.225]
        )
        """)
  }
}
