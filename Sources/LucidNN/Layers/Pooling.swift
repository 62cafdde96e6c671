import LucidTensor

/// The greatest element of each window of `[N, C, H, W]`; see
/// ``LucidTensor/Tensor/maxPool2d(kernel:stride:padding:dilation:ceilMode:)``.
public final class MaxPool2d: Module {
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let dilation: Int
  private let ceilMode: Bool

  /// A layer with a square window; the stride is the window's size without one. With `ceilMode`, a window that sticks
  /// out at the end still counts.
  public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1, ceilMode: Bool = false) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    self.dilation = dilation
    self.ceilMode = ceilMode
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool2d(
      kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      dilation: (dilation, dilation), ceilMode: ceilMode)
  }

  public override var settings: String {
    "\(kernel), stride: \(stride), padding: \(padding)" + (dilation == 1 ? "" : ", dilation: \(dilation)")
      + (ceilMode ? ", ceilMode: true" : "")
  }
}

/// The mean of each window of `[N, C, H, W]`; see
/// ``LucidTensor/Tensor/avgPool2d(kernel:stride:padding:ceilMode:countIncludePad:)``.
public final class AvgPool2d: Module {
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let ceilMode: Bool
  private let countIncludePad: Bool

  /// A layer with a square window; the stride is the window's size without one. With `ceilMode`, a window that sticks
  /// out at the end still counts; with `countIncludePad`, zeros of the padding count in the mean.
  public init(
    _ kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false, countIncludePad: Bool = true
  ) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool2d(
      kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }

  public override var settings: String {
    "\(kernel), stride: \(stride), padding: \(padding)" + (ceilMode ? ", ceilMode: true" : "")
      + (countIncludePad ? "" : ", countIncludePad: false")
  }
}

/// The mean of windows that tile `[N, C, H, W]` as evenly as they can, to a fixed size.
public final class AdaptiveAvgPool2d: Module {
  private let height: Int
  private let width: Int

  /// A layer with outputs `[N, C, height, width]`.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool2d(height, width) }

  public override var settings: String { "\(height), \(width)" }
}

/// The greatest element of windows that tile `[N, C, H, W]` as evenly as they can, to a fixed size.
public final class AdaptiveMaxPool2d: Module {
  private let height: Int
  private let width: Int

  /// A layer with outputs `[N, C, height, width]`.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool2d(height, width) }

  public override var settings: String { "\(height), \(width)" }
}
