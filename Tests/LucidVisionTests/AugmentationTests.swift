import Foundation
import LucidTesting
import Testing

@testable import LucidVision

private struct Augmentations: Decodable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let kind: String
    let height, width, seed: Int
    let operations: [Made]
    var testDescription: String { "\(kind) \(width)x\(height)" }

    var image: Image {
      switch kind {
      case "noise": return noise(height: height, width: width, seed: UInt32(seed))
      case "dark":
        let source = noise(height: height, width: width, seed: UInt32(seed))
        return Image(height: height, width: width, pixels: source.pixels.map { $0 / 5 + 40 })
      case "plain":
        return Image(
          height: height, width: width, pixels: (0..<height * width).flatMap { _ in [UInt8(seed), 77, 200] })
      default:
        let pixels = (0..<height * width).flatMap { index in
          let (row, column) = (index / width, index % width)
          return [row * 7 + column * 3, row * 2 + column * 5 + 31, row * column + seed].map {
            UInt8(truncatingIfNeeded: $0)
          }
        }
        return Image(height: height, width: width, pixels: pixels)
      }
    }
  }

  struct Made: Decodable, Sendable {
    let name: String
    let numbers: [Double]
    let sha256: String
  }

  struct Table: Decodable, Sendable {
    let magnitudes: [Double]
    let signed: Bool
  }

  let cases: [Case]
  let randAugment, trivialAugmentWide: [String: Table]
}

private let fixture = Fixtures.json("augmentations.json", as: Augmentations.self)

@Suite("Augmentations give PIL's and torchvision's pixels bit for bit")
struct AugmentationPixelTests {
  @Test("every operation", arguments: fixture.cases)
  private func digests(example: Augmentations.Case) throws {
    let image = example.image
    for made in example.operations {
      let result = try applied(made, to: image)
      #expect(result.digest.prefix(16) == made.sha256, "\(made.name) \(made.numbers) of \(example.testDescription)")
    }
  }

  private func applied(_ made: Augmentations.Made, to image: Image) throws -> Image {
    let numbers = made.numbers
    let words = made.name.split(separator: "-").map(String.init)
    switch words[0] {
    case "grayscale": return image.grayscale()
    case "hflip": return image.flippedHorizontally()
    case "vflip": return image.flippedVertically()
    case "brightness": return image.adjustedBrightness(numbers[0])
    case "contrast": return image.adjustedContrast(numbers[0])
    case "saturation": return image.adjustedSaturation(numbers[0])
    case "sharpness": return image.adjustedSharpness(numbers[0])
    case "hue": return image.adjustedHue(numbers[0])
    case "posterize": return image.posterized(bits: Int(numbers[0]))
    case "solarize": return image.solarized(threshold: numbers[0])
    case "autocontrast": return image.autocontrasted()
    case "equalize": return image.equalized()
    case "rotate":
      return image.rotated(degrees: numbers[0], interpolation: try #require(Interpolation(rawValue: words[1])))
    case "affine":
      return image.affine(
        angle: numbers[0], translation: (numbers[1], numbers[2]), scale: numbers[3], shear: (numbers[4], numbers[5]),
        interpolation: try #require(Interpolation(rawValue: words[1])))
    default:
      let operation = try #require(AugmentationOperation(rawValue: words[2]))
      return operation.apply(numbers[0], to: image, try #require(Interpolation(rawValue: words[1])))
    }
  }

  @Test("the strengths of RandAugment and TrivialAugmentWide are torchvision's to the last bit of float32")
  func strengths() throws {
    let size = ImageSize(height: 331, width: 200)
    for (tables, strengths) in [
      (fixture.randAugment, AugmentationOperation.Strengths.rand), (fixture.trivialAugmentWide, .trivialWide),
    ] {
      #expect(Set(tables.keys) == Set(AugmentationOperation.allCases.map(\.rawValue)))
      for operation in AugmentationOperation.allCases {
        let table = try #require(tables[operation.rawValue])
        #expect(operation.isSigned == table.signed)
        for level in 0..<31 {
          // torch's own order of operations in linspace may differ by a rounding of float32.
          let magnitude = operation.magnitude(level, of: 31, strengths, for: size)
          let ulp = Double(Float(255).ulp)
          #expect(abs(magnitude - table.magnitudes[level]) <= ulp, "\(operation) \(level)")
        }
      }
    }
  }
}

@Suite("Augmentations draw their parameters as torchvision does")
struct AugmentationDistributionTests {
  private let draws = 20_000

  /// The largest distance between the share of draws below each quantile and the quantile (Kolmogorov and Smirnov); 1.95 is
  /// passed once in a thousand times, and the seeds are fixed.
  private func deviation(_ values: [Double], _ cumulative: (Double) -> Double) -> Double {
    let sorted = values.sorted()
    let count = Double(sorted.count)
    return sorted.enumerated().map { index, value in
      let expected = cumulative(value)
      return max(abs(Double(index) / count - expected), abs(Double(index + 1) / count - expected))
    }.max()! * count.squareRoot()
  }

  @Test("the stream: uniform, normal, beta, whole numbers, and independent by key")
  func stream() {
    var random = RandomStream(1, 2)
    #expect(deviation((0..<draws).map { _ in random.uniform(-3...5) }) { ($0 + 3) / 8 } < 1.95)
    #expect(deviation((0..<draws).map { _ in random.normal() }) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95)
    #expect(deviation((0..<draws).map { _ in random.beta(1) }) { $0 } < 1.95)
    // Beta(1/2, 1/2) is the arcsine distribution, Beta(2, 2) has the cubic 3x² - 2x³.
    #expect(deviation((0..<draws).map { _ in random.beta(0.5) }) { 2 / Double.pi * asin($0.squareRoot()) } < 1.95)
    #expect(deviation((0..<draws).map { _ in random.beta(2) }) { $0 * $0 * (3 - 2 * $0) } < 1.95)

    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<draws { counts[random.below(7)] += 1 }
    let expected = Double(draws) / 7
    let chiSquare = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
    #expect(chiSquare < 22.5)  // the 0.1 % point at 6 degrees of freedom

    #expect(
      deviation(
        (0..<draws).map { key in
          var stream = RandomStream(7, UInt64(key))
          return stream.unit()
        }
      ) { $0 } < 1.95)
    var (first, again, other) = (RandomStream(1, 2), RandomStream(1, 2), RandomStream(2, 1))
    #expect(first.next() == again.next())
    #expect(first.next() != other.next())
  }

  @Test("a random resized crop has uniform area and log-uniform ratio where every one fits")
  func resizedCrop() {
    let crop = RandomResizedCrop(ImageSize(square: 8), scale: 0.1...0.4, ratio: 0.5...2)
    var random = RandomStream(3)
    let size = ImageSize(height: 1000, width: 1000)
    let windows = (0..<draws).map { _ in crop.window(in: size, using: &random) }
    // The largest, 0.4 of the area at a ratio of 2, is 894 wide: all fit. Rounding to pixels blurs areas by some permille.
    let areas = windows.map { Double($0.rows.count * $0.columns.count) / 1e6 }
    #expect(deviation(areas) { ($0 - 0.1) / 0.3 } < 1.95)
    let ratios = windows.map { Double($0.columns.count) / Double($0.rows.count) }
    #expect(deviation(ratios) { log($0 / 0.5) / log(4) } < 1.95)
    let tops = windows.map { (Double($0.rows.lowerBound) + random.unit()) / Double(1001 - $0.rows.count) }
    #expect(deviation(tops) { min(max($0, 0), 1) } < 1.95)
    #expect(windows.allSatisfy { $0.rows.upperBound <= 1000 && $0.columns.upperBound <= 1000 })
  }

  @Test("where nothing fits, the crop is the middle as torchvision falls back")
  func fallback() {
    let crop = RandomResizedCrop(ImageSize(square: 8), scale: 0.9...1)
    var random = RandomStream(4)
    #expect(
      crop.window(in: ImageSize(height: 10, width: 1000), using: &random) == Window(rows: 0..<10, columns: 493..<506))
    #expect(
      crop.window(in: ImageSize(height: 1000, width: 10), using: &random) == Window(rows: 493..<506, columns: 0..<10))
    #expect(crop.window(in: ImageSize(height: 1, width: 1), using: &random) == Window(rows: 0..<1, columns: 0..<1))
  }

  @Test("flips and grey come as often as they should, and jitter in every order")
  func chances() {
    let image = Image(height: 1, width: 2, pixels: [1, 2, 3, 200, 5, 6])
    var random = RandomStream(5)
    func share(_ augmentation: some Augmentation) -> Double {
      Double((0..<draws).count { _ in augmentation(image, using: &random) != image }) / Double(draws)
    }
    // Three and a half standard deviations of a binomial.
    let bound = 3.5 * (0.25 / Double(draws)).squareRoot()
    #expect(abs(share(RandomHorizontalFlip()) - 0.5) < bound)
    #expect(abs(share(RandomGrayscale(probability: 0.2)) - 0.2) < bound)
    #expect(share(RandomVerticalFlip(probability: 1)) == 0)  // one row
    #expect(share(RandomHorizontalFlip(probability: 0)) == 0)

    let jitter = ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)
    let results = Set((0..<200).map { _ in jitter(image, using: &random) })
    #expect(results.count > 150)
    #expect(ColorJitter()(image, using: &random) == image)
  }

  @Test("each of the fourteen operations is drawn as often")
  func operations() {
    // Of a picture of one grey pixel on black, results tell operations apart well enough to count the identity-like ones.
    let image = noise(height: 12, width: 12, seed: 1)
    let policy = TrivialAugmentWide()
    var (random, mirror) = (RandomStream(6), RandomStream(6))
    var counts: [AugmentationOperation: Int] = [:]
    for _ in 0..<4_000 {
      let operation = AugmentationOperation.allCases[mirror.below(14)]
      let strength = operation.magnitude(mirror.below(31), of: 31, .trivialWide, for: image.size)
      let isNegative = operation.isSigned && mirror.below(2) == 1
      counts[operation, default: 0] += 1
      #expect(policy(image, using: &random) == operation.apply(isNegative ? -strength : strength, to: image, .nearest))
    }
    let expected = 4_000.0 / 14
    let chiSquare = AugmentationOperation.allCases.reduce(0) {
      $0 + pow(Double(counts[$1] ?? 0) - expected, 2) / expected
    }
    #expect(chiSquare < 34.5)  // the 0.1 % point at 13 degrees of freedom
  }

  @Test("erasing: how often, how large, what ratio, and with what")
  func erasing() {
    let erasing = RandomErasing(probability: 0.25, scale: 0.02...0.33, ratio: 0.3...3.3, fill: .constant(9))
    var random = RandomStream(8)
    let size = ImageSize(height: 2000, width: 2000)
    let boxes = (0..<draws).compactMap { _ in erasing.rectangle(in: size, using: &random) }
    // The largest is 0.33 of the area at a ratio of 3.3: 1.04 of the side, which is drawn anew; the rest is uniform below.
    #expect(boxes.count == draws)
    let small = boxes.map { Double($0.rows.count * $0.columns.count) / 4e6 }.filter { $0 < 0.3 && $0 > 0.02 }
    #expect(deviation(small) { ($0 - 0.02) / 0.28 } < 1.95)

    var erased = 0
    for _ in 0..<2_000 {
      var input = [Float](repeating: 1, count: 3 * 20 * 20)
      input.withUnsafeMutableBufferPointer { erasing.erase($0, [3, 20, 20], using: &random) }
      let count = input.count { $0 == 9 }
      #expect(count % 3 == 0 && input.allSatisfy { $0 == 1 || $0 == 9 })
      erased += count > 0 ? 1 : 0
    }
    #expect(abs(Double(erased) / 2_000 - 0.25) < 3.5 * (0.1875 / 2_000).squareRoot())
  }
}

@Suite("Training recipes")
struct TrainingPreprocessingTests {
  @Test("presets give the model's size and depend on the stream alone")
  func presets() throws {
    let image = noise(height: 50, width: 70, seed: 9)
    let recipe = ImagePreprocessing.imageNet(crop: 24, resize: 28)
    for preset in [
      TrainingPreprocessing.standard(for: recipe), .trivialAugment(for: recipe), .randAugment(for: recipe),
      .plain(for: recipe),
    ] {
      func input(_ key: UInt64) throws -> [Float] {
        var random = RandomStream(key)
        var values = [Float](repeating: .nan, count: preset.inputShape.elementCount)
        try values.withUnsafeMutableBufferPointer { try preset.write(image, into: $0, using: &random) }
        return values
      }
      #expect(preset.inputShape == [3, 24, 24])
      #expect(try input(1) == input(1))
      #expect(try input(1).allSatisfy(\.isFinite))
    }
    var random = RandomStream(1)
    #expect(
      try TrainingPreprocessing.plain(for: recipe).augmented(image, using: &random) == recipe.croppedPixels(image))
  }

  @Test("a grey recipe has one channel")
  func grey() throws {
    let recipe = ImagePreprocessing(resize: nil, crop: ImageSize(height: 1, width: 2), mean: [0.5], std: [0.25])
    let image = Image(height: 1, width: 2, pixels: [255, 0, 0, 9, 9, 9])
    let expected = [Float(76) / 255, Float(9) / 255].map { ($0 - 0.5) / 0.25 }
    #expect(try recipe(image).shape == [1, 1, 2])
    #expect(try recipe(image).scalars(as: Float.self) == expected)
    #expect(TrainingPreprocessing.plain(for: recipe).inputShape == [1, 1, 2])
  }

  @Test("augmentations that leave another size are an error that names both")
  func wrongSize() {
    let recipe = TrainingPreprocessing([RandomHorizontalFlip()], for: .imageNet(crop: 8))
    var random = RandomStream(1)
    #expect {
      try recipe.augmented(noise(height: 5, width: 6, seed: 1), using: &random)
    } throws: { "\($0)".contains("[5, 6]") && "\($0)".contains("[8, 8]") }
  }
}
