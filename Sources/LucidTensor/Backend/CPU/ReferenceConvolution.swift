/// Convolution in float64, element by element: for checks of gradients, hundreds of times slower than oneDNN, which
/// computes in float32 only. Follows the formula of ``Tensor/conv2d(_:bias:stride:padding:dilation:groups:)``.
struct ReferenceConvolution {
  private let settings: ConvolutionSettings
  private let input: Shape
  private let weight: Shape
  private let output: Shape

  init(_ settings: ConvolutionSettings, input: Shape, weight: Shape, output: Shape) {
    self.settings = settings
    self.input = input
    self.weight = weight
    self.output = output
  }

  func forward(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let y = compute(output, x, weight) { y, x, w, indices in y[indices.output] += x[indices.input] * w[indices.weight] }
    return bias.map { y + $0.reshape(1, output[1], 1, 1) } ?? y
  }

  func inputGradient(_ gradient: Tensor, _ weight: Tensor) -> Tensor {
    compute(input, gradient, weight) { x, g, w, indices in x[indices.input] += g[indices.output] * w[indices.weight] }
  }

  func weightGradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
    compute(weight, gradient, x) { w, g, x, indices in w[indices.weight] += g[indices.output] * x[indices.input] }
  }

  private typealias Indices = (input: Int, weight: Int, output: Int)

  /// Zeros of a shape, to which `body` adds something for every product that a convolution consists of.
  @inline(__always)
  private func compute(
    _ shape: Shape, _ a: Tensor, _ b: Tensor,
    _ body: (UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, Indices) -> Void
  ) -> Tensor {
    let result = Tensor.zeros(shape, dtype: .float64)
    let (a, b) = (a.contiguous(), b.contiguous())
    defer { withExtendedLifetime((a, b)) {} }
    let target = result.bytes.assumingMemoryBound(to: Double.self)
    let x = UnsafePointer(a.bytes.assumingMemoryBound(to: Double.self))
    let y = UnsafePointer(b.bytes.assumingMemoryBound(to: Double.self))
    let outputsPerGroup = output[1] / settings.groups
    for n in 0..<output[0] {
      for o in 0..<output[1] {
        let firstChannel = o / outputsPerGroup * weight[1]
        for c in 0..<weight[1] {
          for (k, l) in pairs(weight[2], weight[3]) {
            for i in 0..<output[2] {
              let row = i * settings.stride[0] + k * settings.dilation[0] - settings.padBegin[0]
              guard row >= 0 && row < input[2] else { continue }
              for j in 0..<output[3] {
                let column = j * settings.stride[1] + l * settings.dilation[1] - settings.padBegin[1]
                guard column >= 0 && column < input[3] else { continue }
                let indices = (
                  input: ((n * input[1] + firstChannel + c) * input[2] + row) * input[3] + column,
                  weight: ((o * weight[1] + c) * weight[2] + k) * weight[3] + l,
                  output: ((n * output[1] + o) * output[2] + i) * output[3] + j
                )
                body(target, x, y, indices)
              }
            }
          }
        }
      }
    }
    return result
  }

  private func pairs(_ height: Int, _ width: Int) -> [(Int, Int)] {
    (0..<height).flatMap { k in (0..<width).map { (k, $0) } }
  }
}
