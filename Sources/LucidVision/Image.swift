/// A picture: 8-bit RGB, without alpha, in the orientation it is meant to be seen in.
///
/// ```swift
/// let cat = try Image(contentsOf: "cat.jpg")
/// let small = cat.resized(height: 224, width: 224, interpolation: .bicubic)
/// ```
public struct Image: Sendable, Hashable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The samples, `height * width * 3` of them: row after row from the top, in a row pixel after pixel from the left,
  /// in a pixel red, green, blue.
  public let pixels: [UInt8]

  /// A picture of the given samples, row after row from the top, each pixel red, green, blue. Traps when a side is not
  /// positive or the number of samples is not `height * width * 3`.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel, so its size cannot be \(width)x\(height)")
    precondition(
      pixels.count == height * width * 3,
      "a picture of \(width)x\(height) pixels has \(height * width * 3) samples, not \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture whose samples `fill` writes, all of them, in the order of ``pixels``.
  package init(height: Int, width: Int, initializingWith fill: (UnsafeMutablePointer<UInt8>) throws -> Void) rethrows {
    let count = height * width * 3
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress { try fill(start) }
      initialized = count
    }
    self.init(height: height, width: width, pixels: pixels)
  }

  /// The height and the width.
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// Red, green and blue of one pixel. Traps outside of the picture.
  public subscript(row: Int, column: Int) -> SIMD3<UInt8> {
    precondition(
      0..<height ~= row && 0..<width ~= column, "a picture of \(width)x\(height) has no row \(row), column \(column)")
    let start = (row * width + column) * 3
    return SIMD3(pixels[start], pixels[start + 1], pixels[start + 2])
  }
}

extension Image: CustomStringConvertible {
  /// The width and the height.
  public var description: String { "Image(\(width)x\(height))" }
}

/// The size of a picture in pixels, height first as in torchvision.
public struct ImageSize: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// A size of the given height and width.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The size of a square.
  public init(square side: Int) { self.init(height: side, width: side) }

  /// Height and width in brackets, as torchvision prints sizes.
  public var description: String { "[\(height), \(width)]" }
}
