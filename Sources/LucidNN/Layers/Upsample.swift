import LucidTensor

/// Resizes `[N, C, H, W]` by a whole factor; see
/// ``LucidTensor/Tensor/interpolate(height:width:mode:alignCorners:)``.
public final class Upsample: Module {
  private let scaleFactor: Int
  private let mode: InterpolationMode
  private let alignCorners: Bool

  /// A layer with outputs `[N, C, scaleFactor · H, scaleFactor · W]`.
  public init(scaleFactor: Int, mode: InterpolationMode = .nearest, alignCorners: Bool = false) {
    precondition(scaleFactor > 0, "Upsample: the scale factor must be positive, not \(scaleFactor)")
    self.scaleFactor = scaleFactor
    self.mode = mode
    self.alignCorners = alignCorners
  }

  public override func forward(_ x: Tensor) -> Tensor {
    precondition(x.rank == 4, "Upsample: the input must be [N, C, H, W], not of shape \(x.shape)")
    return x.interpolate(
      height: scaleFactor * x.shape[2], width: scaleFactor * x.shape[3], mode: mode, alignCorners: alignCorners)
  }

  public override var settings: String {
    "scaleFactor: \(scaleFactor), mode: \(mode)" + (alignCorners ? ", alignCorners: true" : "")
  }
}
