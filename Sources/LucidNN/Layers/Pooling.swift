import LucidTensor

/// The greatest element of each window of `[N, C, H, W]`.
public final class MaxPool2d: Module {
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let ceilMode: Bool

  /// A layer with a square window; the stride is the window's size without one. With `ceilMode`, a window that sticks
  /// out at the end still counts.
  public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    self.ceilMode = ceilMode
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool2d(
      kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding), ceilMode: ceilMode)
  }

  public override var settings: String {
    "\(kernel), stride: \(stride), padding: \(padding)" + (ceilMode ? ", ceilMode: true" : "")
  }
}

/// The mean of each window of `[N, C, H, W]`.
public final class AvgPool2d: Module {
  private let kernel: Int
  private let stride: Int
  private let padding: Int

  /// A layer with a square window; the stride is the window's size without one.
  public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool2d(kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding))
  }

  public override var settings: String { "\(kernel), stride: \(stride), padding: \(padding)" }
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
