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
/// becomes `(x / 255 - mean[c]) / std[c]` in float32, or `(x - mean[c]) / std[c]` for ``PixelRange/byte``.
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
  /// What is subtracted from red, green and blue. Where it is one number, the input has one channel: the picture's grey.
  public let mean: [Double]
  /// What red, green and blue are divided by after that, or grey.
  public let std: [Double]

  /// A recipe of the given steps. Traps when a size is not within 1...2^24, or when mean and std are not three numbers each,
  /// or one each for grey, or a std is zero.
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
    if mean.count != std.count || (mean.count != 3 && mean.count != 1) {
      return "mean and std need three numbers each: red, green, blue; or one each: grey"
    }
    if (mean + std).contains(where: { !$0.isFinite }) || std.contains(0) {
      return "mean and std must be finite, and std not zero"
    }
    return nil
  }

  /// The number of channels of an input.
  var channels: Int { mean.count }

  var normalization: Normalization { Normalization(pixelRange, mean: mean, std: std) }

  /// The picture as a float32 tensor of shape `[3, H, W]`. Throws ``LucidError`` (`invalidInput`) when the resized picture
  /// would be larger than ``Image/DecodingOptions`` allow by default.
  public func callAsFunction(_ image: Image) throws -> Tensor {
    let pixels = try croppedPixels(image)
    return Tensor(shape: [channels, pixels.height, pixels.width], of: Float.self) {
      normalization.write(pixels, into: $0)
    }
  }

  /// The pictures as a float32 tensor of shape `[N, 3, H, W]`. Throws ``LucidError`` (`invalidInput`) when there are none or
  /// when, for lack of a crop, they come out in different sizes.
  public func callAsFunction(_ images: [Image]) throws -> Tensor {
    let doing = "preprocessing a batch of pictures"
    guard let first = try images.first.map(croppedPixels) else {
      throw LucidError(.invalidInput, doing: doing, problem: "there is none.")
    }
    let count = channels * first.height * first.width
    let shape: Shape = [images.count, channels, first.height, first.width]
    return try Tensor(shape: shape, of: Float.self) { values in
      for (index, image) in images.enumerated() {
        let pixels = index == 0 ? first : try croppedPixels(image)
        guard pixels.size == first.size else {
          throw LucidError(
            .invalidInput, doing: doing,
            problem: "picture \(index) comes out as \(pixels.size), picture 0 as \(first.size).",
            advice: "Preprocess them one by one, or use a recipe with a crop or an exact size.")
        }
        normalization.write(
          pixels, into: UnsafeMutableBufferPointer(rebasing: values[index * count..<(index + 1) * count]))
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
