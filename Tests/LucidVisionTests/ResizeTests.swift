import LucidTesting
import Testing

@testable import LucidVision

struct ResizeCase: Decodable, Sendable, CustomTestStringConvertible {
  let seed: UInt32
  let from: [Int]
  let to: [Int]
  let sha256: [String: String]

  var testDescription: String { "\(from) to \(to)" }
}

private struct ResizeCases: Decodable {
  let cases: [ResizeCase]
}

private let cases = Fixtures.json("resize.json", as: ResizeCases.self).cases

@Suite("Resizing gives PIL's pixels bit for bit")
struct ResizeTests {
  @Test("up and down, odd sizes", arguments: cases, Interpolation.allCases)
  func digests(resize: ResizeCase, interpolation: Interpolation) {
    let image = noise(height: resize.from[0], width: resize.from[1], seed: resize.seed)
    let resized = image.resized(height: resize.to[0], width: resize.to[1], interpolation: interpolation)
    #expect(resized.digest == resize.sha256[interpolation.rawValue])
  }

  @Test("a window equals that part of the whole", arguments: Interpolation.allCases)
  func windows(interpolation: Interpolation) {
    let image = noise(height: 61, width: 83, seed: 7)
    for size in [(47, 39), (90, 120), (61, 40), (30, 83), (61, 83)] {
      let whole = image.resized(height: size.0, width: size.1, interpolation: interpolation)
      let window = Window(rows: size.0 / 3..<size.0 / 3 + 5, columns: size.1 - 9..<size.1)
      let part = image.resampled(to: ImageSize(height: size.0, width: size.1), interpolation, window: window)
      #expect(part == whole.cropped(window))
    }
  }

  @Test("many rows are shared out to threads without a seam")
  func threads() {
    let tall = noise(height: 700, width: 20, seed: 3)
    let whole = tall.resized(height: 333, width: 11, interpolation: .bicubic)
    for row in 0..<333 {
      let window = Window(rows: row..<row + 1, columns: 0..<11)
      let alone = tall.resampled(to: whole.size, .bicubic, window: window)
      #expect(alone == whole.cropped(window))
    }
  }
}

@Suite("Sizes and crops are torchvision's")
struct GeometryTests {
  @Test(
    "the shorter side is exact, the longer loses its fraction",
    arguments: [
      ([300, 451], 256, [256, 384]), ([427, 640], 256, [256, 383]), ([640, 427], 256, [383, 256]),
      ([500, 741], 292, [292, 432]), ([512, 512], 232, [232, 232]), ([1, 100], 7, [7, 700]), ([3, 2], 1, [1, 1]),
    ])
  func sizes(before: [Int], side: Int, after: [Int]) {
    let size = ImageSize(height: before[0], width: before[1]).scaled(shorterSide: side)
    #expect(size == ImageSize(height: after[0], width: after[1]))
    let image = noise(height: before[0], width: before[1], seed: 1)
    #expect(image.resized(shorterSide: side, interpolation: .nearest).size == size)
  }

  /// The expected numbers are Python's `int(round((length - crop) / 2.0))`, and `(crop - length) // 2` for the padding.
  @Test(
    "a crop begins where Python's round says",
    arguments: [
      (384, 224, 80, 0), (383, 224, 80, 0), (385, 224, 80, 0), (387, 224, 82, 0), (225, 224, 0, 0), (227, 224, 2, 0),
      (224, 224, 0, 0), (223, 224, 0, 0), (221, 224, 0, 1), (1, 8, 0, 3),
    ])
  func crops(length: Int, count: Int, first: Int, padding: Int) {
    let crop = CenterCrop(of: length, to: count)
    #expect(crop.kept.lowerBound == first)
    #expect(crop.kept.count == min(length, count))
    #expect(crop.padding == padding)
  }

  @Test("a smaller picture is surrounded with black")
  func padding() {
    let image = Image(height: 1, width: 3, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    let crop = image.centerCropped(height: 4, width: 1)
    #expect(crop == Image(height: 4, width: 1, pixels: [0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0]))
    let wide = image.centerCropped(height: 1, width: 6)
    #expect(wide == Image(height: 1, width: 6, pixels: [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0]))
    #expect(image.cropped(top: 0, left: 1, height: 1, width: 2).pixels == [4, 5, 6, 7, 8, 9])
  }
}
