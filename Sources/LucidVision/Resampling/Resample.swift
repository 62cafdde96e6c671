import CImageCodecs
import LucidTensor

/// A part of a picture: the rows and columns that are wanted.
struct Window: Sendable, Hashable {
  var rows: Range<Int>
  var columns: Range<Int>
}

extension Image {
  /// The part `window` of the picture resized to `size`, bit for bit as `Image.resize` of PIL makes it: two passes, each
  /// rounded to 8 bits. Only what the window needs is computed.
  func resampled(to size: ImageSize, _ interpolation: Interpolation, window: Window) -> Image {
    if interpolation == .nearest { return nearest(in: size, window) }
    let horizontal = ResamplePlan(from: width, to: size.width, part: window.columns, interpolation)
    let vertical = ResamplePlan(from: height, to: size.height, part: window.rows, interpolation)
    switch (size.width != width, size.height != height) {
    case (false, false): return cropped(window)
    case (true, false): return resampledColumns(horizontal, rows: window.rows)
    case (false, true): return resampledRows(vertical, columns: window.columns)
    case (true, true):
      // The order shows in the last bit. PIL did columns first up to version 12; since 13 it begins with the rows when
      // that makes the picture shrink faster.
      if height - size.height > 2 * max(width - size.width, 0) {
        let columns = horizontal.inputs
        return resampledRows(vertical, columns: columns)
          .resampledColumns(horizontal.starting(at: columns.lowerBound), rows: 0..<window.rows.count)
      }
      let rows = vertical.inputs
      return resampledColumns(horizontal, rows: rows)
        .resampledRows(vertical.starting(at: rows.lowerBound), columns: 0..<window.columns.count)
    }
  }

  /// The rows `rows`, each resampled as `plan` says.
  private func resampledColumns(_ plan: ResamplePlan, rows: Range<Int>) -> Image {
    let (inputBytes, outputBytes) = (width * 3, plan.count * 3)
    return pixels.withUnsafeBufferPointer { source in
      Image(height: rows.count, width: plan.count) { target in
        // A row is read one byte past its end, which the last row does not have: it is copied to where it has.
        let last = Array(source[(height - 1) * inputBytes..<height * inputBytes]) + [0]
        plan.withPointer { plan in
          last.withUnsafeBufferPointer { last in
            // Safe to share: everything but the target is only read, and shares write different rows of it.
            nonisolated(unsafe) let (source, last, target, plan) = (source, last, target, plan)
            parallelFor(rows.count, grain: 16) { share in
              for index in share {
                let row = rows.lowerBound + index
                let start = row == height - 1 ? last.baseAddress! : source.baseAddress! + row * inputBytes
                lucid_resample_row(start, target + index * outputBytes, plan)
              }
            }
          }
        }
      }
    }
  }

  /// The columns `columns`, each resampled as `plan` says.
  private func resampledRows(_ plan: ResamplePlan, columns: Range<Int>) -> Image {
    let (inputBytes, outputBytes) = (width * 3, columns.count * 3)
    return pixels.withUnsafeBufferPointer { source in
      Image(height: plan.count, width: columns.count) { target in
        plan.withPointer { pointer in
          // Safe to share: everything but the target is only read, and shares write different rows of it.
          nonisolated(unsafe) let (start, target, pointer) = (
            source.baseAddress! + columns.lowerBound * 3, target, pointer
          )
          parallelFor(plan.count, grain: 16) { share in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: outputBytes) { sums in
              for row in share {
                lucid_resample_column(
                  start, target + row * outputBytes, pointer, row, inputBytes, outputBytes, sums.baseAddress)
              }
            }
          }
        }
      }
    }
  }

  /// PIL steps from pixel to pixel by adding the scale, so its rounding errors are part of the result.
  private func nearest(in size: ImageSize, _ window: Window) -> Image {
    func sources(_ input: Int, _ output: Int, _ part: Range<Int>) -> [Int] {
      let scale = Double(input) / Double(output)
      var position = scale * 0.5
      var indices: [Int] = []
      for index in 0..<part.upperBound {
        if index >= part.lowerBound { indices.append(min(Int(position), input - 1)) }
        position += scale
      }
      return indices
    }
    let rows = sources(height, size.height, window.rows)
    let columns = sources(width, size.width, window.columns)
    return pixels.withUnsafeBufferPointer { source in
      Image(height: rows.count, width: columns.count) { target in
        var out = target
        for row in rows {
          for column in columns {
            let start = (row * width + column) * 3
            (out[0], out[1], out[2]) = (source[start], source[start + 1], source[start + 2])
            out += 3
          }
        }
      }
    }
  }

  /// The part `window` of the picture.
  func cropped(_ window: Window) -> Image {
    if window.rows == 0..<height && window.columns == 0..<width { return self }
    return pixels.withUnsafeBufferPointer { source in
      Image(height: window.rows.count, width: window.columns.count) { target in
        let rowBytes = window.columns.count * 3
        for (index, row) in window.rows.enumerated() {
          let start = source.baseAddress! + (row * width + window.columns.lowerBound) * 3
          (target + index * rowBytes).update(from: start, count: rowBytes)
        }
      }
    }
  }
}
