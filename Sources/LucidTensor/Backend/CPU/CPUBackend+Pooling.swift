import COneDNN

extension CPUBackend {
  func pool(_ x: Tensor, _ settings: PoolingSettings, shape: Shape) -> Tensor {
    pool(x, .moving(settings), shape, training: false).output
  }

  func adaptivePool(_ x: Tensor, _ kind: AdaptivePoolingKind, shape: Shape) -> Tensor {
    if shape == x.shape { return x }
    return pool(x, .adaptive(kind), shape, training: false).output
  }

  func poolSaving(_ x: Tensor, _ pooling: Pooling, shape: Shape) -> (output: Tensor, memory: Tensor) {
    pool(x, pooling, shape, training: true)
  }

  func poolGradient(_ gradient: Tensor, memory: Tensor, _ pooling: Pooling, shape: Shape) -> Tensor {
    if gradient.elementCount == 0 { return .zeros(shape, dtype: gradient.dtype) }
    guard case .opaque(let layout) = memory.layout, let layout = layout as? PoolingMemory else {
      let windows = PoolingWindows(pooling, input: shape, output: gradient.shape)
      return gradient.dtype == .float64
        ? windows.backward(gradient, places: memory, Double.self)
        : windows.backward(gradient, places: memory, Float.self)
    }
    let primitive = layout.rule.primitive(layout.source, layout.target, backward: true)
    let output = Tensor(uninitialized: shape, primitive.descriptor(DNNL_ARG_DIFF_SRC))
    var tensors = [
      (DNNL_ARG_DIFF_DST, reordered(gradient.forDNN, to: primitive.descriptor(DNNL_ARG_DIFF_DST))),
      (DNNL_ARG_DIFF_SRC, output),
    ]
    if primitive.hasWorkspace { tensors.append((DNNL_ARG_WORKSPACE, memory)) }
    primitive.execute(tensors)
    return output
  }

  private func pool(
    _ x: Tensor, _ pooling: Pooling, _ shape: Shape, training: Bool
  ) -> (output: Tensor, memory: Tensor) {
    let nothing = Tensor.zeros([0], dtype: .int64)
    if shape.elementCount == 0 { return (Tensor(uninitialized: shape, x.dtype), nothing) }
    guard x.dtype == .float32, let rule = DNNPooling(pooling, input: x.shape, output: shape) else {
      let windows = PoolingWindows(pooling, input: x.shape, output: shape)
      return x.dtype == .float64 ? windows.forward(x, Double.self) : windows.forward(x, Float.self)
    }
    let x = x.forDNN
    let primitive = rule.primitive(x.descriptor, nil, backward: false, training: training)
    let output = Tensor(uninitialized: shape, primitive.descriptor(DNNL_ARG_DST))
    var tensors = [(DNNL_ARG_SRC, x), (DNNL_ARG_DST, output)]
    guard training else {
      primitive.execute(tensors)
      return (output, nothing)
    }
    let size = primitive.hasWorkspace ? primitive.descriptor(DNNL_ARG_WORKSPACE).byteCount : 0
    let layout = PoolingMemory(rule, primitive)
    let memory = Tensor(storage: Storage(byteCount: size), shape: [size], dtype: .uint8, layout: .opaque(layout))
    if primitive.hasWorkspace { tensors.append((DNNL_ARG_WORKSPACE, memory)) }
    primitive.execute(tensors)
    return (output, memory)
  }
}

/// What a pooling's gradient needs to know: the orders of its input and output, and, of maxima, where they were found, in
/// bytes that only oneDNN can read.
private final class PoolingMemory: OpaqueLayout {
  let rule: DNNPooling
  let source: MemoryDescriptor
  let target: MemoryDescriptor

  init(_ rule: DNNPooling, _ primitive: Primitive) {
    self.rule = rule
    source = primitive.descriptor(DNNL_ARG_SRC)
    target = primitive.descriptor(DNNL_ARG_DST)
  }
}

/// A pooling that oneDNN has.
private struct DNNPooling: Hashable, Sendable {
  let settings: PoolingSettings
  let input: Shape
  let output: Shape
  /// What the last window needs past the input.
  let padEnd: [Int]

  /// Nil where oneDNN lacks the rule.
  init?(_ pooling: Pooling, input: Shape, output: Shape) {
    switch pooling {
    case .moving(let settings): self.settings = settings
    case .adaptive(let kind):
      // Windows of one size, without overlap, are all that oneDNN can do here.
      guard input[2] % output[2] == 0 && input[3] % output[3] == 0 else { return nil }
      let kernel = [input[2] / output[2], input[3] / output[3]]
      settings = PoolingSettings(
        kind: kind == .maximum ? .maximum : .average, kernel: kernel, stride: kernel, padding: [0, 0],
        dilation: [1, 1], ceilMode: false)
    }
    self.input = input
    self.output = output
    let settings = settings
    padEnd = (0..<2).map { axis in
      let reach =
        (output[axis + 2] - 1) * settings.stride[axis] + (settings.kernel[axis] - 1) * settings.dilation[axis] + 1
      return reach - input[axis + 2] - settings.padding[axis]
    }
    // Windows that stick out further than the padding: oneDNN would count in a mean what lies there.
    if settings.kind == .averageWithPadding && zip(padEnd, settings.padding).contains(where: { $0 > $1 }) { return nil }
  }

  /// The pooling of an input in an order, or the gradient of that.
  func primitive(
    _ source: MemoryDescriptor, _ target: MemoryDescriptor?, backward: Bool, training: Bool = true
  ) -> Primitive {
    let kind =
      switch settings.kind {
      case .maximum: dnnl_pooling_max
      case .average: dnnl_pooling_avg_exclude_padding
      case .averageWithPadding: dnnl_pooling_avg_include_padding
      }
    let key = PoolKey(source: source, rule: self, isBackward: backward, isTraining: training)
    return PrimitiveCache.shared.primitive(for: key) {
      let arguments =
        backward
        ? [DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_WORKSPACE]
        : [DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_WORKSPACE]
      let descriptors = [source, target ?? MemoryDescriptor(output, strides: nil)]
      let numbers = [
        settings.stride, settings.kernel, settings.dilation.map { $0 - 1 }, settings.padding, padEnd,
      ].map(\.int64)
      return Primitive("pooling", arguments: arguments, descriptors) {
        backward
          ? lucid_pooling_backward(
            &$0, $1.engine, $3, kind, $2[0], $2[1], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
          : lucid_pooling(
            &$0, $1.engine, $3, training ? dnnl_forward_training : dnnl_forward_inference, kind, $2[0], $2[1],
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
      }
    }
  }
}

private struct PoolKey: Hashable {
  let source: MemoryDescriptor
  let rule: DNNPooling
  let isBackward: Bool
  let isTraining: Bool
}
