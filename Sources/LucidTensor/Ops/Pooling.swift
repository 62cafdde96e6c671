/// How a pooling window moves, and what is taken of it.
package struct PoolingSettings: Sendable, Hashable {
  package enum Kind: Sendable, Hashable { case maximum, average, averageWithPadding }
  let kind: Kind
  let kernel: [Int]
  let stride: [Int]
  let padding: [Int]
  let dilation: [Int]
  /// Whether a window that sticks out at the end still counts.
  let ceilMode: Bool
}

/// What adaptive pooling takes of each window.
package enum AdaptivePoolingKind: Sendable, Hashable { case maximum, average }

/// The greatest element, or the mean, of windows that move over the last two dimensions.
package struct Pool: Operation {
  let settings: PoolingSettings

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let x = inputs[0].shape
    requireFloat32(inputs, "pooling")
    precondition(x.rank == 4, "pooling: the input must be [N, C, H, W], not of shape \(x)")
    var sizes = [x[0], x[1]]
    for axis in 0..<2 {
      let (stride, padding) = (settings.stride[axis], settings.padding[axis])
      let window = (settings.kernel[axis] - 1) * settings.dilation[axis] + 1
      precondition(stride > 0 && settings.kernel[axis] > 0, "pooling: kernel and stride must be positive")
      precondition(padding * 2 <= settings.kernel[axis], "pooling: the padding is more than half the kernel")
      let room = x[axis + 2] + 2 * padding - window
      precondition(room >= 0, "pooling: a window of \(window) does not fit an input of shape \(x)")
      var count = room / stride + 1
      // A window counts only if it begins inside the input or the padding before it, as in PyTorch.
      if settings.ceilMode && room % stride != 0 && count * stride < x[axis + 2] + padding { count += 1 }
      sizes.append(count)
    }
    return [TensorType(Shape(sizes))]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.pool(inputs[0], settings, shape: outputTypes(inputs.map(\.type))[0].shape)]
  }
}

/// Pooling to a given size.
struct AdaptivePool: Operation {
  let kind: AdaptivePoolingKind
  let size: [Int]

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let x = inputs[0].shape
    requireFloat32(inputs, "adaptive pooling")
    precondition(x.rank == 4, "adaptive pooling: the input must be [N, C, H, W], not of shape \(x)")
    precondition(x[2] > 0 && x[3] > 0, "adaptive pooling: the input has no elements: \(x)")
    return [TensorType(Shape([x[0], x[1]] + size))]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.adaptivePool(inputs[0], kind, shape: outputTypes(inputs.map(\.type))[0].shape)]
  }
}

extension Tensor {
  /// The greatest element of each window of `[N, C, H, W]`; the padding never wins.
  ///
  /// - Parameters:
  ///   - kernel, stride, padding, dilation: height, then width; the stride is the kernel's size without one.
  ///   - ceilMode: whether a window that sticks out at the end still counts.
  public func maxPool2d(
    kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1),
    ceilMode: Bool = false
  ) -> Tensor {
    pool(.maximum, kernel, stride, padding, dilation, ceilMode)
  }

  /// The mean of each window of `[N, C, H, W]`.
  ///
  /// - Parameters:
  ///   - kernel, stride, padding: height, then width; the stride is the kernel's size without one.
  ///   - ceilMode: whether a window that sticks out at the end still counts.
  ///   - countIncludePad: whether zeros of the padding count in the mean.
  public func avgPool2d(
    kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), ceilMode: Bool = false,
    countIncludePad: Bool = true
  ) -> Tensor {
    pool(countIncludePad ? .averageWithPadding : .average, kernel, stride, padding, (1, 1), ceilMode)
  }

  /// The mean of windows that tile `[N, C, H, W]` as evenly as they can: output `i` of `n` covers `⌊i·H/n⌋` up to
  /// `⌈(i+1)·H/n⌉`.
  public func adaptiveAvgPool2d(_ height: Int, _ width: Int) -> Tensor {
    Tensor.apply(AdaptivePool(kind: .average, size: [height, width]), self)
  }

  /// The greatest element of windows that tile `[N, C, H, W]` as evenly as they can.
  public func adaptiveMaxPool2d(_ height: Int, _ width: Int) -> Tensor {
    Tensor.apply(AdaptivePool(kind: .maximum, size: [height, width]), self)
  }

  private func pool(
    _ kind: PoolingSettings.Kind, _ kernel: (Int, Int), _ stride: (Int, Int)?, _ padding: (Int, Int),
    _ dilation: (Int, Int), _ ceilMode: Bool
  ) -> Tensor {
    let stride = stride ?? kernel
    let settings = PoolingSettings(
      kind: kind, kernel: [kernel.0, kernel.1], stride: [stride.0, stride.1], padding: [padding.0, padding.1],
      dilation: [dilation.0, dilation.1], ceilMode: ceilMode)
    return Tensor.apply(Pool(settings: settings), self)
  }
}
