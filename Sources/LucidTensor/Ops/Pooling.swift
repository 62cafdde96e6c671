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

/// A rule by which windows are laid over pictures.
package enum Pooling: Sendable, Hashable {
  /// Windows of one size that move.
  case moving(PoolingSettings)
  /// Windows that tile the input as evenly as they can.
  case adaptive(AdaptivePoolingKind)

  /// Whether the greatest element is taken, not the mean.
  var isMaximum: Bool {
    switch self {
    case .moving(let settings): settings.kind == .maximum
    case .adaptive(let kind): kind == .maximum
    }
  }
}

/// The greatest element, or the mean, of windows that move over the last two dimensions.
package struct Pool: Operation {
  let settings: PoolingSettings

  /// Whether it takes the greatest of each 2x2 values that are whole.
  package var halves: Bool {
    settings
      == PoolingSettings(
        kind: .maximum, kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false)
  }

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let x = inputs[0].shape
    requireComputable(inputs, "pooling")
    precondition(x.rank == 4, "pooling: the input must be [N, C, H, W], not of shape \(x)")
    precondition(x[2] > 0 && x[3] > 0, "pooling: the input has no elements: \(x)")
    let (kernel, padding) = (settings.kernel, settings.padding)
    precondition(
      (kernel + settings.stride + settings.dilation).allSatisfy { $0 > 0 },
      "pooling: kernel \(kernel), stride \(settings.stride) and dilation \(settings.dilation) must be positive")
    precondition(
      zip(padding, kernel).allSatisfy { $0 >= 0 && $0 * 2 <= $1 },
      "pooling: the padding \(padding) must be at least 0 and at most half of the kernel \(kernel)")
    var sizes = [x[0], x[1]]
    for axis in 0..<2 {
      let (stride, padding) = (settings.stride[axis], settings.padding[axis])
      let window = (kernel[axis] - 1) * settings.dilation[axis] + 1
      let room = x[axis + 2] + 2 * padding - window
      precondition(room >= 0, "pooling: a window of \(window) does not fit an input of shape \(x)")
      var count = room / stride + 1
      // A window counts only if it begins inside the input or the padding before it, as in PyTorch.
      if settings.ceilMode && room % stride != 0 && count * stride < x[axis + 2] + padding { count += 1 }
      sizes.append(count)
    }
    return [TensorType(Shape(sizes), inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.pool(inputs[0], settings, shape: outputTypes(inputs.map(\.type))[0].shape)]
  }

  package func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor]) {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    let (output, memory) = backend.poolSaving(inputs[0], .moving(settings), shape: shape)
    return ([output], [memory])
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.poolGradient(step.gradient(), memory: step.extras[0], .moving(settings), shape: shape)]
  }
}

/// Pooling to a given size.
struct AdaptivePool: Operation {
  let kind: AdaptivePoolingKind
  let size: [Int]

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let x = inputs[0].shape
    requireComputable(inputs, "adaptive pooling")
    precondition(x.rank == 4, "adaptive pooling: the input must be [N, C, H, W], not of shape \(x)")
    precondition(x[2] > 0 && x[3] > 0, "adaptive pooling: the input has no elements: \(x)")
    return [TensorType(Shape([x[0], x[1]] + size), inputs[0].dtype)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    [backend.adaptivePool(inputs[0], kind, shape: outputTypes(inputs.map(\.type))[0].shape)]
  }

  func forwardSaving(_ inputs: [Tensor], on backend: any Backend) -> (outputs: [Tensor], extras: [Tensor]) {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    let (output, memory) = backend.poolSaving(inputs[0], .adaptive(kind), shape: shape)
    return ([output], [memory])
  }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.poolGradient(step.gradient(), memory: step.extras[0], .adaptive(kind), shape: shape)]
  }
}

extension Tensor {
  /// The greatest element of each window of `[N, C, H, W]`; the padding never wins. oneDNN passes over NaN, which PyTorch
  /// hands on.
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
