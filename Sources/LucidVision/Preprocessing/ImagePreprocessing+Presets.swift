extension ImagePreprocessing {
  /// torchvision's `ImageClassification` preset: the recipe of its ImageNet weights. The shorter side is resized to
  /// `resize`, the middle `crop` x `crop` kept, pixels scaled to 0...1 and normalised with ImageNet's mean and standard
  /// deviation.
  public static func imageNet(
    crop: Int = 224, resize: Int = 256, interpolation: Interpolation = .bilinear
  ) -> ImagePreprocessing {
    ImagePreprocessing(
      resize: .shorterSide(resize), interpolation: interpolation, crop: ImageSize(square: crop),
      mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
  }

  /// The recipe of the EfficientNet-Lite weights that were converted from TensorFlow: the shorter side is resized to
  /// `crop + 32`, the middle `crop` x `crop` kept, and a pixel x of 0...255 becomes (x - 127) / 128.
  public static func efficientNetLite(
    crop: Int = 224, interpolation: Interpolation = .bicubic
  ) -> ImagePreprocessing {
    ImagePreprocessing(
      resize: .shorterSide(crop + 32), interpolation: interpolation, crop: ImageSize(square: crop), pixelRange: .byte,
      mean: [127, 127, 127], std: [128, 128, 128])
  }
}

extension ImagePreprocessing: CustomStringConvertible {
  /// The steps in the order in which they are done, one a line.
  public var description: String {
    var lines: [String] = []
    switch resize {
    case .shorterSide(let side): lines.append("resize: shorter side to \(side), \(interpolation)")
    case .exact(let size): lines.append("resize: to \(size), \(interpolation)")
    case nil: break
    }
    if let crop { lines.append("crop: center \(crop)") }
    lines.append("pixels: \(pixelRange == .unit ? "0...1" : "0...255")")
    lines.append("mean: \(mean)")
    lines.append("std: \(std)")
    return "ImagePreprocessing(\n" + lines.map { "  \($0)\n" }.joined() + ")"
  }
}
