import LucidTensor

extension ImagePreprocessing {
  /// Pixels as a float32 tensor of the same rank, with the arithmetic that torchvision has for tensors, where that for
  /// an ``Image`` is the one it has for PIL images: the resize is computed in float32 without rounding between its passes.
  /// Weights are trained and evaluated on PIL images; this is for pixels that come from elsewhere, such as video frames.
  ///
  /// - Parameter pixels: `[3, H, W]` or `[N, 3, H, W]`. `uint8` is rounded to 8 bits after resizing, half to even, then
  ///   scaled to ``pixelRange``; `float32` must be in that range already and is neither clamped nor rounded.
  /// - Returns: `[3, h, w]` or `[N, 3, h, w]`.
  ///
  /// Traps for other shapes and types, and for filters other than ``Interpolation/bilinear`` and
  /// ``Interpolation/bicubic``, which torch does not have. Throws ``LucidError`` (`invalidInput`) when the resized
  /// pixels would be too many.
  public func callAsFunction(_ pixels: Tensor) throws -> Tensor {
    precondition(
      (pixels.rank == 3 || pixels.rank == 4) && pixels.shape[pixels.rank - 3] == 3
        && (pixels.dtype == .uint8 || pixels.dtype == .float32) && pixels.elementCount > 0,
      "preprocessing needs uint8 or float32 pixels of shape [3, H, W] or [N, 3, H, W], not a \(pixels.type)")
    precondition(channels == 3, "a recipe for grey inputs prepares pictures, not tensors")
    let before = ImageSize(height: pixels.shape[pixels.rank - 2], width: pixels.shape[pixels.rank - 1])
    let planeCount = pixels.elementCount / (before.height * before.width)
    let after = resize?.applied(to: before) ?? before
    let (rows, columns) = try crops(of: after, from: before, count: planeCount / 3, resizingWhole: true)
    precondition(
      after == before || interpolation.isForTensors,
      "tensors are resized with bilinear or bicubic, not \(interpolation)")

    let planes = FloatPlanes(count: planeCount, size: before, samples: pixels.scalars(as: Float.self))
    let resized = planes.resized(to: after, interpolation)
    let isBytes = pixels.dtype == .uint8
    let shape = Shape(pixels.shape.dropLast(2) + [rows.count, columns.count])
    return Tensor(shape: shape, of: Float.self) { values in
      for plane in 0..<planeCount {
        let (mean, std) = (Float(mean[plane % 3]), Float(std[plane % 3]))
        func normalized(_ value: Float) -> Float {
          let byte = isBytes ? min(max(value, 0), 255).rounded(.toNearestOrEven) : value
          return ((isBytes && pixelRange == .unit ? byte / 255 : byte) - mean) / std
        }
        let out = values.baseAddress! + plane * rows.count * columns.count
        out.initialize(repeating: normalized(0), count: rows.count * columns.count)
        for (index, row) in rows.kept.enumerated() {
          let start = (plane * after.height + row) * after.width
          let line = out + (rows.padding + index) * columns.count + columns.padding
          for (index, column) in columns.kept.enumerated() { line[index] = normalized(resized.samples[start + column]) }
        }
      }
    }
  }
}
