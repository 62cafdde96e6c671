/// The inverted residual of mobile networks as one operation: a 1x1 convolution to more channels where there is one, a
/// convolution of each channel by itself, a 1x1 convolution, and the addition of a residual where there is one.
/// What a plan makes of three convolutions where the backend is faster so.
///
/// Inputs: x, the weight and bias of the depthwise convolution, those of the last one, those of the first one where
/// ``hasExpansion``, and the residual where ``hasResidual``. Sandler et al., "MobileNetV2", 2018.
package struct DepthwiseBlock: Operation {
  /// The limits between which a convolution's outputs are kept.
  package struct Limits: Sendable, Hashable {
    let low, high: Float

    /// The limits that an activation sets; nil for one that does more.
    init?(_ activation: UnaryFunction?) {
      switch activation {
      case nil: (low, high) = (-.infinity, .infinity)
      case .relu: (low, high) = (0, .infinity)
      case .clamp(let lower, let upper): (low, high) = (Float(lower), Float(upper))
      default: return nil
      }
    }
  }

  /// Of the depthwise convolution.
  let settings: ConvolutionSettings
  let expanded, filtered, projected: Limits
  package let hasExpansion: Bool
  package let hasResidual: Bool

  /// The block of convolutions that follow each other; nil where they are not such as make one.
  package init?(
    expand: FusedConvolution?, depthwise: FusedConvolution, project: FusedConvolution, weights: DepthwiseBlockWeights,
    hasResidual: Bool
  ) {
    let settings = depthwise.convolution.settings
    let hidden = weights.depth.shape[0]
    guard let expanded = Limits(expand?.activation), let filtered = Limits(depthwise.activation),
      let projected = Limits(project.activation), expand.map({ $0.convolution.isPointwise }) ?? true,
      project.convolution.isPointwise, settings.groups == hidden, weights.depth.shape[1] == 1,
      [[3, 3], [5, 5]].contains(Array(weights.depth.shape.suffix(2))), settings.dilation == [1, 1],
      [[1, 1], [2, 2]].contains(settings.stride),
      weights.shapes.allSatisfy({ $0[0] % 8 == 0 }), (weights.expand?.shape[1] ?? 8) % 8 == 0
    else { return nil }
    (self.settings, self.expanded, self.filtered, self.projected) = (settings, expanded, filtered, projected)
    (hasExpansion, self.hasResidual) = (expand != nil, hasResidual)
  }

  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] {
    var hidden = inputs[0]
    if hasExpansion { hidden = Convolution.pointwise.outputTypes([hidden, inputs[5], inputs[6]])[0] }
    hidden = Convolution(settings: settings).outputTypes([hidden, inputs[1], inputs[2]])[0]
    return Convolution.pointwise.outputTypes([hidden, inputs[3], inputs[4]])
  }

  package func forward(_ inputs: [Tensor], on backend: any Backend) -> [Tensor] {
    let weights = DepthwiseBlockWeights(
      depth: inputs[1], depthBias: inputs[2], project: inputs[3], projectBias: inputs[4],
      expand: hasExpansion ? inputs[5] : nil, expandBias: hasExpansion ? inputs[6] : nil)
    return [backend.depthwiseBlock(self, inputs[0], weights, residual: hasResidual ? inputs[inputs.count - 1] : nil)]
  }

  /// Whether the CPU is faster with the block as a whole, for inputs of a shape.
  package func pays(input: Shape, hidden: Int) -> Bool {
    Device.cpu.backend.depthwiseBlockPays(self, input: input, hidden: hidden)
  }
}

/// The parameters of a ``DepthwiseBlock``: convolution weights `[O, I, kH, kW]` and biases `[O]`.
package struct DepthwiseBlockWeights: Sendable {
  package let depth, depthBias, project, projectBias: Tensor
  package let expand, expandBias: Tensor?

  package init(
    depth: Tensor, depthBias: Tensor, project: Tensor, projectBias: Tensor, expand: Tensor?, expandBias: Tensor?
  ) {
    (self.depth, self.depthBias, self.project, self.projectBias) = (depth, depthBias, project, projectBias)
    (self.expand, self.expandBias) = (expand, expandBias)
  }

  /// The weights' shapes.
  var shapes: [Shape] { [depth.shape, project.shape] + (expand.map { [$0.shape] } ?? []) }

  /// As an operation's inputs, in its order.
  package var operands: [Tensor] { [depth, depthBias, project, projectBias] + [expand, expandBias].compactMap { $0 } }

  /// In the order that the backend computes with.
  package func packed() -> DepthwiseBlockWeights { depth.device.backend.packedDepthwiseBlock(self) }
}

extension Convolution {
  /// A 1x1 convolution.
  static let pointwise = Convolution(
    settings: ConvolutionSettings(stride: [1, 1], padBegin: [0, 0], padEnd: [0, 0], dilation: [1, 1], groups: 1))

  /// Whether, with a weight of one pixel, each output pixel is made of the input pixel at its place.
  var isPointwise: Bool { settings == Self.pointwise.settings }
}
