/// What a device must be able to compute for the operations of `Ops/` to run on it.
///
/// Arguments have been checked by the operation that calls. A backend may keep tensors in an order of its own between
/// calls (``Tensor/Layout/opaque(_:)``) and must be able to put them in plain order.
package protocol Backend: Sendable {
  /// The same tensor with elements that follow strides.
  func plain(_ x: Tensor) -> Tensor

  /// The same numbers as another element type.
  func cast(_ x: Tensor, to dtype: DType) -> Tensor
  /// `function` of every element.
  func unary(_ function: UnaryFunction, _ x: Tensor) -> Tensor
  /// `function` of every pair of elements, with NumPy broadcasting to `shape`.
  func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, shape: Shape) -> Tensor
  /// `function` over the given dimensions, which are kept with size 1.
  func reduce(_ function: ReductionFunction, _ x: Tensor, axes: [Int]) -> Tensor
  /// The index of the greatest or smallest element along a dimension, which is kept with size 1; int64.
  func argReduce(_ x: Tensor, axis: Int, greatest: Bool) -> Tensor
  /// The `count` greatest or smallest elements along the last dimension, best first, and their indices.
  func topK(_ x: Tensor, count: Int, greatest: Bool) -> (values: Tensor, indices: Tensor)

  /// Matrix products over the last two dimensions, with broadcasting of those before; `bias` is added to each row.
  func matmul(_ a: Tensor, _ b: Tensor, bias: Tensor?, shape: Shape) -> Tensor
  /// Softmax or its logarithm along a dimension.
  func softmax(_ x: Tensor, axis: Int, logarithm: Bool) -> Tensor

  /// Two-dimensional convolution of `[N, C, H, W]` with `[O, C / groups, kH, kW]`, directly.
  func convolution(_ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape)
    -> Tensor
  /// The same convolution for training, where the weight is another one in each step: by the algorithm that is fast then.
  func trainingConvolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor
  /// A float32 convolution made ready, to be computed by one of its ``algorithms(for:)``. With `pools`, which only Winograd's
  /// algorithm can, the output is the greatest of each 2x2 values.
  func convolutionKernel(
    for problem: ConvolutionProblem, _ algorithm: ConvolutionAlgorithm, pools: Bool
  ) -> any ConvolutionKernel
  /// The algorithms that can compute a convolution; direct always does.
  func algorithms(for problem: ConvolutionProblem) -> [ConvolutionAlgorithm]
  /// The algorithm that is measured to be the fastest, for each convolution.
  func fastestAlgorithms(for problems: [ConvolutionProblem]) -> [ConvolutionAlgorithm]
  /// What measurements depend on besides the convolution: the processor, the libraries, the threads. One line.
  var fingerprint: String { get }
  /// A whole ``DepthwiseBlock``, with its weights as ``packedDepthwiseBlock(_:)`` made them.
  func depthwiseBlock(_ block: DepthwiseBlock, _ x: Tensor, _ weights: DepthwiseBlockWeights, residual: Tensor?)
    -> Tensor
  /// Weights and biases in the order that the backend computes such a block with; they keep their shapes.
  func packedDepthwiseBlock(_ weights: DepthwiseBlockWeights) -> DepthwiseBlockWeights
  /// Whether such a block is faster as a whole than its convolutions one by one.
  func depthwiseBlockPays(_ block: DepthwiseBlock, input: Shape, hidden: Int) -> Bool
  /// Two-dimensional pooling of `[N, C, H, W]`.
  func pool(_ x: Tensor, _ settings: PoolingSettings, shape: Shape) -> Tensor
  /// Adaptive pooling of `[N, C, H, W]` to `[N, C, h, w]`: windows that tile the input as evenly as they can.
  func adaptivePool(_ x: Tensor, _ kind: AdaptivePoolingKind, shape: Shape) -> Tensor
  /// `(x - mean) / sqrt(variance + epsilon) * weight + bias` by channel of `[N, C, …]`.
  func batchNorm(
    _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> Tensor
  /// As ``batchNorm(_:mean:variance:weight:bias:epsilon:)`` with the batch's own mean and (biased) variance, which are
  /// returned too.
  func batchNormTraining(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor)
  /// `(x - mean) / sqrt(variance + epsilon) * weight + bias` with mean and variance over the last dimension.
  func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float) -> Tensor
  /// Resizes the last two dimensions of `[N, C, H, W]`.
  func interpolate(_ x: Tensor, _ mode: InterpolationMode, alignCorners: Bool, shape: Shape) -> Tensor

  /// The tensors one after the other along a dimension.
  func concatenate(_ tensors: [Tensor], axis: Int, shape: Shape) -> Tensor
  /// Rows of `x` along a dimension, picked by int64 indices.
  func gather(_ x: Tensor, indices: Tensor, axis: Int, shape: Shape) -> Tensor
  /// `[i, j, …]` of the first where the condition holds, else of the second; all three of one shape.
  func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor

  /// `gradient · function'`, the derivative at the input of ``unary(_:_:)`` or, as ``UnaryFunction/slopeSource`` says, from
  /// its output.
  func unaryGradient(_ function: UnaryFunction, _ gradient: Tensor, at value: Tensor) -> Tensor
  /// The gradient of a softmax's input from its output.
  func softmaxGradient(_ gradient: Tensor, output: Tensor, axis: Int, logarithm: Bool) -> Tensor
  /// The gradient, of a shape, of a convolution's input.
  func convolutionInputGradient(
    _ gradient: Tensor, _ weight: Tensor, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor
  /// The gradient, of a shape, of a convolution's weight, in plain order, and that of its bias where it is wanted.
  func convolutionWeightGradient(
    _ gradient: Tensor, _ x: Tensor, _ settings: ConvolutionSettings, shape: Shape, wantsBias: Bool
  ) -> (weight: Tensor, bias: Tensor?)
  /// Pooling, and what ``poolGradient(_:memory:_:shape:)`` needs to know of it.
  func poolSaving(_ x: Tensor, _ pooling: Pooling, shape: Shape) -> (output: Tensor, memory: Tensor)
  /// The gradient, of a shape, of a pooling's input.
  func poolGradient(_ gradient: Tensor, memory: Tensor, _ pooling: Pooling, shape: Shape) -> Tensor
  /// The gradients of the input, the weight and the bias of a batch norm with the batch's own statistics or, with
  /// `frozen`, with given ones.
  func batchNormGradient(
    _ gradient: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float, frozen: Bool
  ) -> (x: Tensor, weight: Tensor, bias: Tensor)
  /// ``layerNorm(_:weight:bias:epsilon:)`` and the mean and variance of each row.
  func layerNormSaving(
    _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor)
  /// The gradients of a layer norm's input, weight and bias.
  func layerNormGradient(
    _ gradient: Tensor, _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, epsilon: Float
  ) -> (x: Tensor, weight: Tensor, bias: Tensor)
  /// The gradient, of a shape, of what ``interpolate(_:_:alignCorners:shape:)`` resized.
  func interpolateGradient(_ gradient: Tensor, _ mode: InterpolationMode, alignCorners: Bool, shape: Shape) -> Tensor
  /// Zeros of a shape with the rows of `x` along a dimension added at int64 indices.
  func scatterAdd(_ x: Tensor, indices: Tensor, axis: Int, shape: Shape) -> Tensor
  /// Zeros of a shape with `x` at every `step`-th place from `start` along a dimension.
  func place(_ x: Tensor, axis: Int, start: Int, step: Int, shape: Shape) -> Tensor

  /// The elements `x[…, index[…, i, …], …]` along a dimension; `index` is int64, of x's rank, and no longer elsewhere.
  func gatherElements(_ x: Tensor, index: Tensor, axis: Int) -> Tensor
  /// Zeros of `shape` with the elements of `x` added where `index` says: the transpose of
  /// ``gatherElements(_:index:axis:)``.
  func scatterElements(_ x: Tensor, index: Tensor, axis: Int, shape: Shape) -> Tensor

  /// Changes `target` and the tensors of `state` in place; all are float32 of one shape.
  func update(_ target: inout Tensor, _ update: InPlaceUpdate, source: Tensor?, state: inout [Tensor])
  /// The sum of the squares of float32 elements.
  func sumOfSquares(_ x: Tensor) -> Double
}

extension Device {
  /// The backend that computes there. Traps where there is none: a tensor cannot have got there.
  package var backend: any Backend {
    precondition(kind == .cpu, "\(self) has no backend in this build")
    ThreadCount.honorVariable()
    return CPUBackend()
  }
}
