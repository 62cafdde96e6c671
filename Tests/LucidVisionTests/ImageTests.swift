import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

@Suite("Image")
struct ImageTests {
  @Test("a tensor has the channels first, and makes the same picture again")
  func tensors() {
    let image = Image(height: 1, width: 2, pixels: [1, 2, 3, 4, 5, 6])
    let tensor = image.tensor()
    #expect(tensor.shape == [3, 1, 2])
    #expect(tensor.dtype == .uint8)
    #expect(tensor.scalars(as: UInt8.self) == [1, 4, 2, 5, 3, 6])
    let larger = noise(height: 13, width: 7, seed: 4)
    #expect(Image(larger.tensor()) == larger)
    #expect(Image(Tensor([7, 9] as [UInt8], [1, 2, 1])).pixels == [7, 7, 7, 9, 9, 9])
  }

  @Test("PNG files keep every sample", arguments: [(1, 1), (13, 7), (3, 200)])
  func png(height: Int, width: Int) throws {
    let image = noise(height: height, width: width, seed: 9)
    #expect(try Image(data: image.pngData()) == image)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png").path
    try image.writePNG(to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try Image(contentsOf: path) == image)
  }

  @Test("writing to a folder that is not there throws")
  func unwritable() {
    let image = noise(height: 2, width: 2, seed: 1)
    #expect { try image.writePNG(to: "/nowhere/x.png") } throws: { ($0 as? LucidError)?.code == .fileUnreadable }
  }

  @Test("pixels are found by row and column")
  func pixels() {
    let image = Image(height: 2, width: 1, pixels: [1, 2, 3, 4, 5, 6])
    #expect(image[1, 0] == SIMD3(4, 5, 6))
    #expect("\(image)" == "Image(1x2)")
  }
}
