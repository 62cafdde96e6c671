/// Pooling by explicit windows: what oneDNN has no rule for (windows of uneven sizes, and such as stick out further than
/// the padding), and float64, for checks of gradients.
struct PoolingWindows {
  /// The places that a window covers along one dimension, and how many count in a mean.
  struct Window {
    let places: StrideTo<Int>
    let count: Int
  }

  let isMaximum: Bool
  let input: Shape
  let output: Shape
  private let rows: [Window]
  private let columns: [Window]

  /// The windows of a pooling of an input of a shape.
  init(_ pooling: Pooling, input: Shape, output: Shape) {
    self.input = input
    self.output = output
    isMaximum = pooling.isMaximum
    func windows(_ axis: Int) -> [Window] {
      (0..<output[axis + 2]).map { index in
        switch pooling {
        case .moving(let settings): Self.moving(settings, axis, index, size: input[axis + 2])
        case .adaptive: Self.adaptive(index, of: output[axis + 2], size: input[axis + 2])
        }
      }
    }
    (rows, columns) = (windows(0), windows(1))
  }

  private static func moving(_ settings: PoolingSettings, _ axis: Int, _ index: Int, size: Int) -> Window {
    let (kernel, dilation, padding) = (settings.kernel[axis], settings.dilation[axis], settings.padding[axis])
    let begin = index * settings.stride[axis] - padding
    let first = begin < 0 ? begin + (-begin + dilation - 1) / dilation * dilation : begin
    let places = stride(from: first, to: min(begin + (kernel - 1) * dilation + 1, size), by: dilation)
    // In a mean, padding counts where it was asked for, and what lies beyond it never does: PyTorch's rule.
    let count =
      settings.kind == .averageWithPadding ? min(begin + kernel, size + padding) - begin : Array(places).count
    return Window(places: places, count: count)
  }

  private static func adaptive(_ index: Int, of count: Int, size: Int) -> Window {
    let (begin, end) = (index * size / count, ((index + 1) * size + count - 1) / count)
    return Window(places: stride(from: begin, to: end, by: 1), count: end - begin)
  }

  /// The pooled input and, of maxima, where in its plane each was found, int64.
  func forward<T: Real>(_ x: Tensor, _: T.Type) -> (output: Tensor, memory: Tensor) {
    let x = x.contiguous()
    let result = Tensor(uninitialized: output, T.dtype)
    let places = Tensor(uninitialized: isMaximum ? output : [0], .int64)
    defer { withExtendedLifetime(x) {} }
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: T.self))
    let target = result.bytes.assumingMemoryBound(to: T.self)
    let found = places.bytes.assumingMemoryBound(to: Int64.self)
    forEachWindow { plane, window, row, column in
      let picture = source + plane * input[2] * input[3]
      if isMaximum {
        var best = -T.infinity
        var place = -1
        for y in row.places {
          for x in column.places {
            let value = picture[y * input[3] + x]
            if place < 0 || value > best || value.isNaN { (best, place) = (value, y * input[3] + x) }
          }
        }
        (target[window], found[window]) = (best, Int64(place))
      } else {
        var sum = 0.0
        for y in row.places { for x in column.places { sum += Double(picture[y * input[3] + x]) } }
        target[window] = T(sum / Double(row.count * column.count))
      }
    }
    return (result, places)
  }

  /// The gradient of the input.
  func backward<T: Real>(_ gradient: Tensor, places: Tensor, _: T.Type) -> Tensor {
    let gradient = gradient.contiguous()
    let result = Tensor.zeros(input, dtype: T.dtype)
    defer { withExtendedLifetime((gradient, places)) {} }
    let source = UnsafePointer(gradient.bytes.assumingMemoryBound(to: T.self))
    let target = result.bytes.assumingMemoryBound(to: T.self)
    let found = UnsafePointer(places.bytes.assumingMemoryBound(to: Int64.self))
    forEachWindow { plane, window, row, column in
      let picture = target + plane * input[2] * input[3]
      if isMaximum {
        picture[Int(found[window])] += source[window]
      } else {
        let share = source[window] / T(row.count * column.count)
        for y in row.places { for x in column.places { picture[y * input[3] + x] += share } }
      }
    }
    return result
  }

  /// Calls `body` with the number of a plane, the number of a window among all, and the window; planes at the same time.
  private func forEachWindow(_ body: (Int, Int, Window, Window) -> Void) {
    let size = rows.count * columns.count
    parallelFor(output[0] * output[1], grain: max(1, (1 << 14) / max(input[2] * input[3], 1))) { range in
      for plane in range {
        var window = plane * size
        for row in rows {
          for column in columns {
            body(plane, window, row, column)
            window += 1
          }
        }
      }
    }
  }
}
