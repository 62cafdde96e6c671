/// How a convolution's window moves.
package struct ConvolutionSettings: Sendable, Hashable {
  /// Height, then width.
  var stride: [Int]
  /// Zeros added before and after, height first.
  var padBegin: [Int]
  var padEnd: [Int]
  /// The distance between the window's elements; 1 is a window without holes.
  var dilation: [Int]
  /// How many parts the channels are convolved in, each by itself.
  var groups: Int
}

/// Zeros added around a picture before a window is moved over it.
public enum Padding: Sendable, Hashable {
  /// As many on all sides.
  case all(Int)
  /// As many above as below, as many left as right.
  case symmetric(height: Int, width: Int)
  /// Each side by itself.
  case sides(top: Int, bottom: Int, left: Int, right: Int)
  /// TensorFlow's "SAME": the output has the input's size divided by the stride, rounded up; an odd zero goes to the
  /// bottom and the right. It depends on the input's size, so it cannot be written as a number.
  case same

  /// The zeros before and after one dimension of the input.
  func amounts(axis: Int, size: Int, kernel: Int, stride: Int, dilation: Int) -> (Int, Int) {
    switch self {
    case .all(let amount): return (amount, amount)
    case .symmetric(let height, let width): return axis == 0 ? (height, height) : (width, width)
    case .sides(let top, let bottom, let left, let right): return axis == 0 ? (top, bottom) : (left, right)
    case .same:
      let total = Swift.max(((size + stride - 1) / stride - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
      return (total / 2, total - total / 2)
    }
  }
}

/// Two-dimensional cross-correlation, which the field calls convolution.
package struct Convolution: Operation {
  package let settings: ConvolutionSettings

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    let (x, weight) = (inputs[0].shape, inputs[1].shape)
    requireComputable(inputs, "conv2d")
    precondition(x.rank == 4, "conv2d: the input must be [N, C, H, W], not of shape \(x)")
    precondition(weight.rank == 4, "conv2d: the weight must be [O, C / groups, kH, kW], not of shape \(weight)")
    precondition(
      x.dropFirst().allSatisfy { $0 > 0 } && weight.dropFirst().allSatisfy { $0 > 0 },
      "conv2d: only the batch may be of size 0, but the input is \(x) and the weight \(weight)")
    precondition(
      (settings.padBegin + settings.padEnd).allSatisfy { $0 >= 0 },
      "conv2d: the padding must not be negative: \(settings.padBegin) before, \(settings.padEnd) after")
    let groups = settings.groups
    precondition(
      groups > 0 && x[1] % groups == 0 && weight[0] % groups == 0 && weight[1] == x[1] / groups,
      "conv2d: a weight of shape \(weight) in \(groups) groups does not fit the \(x[1]) channels of an input \(x)")
    if inputs.count > 2 {
      precondition(
        inputs[2].shape == [weight[0]], "conv2d: a bias of shape \(inputs[2].shape) for \(weight[0]) outputs")
    }
    var sizes = [x[0], weight[0]]
    for axis in 0..<2 {
      let (stride, dilation) = (settings.stride[axis], settings.dilation[axis])
      let padded = x[axis + 2] + settings.padBegin[axis] + settings.padEnd[axis]
      let window = (weight[axis + 2] - 1) * dilation + 1
      precondition(
        padded >= window, "conv2d: a window of \(window) does not fit \(padded) elements (input \(x), padding included)"
      )
      sizes.append((padded - window) / stride + 1)
    }
    return [TensorType(Shape(sizes), inputs[0].dtype)]
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    let bias = inputs.count > 2 ? inputs[2] : nil
    return [backend.convolution(inputs[0], inputs[1], bias: bias, settings, shape: shape)]
  }

  package func forwardSaving(
    _ inputs: [Tensor], on backend: any Backend
  ) -> (outputs: [Tensor], extras: [Tensor]) {
    let shape = outputTypes(inputs.map(\.type))[0].shape
    let bias = inputs.count > 2 ? inputs[2] : nil
    return ([backend.trainingConvolution(inputs[0], inputs[1], bias: bias, settings, shape: shape)], [])
  }

  package func saved(wanted: [Bool]) -> Saved {
    let needsInput = wanted[1] || (wanted.count > 2 && wanted[2])
    return Saved(inputs: (needsInput ? [0] : []) + (wanted[0] ? [1] : []))
  }

  package func vjp(_ step: BackwardStep) -> [Tensor?] {
    let gradient = step.gradient()
    let wantsBias = step.wanted.count > 2 && step.wanted[2]
    var results: [Tensor?] = [nil, nil, nil]
    if step.wanted[1] || wantsBias {
      let (weight, bias) = step.backend.convolutionWeightGradient(
        gradient, step.input(0), settings, shape: step.inputTypes[1].shape, wantsBias: wantsBias)
      (results[1], results[2]) = (weight, bias)
    }
    if step.wanted[0] {
      results[0] = step.backend.convolutionInputGradient(
        gradient, step.input(1), settings, shape: step.inputTypes[0].shape)
    }
    return results
  }
}

extension Tensor {
  /// Two-dimensional convolution (cross-correlation, as everywhere in the field).
  ///
  /// `out[n, o, i, j] = bias[o] + Σ weight[o, c, k, l] · x[n, c, i·stride + k·dilation, j·stride + l·dilation]`
  ///
  /// - Parameters:
  ///   - weight: `[O, C / groups, kH, kW]`.
  ///   - bias: `[O]`.
  ///   - stride, dilation: height, then width.
  ///   - groups: parts of the channels that are convolved each by itself.
  /// - Returns: `[N, O, oH, oW]` with `oH = (H + padding - dilation · (kH - 1) - 1) / stride + 1`, rounded down.
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: (Int, Int) = (1, 1), padding: Padding = .all(0),
    dilation: (Int, Int) = (1, 1), groups: Int = 1
  ) -> Tensor {
    let (strides, dilations) = ([stride.0, stride.1], [dilation.0, dilation.1])
    precondition(
      rank == 4 && weight.rank == 4, "conv2d: the input \(shape) and the weight \(weight.shape) must have rank 4")
    precondition(
      (strides + dilations).allSatisfy { $0 > 0 },
      "conv2d: stride \(stride) and dilation \(dilation) must be positive")
    let pads = (0..<2).map {
      padding.amounts(
        axis: $0, size: shape[$0 + 2], kernel: weight.shape[$0 + 2], stride: strides[$0], dilation: dilations[$0])
    }
    let settings = ConvolutionSettings(
      stride: strides, padBegin: pads.map(\.0), padEnd: pads.map(\.1), dilation: dilations, groups: groups)
    return Tensor.apply(Convolution(settings: settings), [self, weight] + (bias.map { [$0] } ?? []))[0]
  }
}
