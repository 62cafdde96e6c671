import CLucidKernels
import COneDNN

extension CPUBackend {
  func depthwiseBlock(
    _ block: DepthwiseBlock, _ x: Tensor, _ weights: DepthwiseBlockWeights, residual: Tensor?
  ) -> Tensor {
    depthwiseBlock(block, x, weights, residual: residual, kind: lucid_depthwise_best())
  }

  /// The block by the kernel of a kind.
  func depthwiseBlock(
    _ block: DepthwiseBlock, _ x: Tensor, _ weights: DepthwiseBlockWeights, residual: Tensor?,
    kind: lucid_depthwise_kind
  ) -> Tensor {
    let inputs = [x] + weights.operands
    let shape = block.outputTypes(inputs.map(\.type))[0].shape
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, .float32) }
    let source = reordered(x.forDNN, to: MemoryDescriptor(x.shape, block: 8))
    let target = MemoryDescriptor(shape, block: 8)
    let output = Tensor(uninitialized: shape, target)
    let residual = residual.map { reordered($0.forDNN, to: target) }
    defer { withExtendedLifetime((source, residual, weights)) {} }
    KernelLog.note("block")
    func floats(_ tensor: Tensor?) -> UnsafePointer<Float>? {
      tensor.map { UnsafePointer($0.bytes.assumingMemoryBound(to: Float.self)) }
    }
    var job = lucid_depthwise_block(
      batch: shape[0], inputs: x.shape[1], hidden: weights.depth.shape[0], outputs: shape[1], height: x.shape[2],
      width: x.shape[3], out_height: shape[2], out_width: shape[3], kernel: weights.depth.shape[2],
      stride: block.settings.stride[0], pad_top: block.settings.padBegin[0], pad_left: block.settings.padBegin[1],
      expanded: block.expanded.limits, filtered: block.filtered.limits, projected: block.projected.limits,
      expand: floats(weights.expand), expand_bias: floats(weights.expandBias), depth: floats(weights.depth),
      depth_bias: floats(weights.depthBias), project: floats(weights.project),
      project_bias: floats(weights.projectBias))
    let scratch = Storage(byteCount: lucid_depthwise_scratch(&job))
    lucid_depthwise_run(
      kind, &job, floats(source), floats(residual), output.bytes.assumingMemoryBound(to: Float.self), scratch.base)
    return output
  }

  func packedDepthwiseBlock(_ weights: DepthwiseBlockWeights) -> DepthwiseBlockWeights {
    let size = weights.depth.shape
    let depth = weights.depth.reshape([size[0] / 8, 8, size[2], size[3]]).permute(0, 2, 3, 1).contiguous()
    return DepthwiseBlockWeights(
      depth: depth.reshape(size), depthBias: weights.depthBias.contiguous(), project: packed(weights.project),
      projectBias: weights.projectBias.contiguous(), expand: weights.expand.map(packed),
      expandBias: weights.expandBias?.contiguous())
  }

  private func packed(_ matrix: Tensor) -> Tensor {
    let plain = matrix.contiguous()
    return Tensor(shape: matrix.shape, of: Float.self) { target in
      plain.withUnsafeBytes { bytes in
        lucid_depthwise_pack(
          bytes.baseAddress?.assumingMemoryBound(to: Float.self), matrix.shape[0], matrix.shape[1], target.baseAddress)
      }
    }
  }

  /// Where a picture's expanded channels are more than caches hold. What fits them is computed as fast by oneDNN's
  /// convolutions one by one: measured with MobileNetV2's blocks on cores with 512 kB of second-level cache.
  func depthwiseBlockPays(_ block: DepthwiseBlock, input: Shape, hidden: Int) -> Bool {
    lucid_depthwise_pays() && input[2] * input[3] * hidden * MemoryLayout<Float>.size >= 1 << 20
  }
}

extension DepthwiseBlock.Limits {
  fileprivate var limits: lucid_limits { lucid_limits(low: low, high: high) }
}
