import Foundation
import LucidTensor

/// Changes of colour, bit for bit as PIL's `ImageEnhance` and torchvision's `adjust_*` make them.
extension Image {
  /// The picture in grey, with three equal channels: ITU-R 601-2 luma as PIL's `convert("L")`.
  public func grayscale() -> Image {
    mapPixels { pixel, out in
      let value = luma(pixel)
      (out[0], out[1], out[2]) = (value, value, value)
    }
  }

  /// Black for 0, the picture for 1, brighter for more.
  public func adjustedBrightness(_ factor: Double) -> Image {
    blended(factor) { _, low in (low[0], low[1], low[2]) = (0, 0, 0) }
  }

  /// The mean grey for 0, the picture for 1, more contrast for more.
  public func adjustedContrast(_ factor: Double) -> Image {
    let sum = pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count, by: 3).reduce(0) { $0 + Int(luma(pixels.baseAddress! + $1)) }
    }
    let mean = UInt8(Double(sum) / Double(height * width) + 0.5)
    return blended(factor) { _, low in (low[0], low[1], low[2]) = (mean, mean, mean) }
  }

  /// Grey for 0, the picture for 1, stronger colours for more.
  public func adjustedSaturation(_ factor: Double) -> Image {
    blended(factor) { pixel, low in
      let value = luma(pixel)
      (low[0], low[1], low[2]) = (value, value, value)
    }
  }

  /// The hues turned by a part of the circle, between -0.5 and 0.5; traps elsewhere. By way of PIL's 8-bit HSV, so 0 is not
  /// quite the picture.
  public func adjustedHue(_ factor: Double) -> Image {
    precondition((-0.5...0.5).contains(factor), "a hue is turned by -0.5...0.5 of the circle, not \(factor)")
    let turn = UInt8(truncatingIfNeeded: Int(factor * 255))
    return mapPixels { pixel, out in
      var hsv = HSVPixel(pixel)
      hsv.hue &+= turn
      hsv.write(out)
    }
  }

  /// Smoothed for 0, the picture for 1, sharper for more.
  public func adjustedSharpness(_ factor: Double) -> Image {
    let smooth = smoothed()
    return Self.blend(smooth, self, Float(factor))
  }

  private func mapPixels(_ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void) -> Image {
    pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width) { target in
        for start in stride(from: 0, to: source.count, by: 3) { body(source.baseAddress! + start, target + start) }
      }
    }
  }

  /// The picture blended with what `low` makes of each of its pixels.
  private func blended(_ factor: Double, _ low: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void) -> Image {
    Self.blend(mapPixels(low), self, Float(factor))
  }

  /// PIL's `Image.blend`: `a + factor (b - a)` in float32, without its fraction, within 0...255.
  private static func blend(_ a: Image, _ b: Image, _ factor: Float) -> Image {
    if factor == 1 { return b }
    if factor == 0 { return a }
    return Image(height: b.height, width: b.width) { target in
      a.pixels.withUnsafeBufferPointer { a in
        b.pixels.withUnsafeBufferPointer { b in
          for index in a.indices {
            let value = Float(a[index]) + factor * (Float(b[index]) - Float(a[index]))
            target[index] = UInt8(min(max(value, 0), 255))
          }
        }
      }
    }
  }

  /// PIL's filter `SMOOTH`: the 3x3 mean with the middle counted five times; the edge stays.
  private func smoothed() -> Image {
    guard height >= 3 && width >= 3 else { return self }
    let row = width * 3
    return pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width) { target in
        target.initialize(from: source.baseAddress!, count: source.count)
        for y in 1..<height - 1 {
          for index in (y * row + 3)..<((y + 1) * row - 3) {
            var sum = Int32(source[index]) * 4
            for start in [index - row, index, index + row] {
              sum += Int32(source[start - 3]) + Int32(source[start]) + Int32(source[start + 3])
            }
            // Thirteenths are never halves, so the nearest number is the same in PIL's float32.
            target[index] = UInt8((2 * sum + 13) / 26)
          }
        }
      }
    }
  }
}

/// A pixel as PIL's mode HSV has it, by the formulas of Python's `colorsys` and with their intermediate precision.
private struct HSVPixel {
  var hue, saturation, value: UInt8

  init(_ pixel: UnsafePointer<UInt8>) {
    let (r, g, b) = (pixel[0], pixel[1], pixel[2])
    let (high, low) = (max(r, g, b), min(r, g, b))
    value = high
    guard high != low else {
      (hue, saturation) = (0, 0)
      return
    }
    let range = Float(high - low)
    let (rc, gc, bc) = (Float(high - r) / range, Float(high - g) / range, Float(high - b) / range)
    let sixth: Float =
      if r == high { bc - gc } else if g == high { Float(2.0 + Double(rc) - Double(bc)) } else {
        Float(4.0 + Double(gc) - Double(rc))
      }
    let turn = Float(fmod(Double(sixth) / 6.0 + 1.0, 1.0))
    hue = UInt8(min(max(Double(turn) * 255.0, 0), 255))
    saturation = UInt8(min(max(Double(range / Float(high)) * 255.0, 0), 255))
  }

  func write(_ out: UnsafeMutablePointer<UInt8>) {
    guard saturation != 0 else {
      (out[0], out[1], out[2]) = (value, value, value)
      return
    }
    let position = Double(Float(hue)) * 6.0 / 255.0
    let sector = Int(position)
    let fraction = Double(Float(position - Double(Float(sector))))
    let share = Double(Float(Double(Float(saturation)) / 255.0))
    func scaled(_ factor: Double) -> UInt8 {
      UInt8(min(max((Double(value) * factor).rounded(.toNearestOrAwayFromZero), 0), 255))
    }
    let p = scaled(1.0 - share)
    let q = scaled(1.0 - share * fraction)
    let t = scaled(1.0 - share * (1.0 - fraction))
    (out[0], out[1], out[2]) =
      switch sector % 6 {
      case 0: (value, t, p)
      case 1: (q, value, p)
      case 2: (p, value, t)
      case 3: (p, q, value)
      case 4: (t, p, value)
      default: (value, p, q)
      }
  }
}
