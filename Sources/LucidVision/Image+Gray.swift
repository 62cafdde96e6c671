extension Image {
  /// The picture in grey: each pixel's red, green and blue become the luma of ITU-R BT.601,
  /// `0.299 R + 0.587 G + 0.114 B`, in the fixed-point arithmetic and rounding of PIL's mode `L`.
  public func grayscaled() -> Image {
    pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width) { target in
        for index in stride(from: 0, to: height * width * 3, by: 3) {
          let (red, green, blue) = (UInt32(source[index]), UInt32(source[index + 1]), UInt32(source[index + 2]))
          let luma = UInt8((19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16)
          for channel in 0..<3 { target[index + channel] = luma }
        }
      }
    }
  }
}
