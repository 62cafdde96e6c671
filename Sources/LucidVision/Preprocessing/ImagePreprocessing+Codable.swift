/// In JSON a recipe reads
///
/// ```json
/// {"resize": {"shorterSide": 256}, "interpolation": "bilinear", "crop": {"height": 224, "width": 224},
///  "pixelRange": "unit", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
/// ```
///
/// with `{"height": 224, "width": 224}` as `resize` for an exact size. `resize` and `crop` may be missing.
extension ImagePreprocessing: Codable {
  private enum CodingKeys: String, CodingKey {
    case resize, interpolation, crop, pixelRange, mean, std
  }

  /// Throws `DecodingError` for a recipe that is incomplete or impossible.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    resize = try container.decodeIfPresent(Resize.self, forKey: .resize)
    interpolation = try container.decode(Interpolation.self, forKey: .interpolation)
    crop = try container.decodeIfPresent(ImageSize.self, forKey: .crop)
    pixelRange = try container.decode(PixelRange.self, forKey: .pixelRange)
    mean = try container.decode([Double].self, forKey: .mean)
    std = try container.decode([Double].self, forKey: .std)
    if let fault {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: fault))
    }
  }

  /// Writes the recipe; steps that it does not have are left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(resize, forKey: .resize)
    try container.encode(interpolation, forKey: .interpolation)
    try container.encodeIfPresent(crop, forKey: .crop)
    try container.encode(pixelRange, forKey: .pixelRange)
    try container.encode(mean, forKey: .mean)
    try container.encode(std, forKey: .std)
  }
}

extension ImagePreprocessing.Resize: Codable {
  private enum CodingKeys: String, CodingKey {
    case shorterSide, height, width
  }

  /// Reads `shorterSide`, or else `height` and `width`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let side = try container.decodeIfPresent(Int.self, forKey: .shorterSide) {
      self = .shorterSide(side)
    } else {
      self = .exact(try ImageSize(from: decoder))
    }
  }

  /// Writes `shorterSide`, or `height` and `width`.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .shorterSide(let side):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(side, forKey: .shorterSide)
    case .exact(let size): try size.encode(to: encoder)
    }
  }
}
