import CLucidKernels
import COneDNN

/// The order of weights that were transformed for Winograd's algorithm.
struct WinogradWeight: OpaqueLayout {
  let kind: lucid_winograd_kind
}

extension Tensor {
  /// The kernel that a weight was transformed for; nil for all other tensors.
  var winogradKind: lucid_winograd_kind? {
    guard case .opaque(let layout) = layout else { return nil }
    return (layout as? WinogradWeight)?.kind
  }
}

extension CPUBackend {
  func winogradWeight(_ weight: Tensor, forGradient: Bool) -> Tensor {
    winogradWeight(weight, forGradient: forGradient, lucid_winograd_best())
  }

  func winogradWeight(_ weight: Tensor, forGradient: Bool, _ kind: lucid_winograd_kind) -> Tensor {
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
      storage: storage, shape: [outputs, inputs, 3, 3], dtype: .float32, layout: .opaque(WinogradWeight(kind: kind)))
  }

  func algorithms(for problem: ConvolutionProblem) -> [ConvolutionAlgorithm] {
    let block = lucid_winograd_block(lucid_winograd_best())
    guard problem.mayUseWinograd, problem.input[1] >= block, problem.weight[0] >= block else { return [.direct] }
    // Where direct convolution takes and gives other orders than this, so do the neighbours: then all would be reordered.
    let orders = directOrders(problem)
    let fits =
      orders.input == MemoryDescriptor(problem.input, block: block)
      && orders.output == MemoryDescriptor(problem.output, block: block)
    return fits ? [.direct, .winograd] : [.direct]
  }

  /// The convolution with a weight from ``winogradWeight(_:forGradient:)``.
  func winograd(
    _ x: Tensor, _ weight: Tensor, _ kind: lucid_winograd_kind, bias: Tensor?, _ settings: ConvolutionSettings,
    _ epilogue: ConvolutionEpilogue, shape: Shape
  ) -> Tensor {
    guard let activation = WinogradActivation(epilogue.activation) else {
      preconditionFailure("Winograd's algorithm has no \(epilogue.activation.map { "\($0)" } ?? "")")
    }
    let block = lucid_winograd_block(kind)
    precondition(
      activation.keepsZero || shape[1] % block == 0, "\(shape[1]) outputs do not fill the blocks of \(block)")
    let order = MemoryDescriptor(shape, block: block)
    let source = reordered(x.forDNN, to: MemoryDescriptor(x.shape, block: block))
    let residual = epilogue.residual.map { reordered($0.forDNN, to: order) }
    let isOurs = epilogue.mayOverwriteResidual || residual?.storage !== epilogue.residual?.storage
    let output = isOurs ? residual ?? Tensor(uninitialized: shape, order) : Tensor(uninitialized: shape, order)
    let bias = bias?.contiguous()
    var problem = lucid_winograd_shape(
      batch: shape[0], inputs: x.shape[1], outputs: shape[1], height: x.shape[2], width: x.shape[3],
      top: settings.padBegin[0], left: settings.padBegin[1], out_height: shape[2], out_width: shape[3])
    let threads = lucid_thread_count()
    let scratch = Storage(
      byteCount: lucid_winograd_scratch_count(kind, &problem, threads) * MemoryLayout<Float>.size)
    func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float> { tensor.bytes.assumingMemoryBound(to: Float.self) }
    KernelLog.note("winograd")
    withExtendedLifetime((source, weight, bias, residual)) {
      lucid_winograd(
        kind, &problem, floats(source), floats(weight), bias.map(floats), residual.map(floats), activation.kind,
        activation.alpha, activation.beta, floats(output), scratch.base.assumingMemoryBound(to: Float.self), threads)
    }
    return output
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
