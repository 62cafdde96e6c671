import LucidTensor

/// How pictures become the input of a model: resize, crop the middle, scale and normalise. A checkpoint only works as
/// published with the recipe that it was trained with, so the recipe belongs to the weights.
///
/// ```swift
/// let preprocessing = ImagePreprocessing.imageNet(crop: 224, resize: 256)
/// let x = try preprocessing(Image(contentsOf: "cat.jpg"))     // [3, 224, 224]
/// let batch = try preprocessing([cat, dog])                   // [2, 3, 224, 224]
/// ```
///
/// The arithmetic is that of torchvision on PIL images: the resized picture is rounded to 8 bits, then each channel c
/// becomes `(x / 255 - mean[c]) / std[c]` in float32, or `(x - mean[c]) / std[c]` for ``PixelRange/byte``. With one mean
/// and one standard deviation, the resized picture becomes grey first: `[1, H, W]`; see ``Image/grayscaled()``.
public struct ImagePreprocessing: Sendable, Hashable {
  /// How a picture is resized.
  public enum Resize: Sendable, Hashable {
    /// The shorter side gets this length and the proportions are kept; see ``ImageSize/scaled(shorterSide:)``.
    case shorterSide(Int)
    /// The picture is squeezed to exactly this size.
    case exact(ImageSize)
  }

  /// The range that pixels have when mean and standard deviation are applied.
  public enum PixelRange: String, Sendable, Hashable, Codable {
    /// 0...1: pixels are divided by 255 first, as torchvision does.
    case unit
    /// 0...255: pixels are taken as they are.
    case byte
  }

  /// How the picture is resized; nil leaves its size.
  public var resize: Resize?
  /// The filter that it is resized with.
  public var interpolation: Interpolation
  /// The size of the middle part that is kept, surrounded with black where the picture is smaller; nil keeps all.
  public var crop: ImageSize?
  /// The range of the pixels that ``mean`` and ``std`` refer to.
  public var pixelRange: PixelRange
  /// What is subtracted from red, green and blue, or from grey.
  public let mean: [Double]
  /// What red, green and blue, or grey, are divided by after that.
  public let std: [Double]

  /// How many channels the input has: 3, or 1 for grey.
  public var channelCount: Int { mean.count }

  /// A recipe of the given steps. Traps when a size is not within 1...2^24, or when mean and std are not three numbers each,
  /// or one, or a std is zero.
  public init(
    resize: Resize?, interpolation: Interpolation = .bilinear, crop: ImageSize?, pixelRange: PixelRange = .unit,
    mean: [Double], std: [Double]
  ) {
    self.resize = resize
    self.interpolation = interpolation
    self.crop = crop
    self.pixelRange = pixelRange
    self.mean = mean
    self.std = std
    if let fault { preconditionFailure(fault) }
  }

  /// What makes the recipe impossible, if anything.
  var fault: String? {
    let sizes = [crop, resize?.size].compactMap { $0 }
    let sides = 1...1 << 24
    if let size = sizes.first(where: { !sides.contains($0.height) || !sides.contains($0.width) }) {
      return "the sides of the size \(size) are not within \(sides)"
    }
    if ![1, 3].contains(mean.count) || std.count != mean.count {
      return "mean and std need three numbers each, red, green and blue, or one each, grey"
    }
    if (mean + std).contains(where: { !$0.isFinite }) || std.contains(0) {
      return "mean and std must be finite, and std not zero"
    }
    return nil
  }

  /// The picture as a float32 tensor of shape `[3, H, W]`, or `[1, H, W]` in grey. Throws ``LucidError`` (`invalidInput`)
  /// when the resized picture would be larger than ``Image/DecodingOptions`` allow by default.
  public func callAsFunction(_ image: Image) throws -> Tensor {
    let pixels = try croppedPixels(image)
    return Tensor(shape: [channelCount, pixels.height, pixels.width], of: Float.self) {
      normalize(pixels, into: $0.baseAddress!)
    }
  }

  /// The pictures as a float32 tensor of shape `[N, 3, H, W]`, or `[N, 1, H, W]` in grey. Throws ``LucidError``
  /// (`invalidInput`) when there are none or when, for lack of a crop, they come out in different sizes.
  public func callAsFunction(_ images: [Image]) throws -> Tensor {
    let doing = "preprocessing a batch of pictures"
    guard let first = try images.first.map(croppedPixels) else {
      throw LucidError(.invalidInput, doing: doing, problem: "there is none.")
    }
    let count = channelCount * first.height * first.width
    let shape: Shape = [images.count, channelCount, first.height, first.width]
    return try Tensor(shape: shape, of: Float.self) { values in
      for (index, image) in images.enumerated() {
        let pixels = index == 0 ? first : try croppedPixels(image)
        guard pixels.size == first.size else {
          throw LucidError(
            .invalidInput, doing: doing,
            problem: "picture \(index) comes out as \(pixels.size), picture 0 as \(first.size).",
            advice: "Preprocess them one by one, or use a recipe with a crop or an exact size.")
        }
        normalize(pixels, into: values.baseAddress! + index * count)
      }
    }
  }

  /// The picture resized and cropped, before it is scaled and normalised. Throws as ``callAsFunction(_:)-(Image)`` does.
  public func croppedPixels(_ image: Image) throws -> Image {
    let size = resize?.applied(to: image.size) ?? image.size
    let (rows, columns) = try crops(of: size, from: image.size)
    let window = Window(rows: rows.kept, columns: columns.kept)
    return image.resampled(to: size, interpolation, window: window).padded(rows, columns)
  }

  /// What the crop keeps of `count` pictures that were resized to `size`, as a whole or only where the crop is. Throws when
  /// that is too much to hold.
  func crops(
    of size: ImageSize, from original: ImageSize, count: Int = 1, resizingWhole: Bool = false
  ) throws -> (rows: CenterCrop, columns: CenterCrop) {
    let rows = CenterCrop(of: size.height, to: crop?.height ?? size.height)
    let columns = CenterCrop(of: size.width, to: crop?.width ?? size.width)
    let limit = Image.DecodingOptions().maximumPixelCount
    let computed = resizingWhole ? size : ImageSize(height: rows.kept.count, width: columns.kept.count)
    guard rows.count <= limit / columns.count / count, computed.height <= limit / computed.width / count else {
      throw LucidError(
        .invalidInput, doing: "preprocessing a picture of size \(original)",
        problem: "it would be resized to \(size); at most \(limit) pixels are allowed.",
        advice: "Crop it to more usual proportions first.")
    }
    return (rows, columns)
  }

  /// Writes the channels one after the other. A channel has only 256 different values, so each is computed once.
  private func normalize(_ image: Image, into values: UnsafeMutablePointer<Float>) {
    let count = image.height * image.width
    let image = channelCount == 1 ? image.grayscaled() : image
    image.pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<channelCount {
        let (mean, std) = (Float(mean[channel]), Float(std[channel]))
        let table = (0...255).map { value in
          ((pixelRange == .unit ? Float(value) / 255 : Float(value)) - mean) / std
        }
        table.withUnsafeBufferPointer { table in
          let plane = values + channel * count
          for index in 0..<count { plane[index] = table[Int(pixels[index * 3 + channel])] }
        }
      }
    }
  }
}

extension ImagePreprocessing.Resize {
  /// The size that a picture of the given size gets.
  public func applied(to size: ImageSize) -> ImageSize {
    switch self {
    case .shorterSide(let side): size.scaled(shorterSide: side)
    case .exact(let size): size
    }
  }

  fileprivate var size: ImageSize {
    switch self {
    case .shorterSide(let side): ImageSize(square: side)
    case .exact(let size): size
    }
  }
}
