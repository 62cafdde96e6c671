/// How 8-bit pixels become the numbers that a model takes: channel c becomes `(x / 255 - mean[c]) / std[c]` in float32, or
/// `(x - mean[c]) / std[c]` where the range is ``ImagePreprocessing/PixelRange/byte``. One mean in place of three makes one
/// grey channel of a picture, by PIL's `convert("L")`.
struct Normalization: Sendable {
  /// What each of the 256 values of a channel becomes; a channel has no others, so each is computed once.
  private let tables: [[Float]]

  init(_ range: ImagePreprocessing.PixelRange, mean: [Double], std: [Double]) {
    tables = zip(mean, std).map { mean, std in
      let (mean, std) = (Float(mean), Float(std))
      return (0...255).map { ((range == .unit ? Float($0) / 255 : Float($0)) - mean) / std }
    }
  }

  /// Writes the channels one after the other.
  func write(_ image: Image, into values: UnsafeMutableBufferPointer<Float>) {
    let count = image.height * image.width
    image.pixels.withUnsafeBufferPointer { pixels in
      if tables.count == 1 {
        tables[0].withUnsafeBufferPointer { table in
          for index in 0..<count { values[index] = table[Int(luma(pixels.baseAddress! + index * 3))] }
        }
        return
      }
      for (channel, table) in tables.enumerated() {
        table.withUnsafeBufferPointer { table in
          let plane = values.baseAddress! + channel * count
          for index in 0..<count { plane[index] = table[Int(pixels[index * 3 + channel])] }
        }
      }
    }
  }
}

/// The grey of a pixel as PIL's `convert("L")` rounds it: ITU-R 601-2 luma in 16-bit fixed point.
@inline(__always)
func luma(_ pixel: UnsafePointer<UInt8>) -> UInt8 {
  let (red, green, blue) = (UInt32(pixel[0]), UInt32(pixel[1]), UInt32(pixel[2]))
  let sum: UInt32 = red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000
  return UInt8(truncatingIfNeeded: sum >> 16)
}
