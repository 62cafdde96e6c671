/// How a stored picture is turned to be seen upright: the Exif tag `Orientation` (0x0112; Exif 2.32, 4.6.4).
enum Orientation: UInt16, Sendable, CaseIterable {
  case upright = 1
  case mirrored, upsideDown, mirroredUpsideDown, transposed, turnRight, transverse, turnLeft

  /// Reads the tag from an Exif block in TIFF form. Exif is often damaged and never needed to see the picture, so a
  /// block that cannot be understood counts as upright.
  init(exif bytes: UnsafeRawBufferPointer) {
    self = Orientation.tag(in: bytes).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  private static func tag(in whole: UnsafeRawBufferPointer) -> UInt16? {
    // PNG and WebP files by some writers carry JPEG's signature before the block.
    let bytes = whole.starts(with: Array("Exif\0\0".utf8)) ? UnsafeRawBufferPointer(rebasing: whole[6...]) : whole
    guard bytes.count >= 8, bytes[0] == bytes[1], bytes[0] == UInt8(ascii: "I") || bytes[0] == UInt8(ascii: "M") else {
      return nil
    }
    let isLittleEndian = bytes[0] == UInt8(ascii: "I")
    func short(_ offset: Int) -> UInt16? {
      guard offset >= 0 && offset + 2 <= bytes.count else { return nil }
      let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
      return isLittleEndian ? second << 8 | first : first << 8 | second
    }
    func long(_ offset: Int) -> Int? {
      guard let first = short(offset), let second = short(offset + 2) else { return nil }
      return isLittleEndian ? Int(second) << 16 | Int(first) : Int(first) << 16 | Int(second)
    }
    let (typeShort, typeLong): (UInt16, UInt16) = (3, 4)
    guard short(2) == 42, let directory = long(4), let count = short(directory) else { return nil }
    for entry in 0..<Int(count) {
      let start = directory + 2 + entry * 12
      guard let tag = short(start) else { return nil }
      guard tag == 0x0112 else { continue }
      switch short(start + 2) {
      case typeShort: return short(start + 8)
      case typeLong: return long(start + 8).flatMap(UInt16.init(exactly:))
      default: return nil
      }
    }
    return nil
  }
}

extension Image {
  /// The stored picture turned upright.
  func oriented(_ orientation: Orientation) -> Image {
    // Where the pixel of the first row and column comes from, and how far apart in the source the next row's and the
    // next column's are.
    let (first, down, right) =
      switch orientation {
      case .upright: (0, width, 1)
      case .mirrored: (width - 1, width, -1)
      case .upsideDown: (height * width - 1, -width, -1)
      case .mirroredUpsideDown: ((height - 1) * width, -width, 1)
      case .transposed: (0, 1, width)
      case .turnRight: ((height - 1) * width, 1, -width)
      case .transverse: (height * width - 1, -1, -width)
      case .turnLeft: (width - 1, -1, width)
      }
    if orientation == .upright { return self }
    let swapsSides = orientation.rawValue >= Orientation.transposed.rawValue
    let size = swapsSides ? ImageSize(height: width, width: height) : self.size
    return pixels.withUnsafeBufferPointer { source in
      Image(height: size.height, width: size.width) { target in
        var out = target
        for row in 0..<size.height {
          var pixel = first + row * down
          for _ in 0..<size.width {
            out[0] = source[pixel * 3]
            out[1] = source[pixel * 3 + 1]
            out[2] = source[pixel * 3 + 2]
            out += 3
            pixel += right
          }
        }
      }
    }
  }
}
