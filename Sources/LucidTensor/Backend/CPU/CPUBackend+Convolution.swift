import COneDNN

extension CPUBackend {
  func convolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, _ settings: ConvolutionSettings, shape: Shape
  ) -> Tensor {
    if shape.elementCount == 0 { return Tensor(uninitialized: shape, .float32) }
    let key = ConvolutionKey(input: x.shape, weight: weight.shape, hasBias: bias != nil, settings: settings)
    let primitive = PrimitiveCache.shared.primitive(for: key) {
      let any = MemoryDescriptor.init(_:strides:)
      let (source, target) = (any(x.shape, nil), any(shape, nil))
      let weights = any(key.groupedWeight, nil)
      let bias = bias.map { MemoryDescriptor($0.shape, strides: [1]) }
      return Primitive(
        "convolution", arguments: [DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST],
        [source, weights, bias, target]
      ) {
        lucid_convolution(
          &$0, $1.engine, $1.attributes, $2[0], $2[1], $2[2], $2[3],
          settings.stride.int64, settings.dilation.map { $0 - 1 }.int64, settings.padBegin.int64,
          settings.padEnd.int64)
      }
    }
    let source = reordered(x.forDNN, to: primitive.descriptor(DNNL_ARG_SRC))
    let plainWeight = weight.contiguous().reshape(key.groupedWeight)
    let weights = reordered(plainWeight, to: primitive.descriptor(DNNL_ARG_WEIGHTS))
    let output = Tensor(uninitialized: shape, primitive.descriptor(DNNL_ARG_DST))
    var tensors = [(DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, output)]
    if let bias { tensors.append((DNNL_ARG_BIAS, bias.contiguous())) }
    primitive.execute(tensors)
    return output
  }
}

extension Array where Element == Int {
  /// The same numbers as C's `int64_t`.
  var int64: [Int64] { map(Int64.init) }
}

private struct ConvolutionKey: Hashable {
  let input: Shape
  let weight: Shape
  let hasBias: Bool
  let settings: ConvolutionSettings

  /// The weight's shape as oneDNN wants it: with the groups as a dimension of their own.
  var groupedWeight: Shape {
    let groups = settings.groups
    return groups == 1 ? weight : Shape([groups, weight[0] / groups] + weight.dropFirst())
  }
}
