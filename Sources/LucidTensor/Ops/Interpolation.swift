/// How values between the pixels are made up when a picture is resized.
public enum InterpolationMode: Sendable, Hashable {
  /// The pixel whose cell the point falls into, as PyTorch's `nearest`.
  case nearest
  /// The four pixels around, by distance.
  case bilinear
  /// The sixteen pixels around, by Keys' cubic kernel with a = -0.75.
  case bicubic
}

/// Resizing of the last two dimensions.
struct Interpolate: Operation {
  let size: [Int]
  let mode: InterpolationMode
  let alignCorners: Bool

  func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let x = inputs[0].shape
    requireComputable(inputs, "interpolate")
    precondition(x.rank == 4, "interpolate: the input must be [N, C, H, W], not of shape \(x)")
    precondition(x[2] > 0 && x[3] > 0 && size.allSatisfy { $0 > 0 }, "interpolate: \(x) to \(size) has no pixels")
    precondition(mode != .nearest || !alignCorners, "interpolate: alignCorners has no meaning for nearest")
    return [TensorType(Shape([x[0], x[1]] + size), inputs[0].dtype)]
  }

  func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    return [backend.interpolate(inputs[0], mode, alignCorners: alignCorners, shape: shape)]
  }

  func vjp(_ step: BackwardStep) -> [Tensor?] {
    let shape = step.inputTypes[0].shape
    return [step.backend.interpolateGradient(step.gradient(), mode, alignCorners: alignCorners, shape: shape)]
  }
}

extension Tensor {
  /// `[N, C, H, W]` resized to `[N, C, height, width]`, without antialiasing, as `torch.nn.functional.interpolate`.
  ///
  /// - Parameter alignCorners: whether the centres of the corner pixels, rather than their outer edges, keep their
  ///   places.
  public func interpolate(
    height: Int, width: Int, mode: InterpolationMode = .nearest, alignCorners: Bool = false
  ) -> Tensor {
    Tensor.apply(Interpolate(size: [height, width], mode: mode, alignCorners: alignCorners), self)
  }
}
