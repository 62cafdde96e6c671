import LucidTensor

/// Changes of tone, value by value, bit for bit as PIL's `ImageOps` makes them.
extension Image {
  /// The upper `bits` bits of each sample. Traps outside of 0...8.
  public func posterized(bits: Int) -> Image {
    precondition((0...8).contains(bits), "a sample keeps 0...8 of its 8 bits, not \(bits)")
    let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
    return mapped { _ in (0...255).map { UInt8($0) & mask } }
  }

  /// The samples from `threshold` on inverted.
  public func solarized(threshold: Double) -> Image {
    mapped { _ in (0...255).map { Double($0) < threshold ? UInt8($0) : UInt8(255 - $0) } }
  }

  /// Each channel stretched so that its darkest sample becomes 0 and its brightest 255.
  public func autocontrasted() -> Image {
    mapped { histogram in
      guard let low = histogram.firstIndex(where: { $0 > 0 }), let high = histogram.lastIndex(where: { $0 > 0 }),
        high > low
      else { return Array(0...255) }
      let scale = 255.0 / Double(high - low)
      let offset = -Double(low) * scale
      return (0...255).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
    }
  }

  /// Each channel mapped so that its values are spread as evenly as they can be.
  public func equalized() -> Image {
    mapped { histogram in
      let last = histogram.last { $0 > 0 } ?? 0
      let step = (histogram.reduce(0, +) - last) / 255
      guard step > 0 else { return Array(0...255) }
      var sum = step / 2
      return histogram.map { count in
        defer { sum += count }
        return UInt8(min(sum / step, 255))
      }
    }
  }

  /// The picture with the values of each channel replaced as the table says that `body` makes of its histogram.
  private func mapped(_ body: ([Int]) -> [UInt8]) -> Image {
    var histograms = [[Int]](repeating: [Int](repeating: 0, count: 256), count: 3)
    for channel in 0..<3 {
      for index in stride(from: channel, to: pixels.count, by: 3) { histograms[channel][Int(pixels[index])] += 1 }
    }
    let tables = histograms.flatMap(body)
    return pixels.withUnsafeBufferPointer { source in
      tables.withUnsafeBufferPointer { tables in
        Image(height: height, width: width) { target in
          for start in stride(from: 0, to: source.count, by: 3) {
            target[start] = tables[Int(source[start])]
            target[start + 1] = tables[256 + Int(source[start + 1])]
            target[start + 2] = tables[512 + Int(source[start + 2])]
          }
        }
      }
    }
  }
}
