import CLucidKernels
import COneDNN

/// The order of weights that were transformed for Winograd's algorithm.
final class WinogradWeight: OpaqueLayout {
  let kind: lucid_winograd_kind

  init(_ kind: lucid_winograd_kind) { self.kind = kind }
}

extension Tensor {
  /// The kernel that a weight was transformed for; nil for all other tensors.
  var winogradKind: lucid_winograd_kind? {
    guard case .opaque(let layout) = layout else { return nil }
    return (layout as? WinogradWeight)?.kind
  }
}

/// A convolution with windows of 3x3 and stride 1 by Winograd's algorithm.
struct WinogradConvolution: ConvolutionKernel {
  private let kind: lucid_winograd_kind
  private let shape: lucid_winograd_shape
  private let activation: WinogradActivation
  private let pools: Bool
  private let output: Shape
  private let sourceOrder, targetOrder: MemoryDescriptor

  /// What a profile calls it.
  private var name: String { lucid_winograd_is_small(kind) ? "winograd 2x2" : "winograd" }

  /// With `pools`, the output is the greatest of each 2x2 values.
  init(_ problem: ConvolutionProblem, _ kind: lucid_winograd_kind, pools: Bool = false) {
    guard let activation = WinogradActivation(problem.activation) else {
      preconditionFailure("Winograd's algorithm has no \(problem.activation.map { "\($0)" } ?? "")")
    }
    let (block, input, output) = (lucid_winograd_block(kind), problem.input, problem.output)
    precondition(
      activation.keepsZero || output[1] % block == 0, "\(output[1]) outputs do not fill the blocks of \(block)")
    precondition(!pools || !problem.hasResidual, "what is added must be added before pooling")
    (self.kind, self.activation, self.pools, self.output) = (kind, activation, pools, pools ? output.halved : output)
    shape = lucid_winograd_shape(
      batch: output[0], inputs: input[1], outputs: output[1], height: input[2], width: input[3],
      top: problem.settings.padBegin[0], left: problem.settings.padBegin[1], out_height: output[2],
      out_width: output[3])
    sourceOrder = MemoryDescriptor(input, block: block)
    targetOrder = MemoryDescriptor(self.output, block: block)
  }

  func isPacked(_ weight: Tensor) -> Bool { weight.winogradKind == kind }

  func packed(_ weight: Tensor) -> Tensor { Self.packed(weight, forGradient: false, kind) }

  /// The weight `[O, C, 3, 3]` transformed. With `forGradient`, that of a convolution `[C, O, 3, 3]` whose input's gradient
  /// is computed from its output's: the convolution with the transformed weight, and paddings of 2 less its own.
  static func packed(_ weight: Tensor, forGradient: Bool, _ kind: lucid_winograd_kind) -> Tensor {
    precondition(
      weight.rank == 4 && weight.shape[2] == 3 && weight.shape[3] == 3,
      "Winograd's algorithm is for windows of 3x3, not for a weight of shape \(weight.shape)")
    let plain = weight.contiguous()
    let (outputs, inputs) = forGradient ? (weight.shape[1], weight.shape[0]) : (weight.shape[0], weight.shape[1])
    let storage = Storage(byteCount: lucid_winograd_weight_count(kind, inputs, outputs) * MemoryLayout<Float>.size)
    withExtendedLifetime(plain) {
      lucid_winograd_pack(
        kind, inputs, outputs, plain.bytes.assumingMemoryBound(to: Float.self), forGradient,
        storage.base.assumingMemoryBound(to: Float.self))
    }
    return Tensor(
      storage: storage, shape: [outputs, inputs, 3, 3], dtype: .float32, layout: .opaque(WinogradWeight(kind)))
  }

  func callAsFunction(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, residual: Tensor?, mayOverwriteResidual: Bool
  ) -> Tensor {
    let source = CPUBackend().reordered(x.forDNN, to: sourceOrder)
    let added = residual.map { CPUBackend().reordered($0.forDNN, to: targetOrder) }
    let isOurs = mayOverwriteResidual || added?.storage !== residual?.storage
    let y = isOurs ? added ?? Tensor(uninitialized: output, targetOrder) : Tensor(uninitialized: output, targetOrder)
    let bias = bias?.contiguous()
    var shape = shape
    let threads = lucid_thread_count()
    let scratch = Storage(
      byteCount: lucid_winograd_scratch_count(kind, &shape, threads) * MemoryLayout<Float>.size)
    func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float> { tensor.bytes.assumingMemoryBound(to: Float.self) }
    KernelLog.note(pools ? name + " + pool" : name)
    withExtendedLifetime((source, weight, bias, added)) {
      lucid_winograd(
        kind, &shape, floats(source), floats(weight), bias.map(floats), added.map(floats), activation.kind,
        activation.alpha, activation.beta, pools, floats(y), scratch.base.assumingMemoryBound(to: Float.self), threads)
    }
    return y
  }
}

/// A function that the kernel applies last.
private struct WinogradActivation {
  var kind = LUCID_WINOGRAD_CLAMP
  var alpha: Float = 0
  var beta: Float = .infinity

  /// Nil for a function that the kernel lacks.
  init?(_ function: UnaryFunction?) {
    switch function {
    case nil: kind = LUCID_WINOGRAD_IDENTITY
    case .relu: break
    case .clamp(let lower, let upper): (alpha, beta) = (Float(lower), Float(upper))
    case .leakyRelu(let slope): (kind, alpha) = (LUCID_WINOGRAD_LEAKY, Float(slope))
    default: return nil
    }
  }

  /// Whether the zeros that fill up a block of channels stay zeros.
  var keepsZero: Bool { kind != LUCID_WINOGRAD_CLAMP || (alpha <= 0 && beta >= 0) }
}

extension MemoryDescriptor {
  /// `[N, C, H, W]` with channels in blocks of 8 or 16.
  convenience init(_ shape: Shape, block: Int) {
    guard let handle = lucid_md_create_blocked(shape.map(Int64.init), block == 16) else {
      preconditionFailure("oneDNN \(DNN.version) cannot describe \(shape) in blocks of \(block) channels")
    }
    self.init(owning: handle)
  }
}
