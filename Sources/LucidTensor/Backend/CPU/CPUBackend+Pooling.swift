import COneDNN

extension CPUBackend {
  func pool(_ x: Tensor, _ settings: PoolingSettings, shape: Shape) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, .float32) }
    // What the last window needs past the padding asked for, when it may stick out.
    let excess = (0..<2).map { axis in
      let reach =
        (shape[axis + 2] - 1) * settings.stride[axis] + (settings.kernel[axis] - 1) * settings.dilation[axis] + 1
      return reach - x.shape[axis + 2] - settings.padding[axis]
    }
    if settings.kind == .averageWithPadding && zip(excess, settings.padding).contains(where: { $0 > $1 }) {
      return clippedAverage(x, settings, shape)
    }
    let x = x.forDNN
    let key = PoolKey(data: x.descriptor, shape: x.shape, settings: settings)
    let kind =
      switch settings.kind {
      case .maximum: dnnl_pooling_max
      case .average: dnnl_pooling_avg_exclude_padding
      case .averageWithPadding: dnnl_pooling_avg_include_padding
      }
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      let target = MemoryDescriptor(shape, strides: nil)
      return Primitive("pooling", arguments: [DNNL_ARG_SRC, DNNL_ARG_DST], [key.data, target]) {
        lucid_pooling(
          &$0, $1.engine, $3, kind, $2[0], $2[1], settings.stride.int64,
          settings.kernel.int64, settings.dilation.map { $0 - 1 }.int64, settings.padding.int64, excess.int64)
      }
    }
    let output = Tensor(uninitialized: shape, primitive.descriptor(DNNL_ARG_DST))
    primitive.execute([(DNNL_ARG_SRC, x), (DNNL_ARG_DST, output)])
    return output
  }

  /// The mean over windows of which the last stick out further than the padding: as PyTorch has it, padding counts in
  /// the mean and what lies beyond it does not, a rule that oneDNN lacks.
  private func clippedAverage(_ x: Tensor, _ settings: PoolingSettings, _ shape: Shape) -> Tensor {
    func windows(_ axis: Int) -> [(range: Range<Int>, count: Int)] {
      (0..<shape[axis + 2]).map { index in
        let begin = index * settings.stride[axis] - settings.padding[axis]
        let end = min(begin + settings.kernel[axis], x.shape[axis + 2] + settings.padding[axis])
        return (max(begin, 0)..<max(min(end, x.shape[axis + 2]), max(begin, 0)), end - begin)
      }
    }
    return average(x, windows(0), windows(1), shape)
  }

  func adaptivePool(_ x: Tensor, _ kind: AdaptivePoolingKind, shape: Shape) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, .float32) }
    if shape == x.shape { return x }
    if x.shape[2] % shape[2] == 0 && x.shape[3] % shape[3] == 0 {
      let kernel = [x.shape[2] / shape[2], x.shape[3] / shape[3]]
      let settings = PoolingSettings(
        kind: kind == .maximum ? .maximum : .average, kernel: kernel, stride: kernel, padding: [0, 0],
        dilation: [1, 1], ceilMode: false)
      return pool(x, settings, shape: shape)
    }
    func windows(_ axis: Int) -> [(range: Range<Int>, count: Int)] {
      let (size, count) = (x.shape[axis], shape[axis])
      return (0..<count).map { index in
        let range = (index * size / count)..<(((index + 1) * size + count - 1) / count)
        return (range, range.count)
      }
    }
    return kind == .average ? average(x, windows(2), windows(3), shape) : maximum(x, windows(2), windows(3), shape)
  }

  private typealias Windows = [(range: Range<Int>, count: Int)]

  private func average(_ x: Tensor, _ rows: Windows, _ columns: Windows, _ shape: Shape) -> Tensor {
    overWindows(x, rows, columns, shape) { plane, width, row, column in
      var sum = 0.0
      for y in row.range { for x in column.range { sum += Double(plane[y * width + x]) } }
      return Float(sum / Double(row.count * column.count))
    }
  }

  private func maximum(_ x: Tensor, _ rows: Windows, _ columns: Windows, _ shape: Shape) -> Tensor {
    overWindows(x, rows, columns, shape) { plane, width, row, column in
      var best = -Float.infinity
      for y in row.range {
        for x in column.range {
          let value = plane[y * width + x]
          if value > best || value.isNaN { best = value }
        }
      }
      return best
    }
  }

  private func overWindows(
    _ x: Tensor, _ rows: Windows, _ columns: Windows, _ shape: Shape,
    _ f: (UnsafePointer<Float>, Int, (range: Range<Int>, count: Int), (range: Range<Int>, count: Int)) -> Float
  ) -> Tensor {
    let x = x.contiguous()
    let output = Tensor(uninitialized: shape, .float32)
    let (height, width) = (x.shape[2], x.shape[3])
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: Float.self))
    let target = output.bytes.assumingMemoryBound(to: Float.self)
    parallelFor(shape[0] * shape[1], grain: max(1, (1 << 14) / max(height * width, 1))) { range in
      for plane in range {
        var place = target + plane * rows.count * columns.count
        for row in rows {
          for column in columns {
            place.pointee = f(source + plane * height * width, width, row, column)
            place += 1
          }
        }
      }
    }
    return output
  }
}

private struct PoolKey: Hashable {
  let data: MemoryDescriptor
  let shape: Shape
  let settings: PoolingSettings
}
