import LucidTensor

extension Image {
  /// The picture resized to the given size, bit for bit as PIL's `Image.resize` does it. Traps when a side is not positive.
  public func resized(height: Int, width: Int, interpolation: Interpolation = .bilinear) -> Image {
    precondition(height > 0 && width > 0, "a picture cannot be resized to \(width)x\(height)")
    return resampled(
      to: ImageSize(height: height, width: width), interpolation,
      window: Window(rows: 0..<height, columns: 0..<width))
  }

  /// The picture resized so that its shorter side has `side` pixels, its proportions kept; see
  /// ``ImageSize/scaled(shorterSide:)``. Traps when `side` is not positive.
  public func resized(shorterSide side: Int, interpolation: Interpolation = .bilinear) -> Image {
    let size = size.scaled(shorterSide: side)
    return resized(height: size.height, width: size.width, interpolation: interpolation)
  }

  /// The part of the picture that begins at row `top` and column `left`. Traps when it is empty or not inside.
  public func cropped(top: Int, left: Int, height: Int, width: Int) -> Image {
    precondition(
      top >= 0 && left >= 0 && height > 0 && width > 0 && top + height <= self.height && left + width <= self.width,
      "\(width)x\(height) pixels from row \(top), column \(left) are not inside a picture of \(self.width)x\(self.height)"
    )
    return cropped(Window(rows: top..<top + height, columns: left..<left + width))
  }

  /// The middle of the picture, as by torchvision's `center_crop`: it begins at `round((h - height) / 2)`, halves rounded
  /// to even; where the picture is smaller than the crop it is surrounded with black. Traps when a side is not positive.
  public func centerCropped(height: Int, width: Int) -> Image {
    let rows = CenterCrop(of: self.height, to: height)
    let columns = CenterCrop(of: self.width, to: width)
    return cropped(Window(rows: rows.kept, columns: columns.kept)).padded(rows, columns)
  }

  /// The picture with black around it as the crops say.
  func padded(_ rows: CenterCrop, _ columns: CenterCrop) -> Image {
    if rows.count == height && columns.count == width { return self }
    return pixels.withUnsafeBufferPointer { source in
      Image(height: rows.count, width: columns.count) { target in
        target.initialize(repeating: 0, count: rows.count * columns.count * 3)
        for row in 0..<height {
          let start = target + ((rows.padding + row) * columns.count + columns.padding) * 3
          start.update(from: source.baseAddress! + row * width * 3, count: width * 3)
        }
      }
    }
  }
}

extension ImageSize {
  /// The size whose shorter side is `side`; the longer one is `side * long / short` without its fraction, as torchvision's
  /// `Resize(int)` has it. Traps when `side` or one of the sides is not positive.
  public func scaled(shorterSide side: Int) -> ImageSize {
    precondition(side > 0, "the shorter side of a picture cannot become \(side)")
    precondition(height > 0 && width > 0, "a picture of size \(self) has no proportions")
    let longer = Int(Double(side * max(height, width)) / Double(min(height, width)))
    return height <= width ? ImageSize(height: side, width: longer) : ImageSize(height: longer, width: side)
  }
}

/// What a centred crop keeps of one axis, and how much black comes before that.
struct CenterCrop: Sendable, Hashable {
  /// The length of the crop.
  let count: Int
  let kept: Range<Int>
  let padding: Int

  init(of length: Int, to count: Int) {
    precondition(count > 0, "a crop cannot have \(count) pixels on a side")
    self.count = count
    if count > length {
      kept = 0..<length
      padding = (count - length) / 2
    } else {
      let first = Int((Double(length - count) / 2).rounded(.toNearestOrEven))
      kept = first..<first + count
      padding = 0
    }
  }
}
