extension Operation {
  /// The multiplications with additions that an operation needs for inputs of given types; nil where it is none of those
  /// that consist of them. Winograd's algorithm needs fewer: what it is compared by are those of the definition.
  package func multiplyAdds(_ inputs: [TensorType]) -> Int? {
    func pixels(_ output: TensorType) -> Int { output.shape[0] * output.shape[2] * output.shape[3] }
    switch self {
    case let convolution as Convolution:
      return inputs[1].shape.elementCount * pixels(convolution.outputTypes(inputs)[0])
    case let fused as FusedConvolution:
      return inputs[1].shape.elementCount * pixels(fused.convolution.outputTypes(Array(inputs.prefix(3)))[0])
    case let block as DepthwiseBlock:
      let expansion = block.hasExpansion ? inputs[5].shape.elementCount * pixels(inputs[0]) : 0
      let rest = inputs[1].shape.elementCount + inputs[3].shape.elementCount
      return expansion + rest * pixels(block.outputTypes(inputs)[0])
    case let product as Matmul:
      let output = product.outputTypes(inputs)[0].shape
      return output.elementCount * inputs[0].shape[inputs[0].shape.rank - 1]
    default: return nil
    }
  }
}
