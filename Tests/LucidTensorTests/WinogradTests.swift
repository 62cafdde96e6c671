import CLucidKernels
import LucidTesting
import Testing

@testable import LucidTensor

/// Winograd's convolution against sums in double precision, for every kernel that this processor can run.
@Suite("Winograd convolution")
struct WinogradTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var batch = 1
    var inputs: Int
    var outputs: Int
    var height: Int
    var width: Int
    var before = [1, 1]
    var after = [1, 1]
    var testDescription: String {
      "\(batch) x \(inputs) -> \(outputs), \(height)x\(width), padding \(before) \(after)"
    }
  }

  static let cases = [
    Case(inputs: 8, outputs: 8, height: 4, width: 4),
    Case(inputs: 16, outputs: 16, height: 1, width: 1),
    Case(batch: 3, inputs: 19, outputs: 21, height: 7, width: 5),
    Case(batch: 2, inputs: 24, outputs: 40, height: 13, width: 30),
    Case(inputs: 16, outputs: 24, height: 9, width: 6, before: [0, 0], after: [0, 0]),
    Case(inputs: 16, outputs: 8, height: 6, width: 11, before: [0, 2], after: [3, 0]),
    Case(inputs: 8, outputs: 16, height: 5, width: 5, before: [5, 6], after: [7, 4]),
    Case(batch: 5, inputs: 300, outputs: 16, height: 14, width: 14),  // more channels than are multiplied at once
    Case(batch: 8, inputs: 520, outputs: 33, height: 15, width: 15),  // more tiles than all threads share at once
  ]

  static let kinds = [
    LUCID_WINOGRAD_PORTABLE, LUCID_WINOGRAD_AVX2, LUCID_WINOGRAD_AVX512, LUCID_WINOGRAD_2X2_PORTABLE,
    LUCID_WINOGRAD_2X2_AVX2, LUCID_WINOGRAD_2X2_AVX512,
  ].filter(lucid_winograd_available).map(\.rawValue)

  /// The convolution by the kernel of a kind.
  private func winograd(
    _ x: Tensor, _ w: Tensor, _ c: Case, _ kind: lucid_winograd_kind, bias: Tensor? = nil, residual: Tensor? = nil,
    mayOverwriteResidual: Bool = false, activation: UnaryFunction? = nil, forGradient: Bool = false,
    pools: Bool = false
  ) -> Tensor {
    let packed = WinogradConvolution.packed(w, forGradient: forGradient, kind)
    let problem = ConvolutionProblem(
      input: x.shape, weight: packed.shape, output: shape(c), settings: settings(c), hasResidual: residual != nil,
      activation: activation, hasBias: bias != nil)
    return WinogradConvolution(problem, kind, pools: pools)(
      x, packed, bias: bias, residual: residual, mayOverwriteResidual: mayOverwriteResidual)
  }

  private func settings(_ c: Case) -> ConvolutionSettings {
    ConvolutionSettings(stride: [1, 1], padBegin: c.before, padEnd: c.after, dilation: [1, 1], groups: 1)
  }

  private func shape(_ c: Case) -> Shape {
    [c.batch, c.outputs, c.height + c.before[0] + c.after[0] - 2, c.width + c.before[1] + c.after[1] - 2]
  }

  /// The convolution in double precision, and the greatest sum of the products' magnitudes.
  private func reference(_ x: Tensor, _ w: Tensor, _ c: Case) -> (values: [Double], magnitude: Double) {
    let out = shape(c)
    let (xs, ws) = (x.scalars(as: Double.self), w.scalars(as: Double.self))
    var (values, magnitude) = ([Double](), 0.0)
    for n in 0..<c.batch {
      for o in 0..<c.outputs {
        for i in 0..<out[2] {
          for j in 0..<out[3] {
            var (sum, size) = (0.0, 0.0)
            for k in 0..<3 where (0..<c.height).contains(i + k - c.before[0]) {
              for l in 0..<3 where (0..<c.width).contains(j + l - c.before[1]) {
                let at = (n * c.inputs * c.height + i + k - c.before[0]) * c.width + j + l - c.before[1]
                for channel in 0..<c.inputs {
                  let product =
                    xs[at + channel * c.height * c.width] * ws[((o * c.inputs + channel) * 3 + k) * 3 + l]
                  sum += product
                  size += abs(product)
                }
              }
            }
            values.append(sum)
            magnitude = max(magnitude, size)
          }
        }
      }
    }
    return (values, magnitude)
  }

  @Test("It computes the convolution, within 2e-6 of the greatest sum of magnitudes", arguments: kinds, cases)
  func agrees(rawKind: UInt32, c: Case) {
    let kind = lucid_winograd_kind(rawKind)
    let generator = Generator(seed: 1)
    let x = Tensor.randn([c.batch, c.inputs, c.height, c.width], generator: generator)
    let w = Tensor.randn([c.outputs, c.inputs, 3, 3], generator: generator)
    let y = winograd(x, w, c, kind)
    let (expected, magnitude) = reference(x, w, c)
    expectClose(y, expected, shape(c), tolerance: 2e-6 * magnitude)
  }

  static let activations: [UnaryFunction?] = [
    nil, .relu, .clamp(lower: -0.5, upper: 1.5), .clamp(lower: 0, upper: 6), .leakyRelu(slope: 0.1),
  ]

  @Test("Bias, addition and activation follow", arguments: kinds, activations)
  func epilogues(rawKind: UInt32, activation: UnaryFunction?) {
    let kind = lucid_winograd_kind(rawKind)
    for c in [Self.cases[2], Self.cases[5]] {
      let generator = Generator(seed: 2)
      let x = Tensor.randn([c.batch, c.inputs, c.height, c.width], generator: generator)
      let w = Tensor.randn([c.outputs, c.inputs, 3, 3], generator: generator) * 0.1
      let bias = Tensor.randn([c.outputs], generator: generator)
      let residual = Tensor.randn(shape(c), generator: generator)
      let (sums, magnitude) = reference(x, w, c)
      let (biases, residuals) = (bias.scalars(as: Double.self), residual.scalars(as: Double.self))
      let each = shape(c)[2] * shape(c)[3]
      for (addsResidual, overwrites) in [(false, false), (true, false), (true, true)] {
        let before = residual.scalars(as: Float.self)
        let y = winograd(
          x, w, c, kind, bias: bias, residual: addsResidual ? residual : nil, mayOverwriteResidual: overwrites,
          activation: activation)
        let expected = sums.enumerated().map { index, sum in
          let value = sum + biases[index / each % c.outputs] + (addsResidual ? residuals[index] : 0)
          switch activation {
          case .relu: return max(value, 0)
          case .clamp(let lower, let upper): return min(max(value, lower), upper)
          case .leakyRelu(let slope): return value < 0 ? value * slope : value
          default: return value
          }
        }
        expectClose(y, expected, shape(c), tolerance: 2e-6 * magnitude + 1e-6)
        #expect(residual.scalars(as: Float.self) == before)
      }
    }
  }

  @Test("Max pooling can be part of it, with rows and columns left over or not", arguments: kinds, cases)
  func pools(rawKind: UInt32, c: Case) {
    let kind = lucid_winograd_kind(rawKind)
    let x = Tensor.randn([c.batch, c.inputs, c.height, c.width], generator: Generator(seed: 12))
    let w = Tensor.randn([c.outputs, c.inputs, 3, 3], generator: Generator(seed: 13))
    let bias = Tensor.randn([c.outputs], generator: Generator(seed: 14))
    let whole = winograd(x, w, c, kind, bias: bias, activation: .relu)
    guard whole.shape[2] > 1, whole.shape[3] > 1 else { return }
    let pooled = winograd(x, w, c, kind, bias: bias, activation: .relu, pools: true)
    // The greatest of sums with the bias added is the greatest of sums, with the bias added: rounding does not change order.
    #expect(pooled.scalars(as: Float.self) == whole.maxPool2d(kernel: (2, 2)).scalars(as: Float.self))
  }

  /// 13 channels do not fill blocks: the next convolution must meet zeros there.
  @Test("What fills up the blocks is zero", arguments: kinds)
  func fillings(rawKind: UInt32) {
    let kind = lucid_winograd_kind(rawKind)
    let generator = Generator(seed: 3)
    let x = Tensor.randn([1, 13, 6, 6], generator: generator)
    let w = Tensor.randn([13, 13, 3, 3], generator: generator)
    let c = Case(inputs: 13, outputs: 13, height: 6, width: 6)
    let y = winograd(x, w, c, kind, bias: .ones([13]), activation: .leakyRelu(slope: 0.5))
    let all = UnsafeBufferPointer<Float>(start: y.bytes.assumingMemoryBound(to: Float.self), count: 16 * 36)
    let block = lucid_winograd_block(kind)
    let fillings = all.indices.filter { $0 / (36 * block) * block + $0 % block >= 13 }
    #expect(fillings.count == 3 * 36 && fillings.allSatisfy { all[$0] == 0 })
  }

  /// Paddings that make the output smaller than, as large as, and larger than the input.
  @Test("Training uses it for large batches, forwards and backwards", arguments: [0, 1, 2])
  func training(padding: Int) {
    let x = Tensor.randn([4, 32, 13, 15], generator: Generator(seed: 8))
    let w = Tensor.randn([40, 32, 3, 3], generator: Generator(seed: 9))
    let bias = Tensor.randn([40], generator: Generator(seed: 10))
    func run(_ dtype: DType) -> [Tensor] {
      let leaves = [x, w, bias].map { $0.to(dtype).requiringGrad() }
      let y = leaves[0].conv2d(leaves[1], bias: leaves[2], padding: .all(padding))
      (y * y).sum().backward()
      return [y.detach()] + leaves.map { $0.grad! }
    }
    let problem = ConvolutionProblem(
      input: x.shape, weight: w.shape, output: [4, 40, 11 + 2 * padding, 13 + 2 * padding],
      settings: settings(Case(inputs: 32, outputs: 40, height: 13, width: 15, before: [padding, padding])),
      hasResidual: false, activation: nil)
    #expect(problem.trainingKind != nil)
    for (value, exact) in zip(run(.float32), run(.float64)) {
      let expected = exact.scalars(as: Double.self)
      // The sum of magnitudes of an element is at most some ten times the greatest of so many of them.
      expectClose(value, expected, exact.shape, tolerance: 2e-5 * (expected.lazy.map(abs).max() ?? 0))
    }
  }

  @Test("The result does not depend on the number of threads", arguments: kinds)
  func threads(rawKind: UInt32) {
    let kind = lucid_winograd_kind(rawKind)
    var shape = lucid_winograd_shape(
      batch: 2, inputs: 32, outputs: 48, height: 27, width: 27, top: 1, left: 1, out_height: 27, out_width: 27)
    let x = Tensor.randn([2 * 32 * 27 * 27], generator: Generator(seed: 4)).scalars(as: Float.self)
    let w = Tensor.randn([48 * 32 * 9], generator: Generator(seed: 5)).scalars(as: Float.self)
    var packed = [Float](repeating: 0, count: lucid_winograd_weight_count(kind, 32, 48))
    lucid_winograd_pack(kind, 32, 48, w, false, &packed)
    let results = [1, 2, 3, 16].map { threads in
      var y = [Float](repeating: 0, count: 2 * 48 * 27 * 27)
      var scratch = [Float](repeating: 0, count: lucid_winograd_scratch_count(kind, &shape, threads))
      lucid_winograd(kind, &shape, x, packed, nil, nil, LUCID_WINOGRAD_IDENTITY, 0, 0, false, &y, &scratch, threads)
      return y
    }
    #expect(results.allSatisfy { $0 == results[0] } && results[0].contains { $0 != 0 })
  }

  @Test("Transformed for it, a weight computes the gradient of a convolution's input", arguments: kinds)
  func gradient(rawKind: UInt32) {
    let kind = lucid_winograd_kind(rawKind)
    let w = Tensor.randn([24, 16, 3, 3], generator: Generator(seed: 6))
    let gradient = Tensor.randn([2, 24, 9, 7], generator: Generator(seed: 7))
    let turned = w.permute(1, 0, 2, 3).flip(dim: 2, 3).contiguous()
    let c = Case(batch: 2, inputs: 24, outputs: 16, height: 9, width: 7)
    let y = winograd(gradient, w, c, kind, forGradient: true)
    let (expected, magnitude) = reference(gradient, turned, c)
    expectClose(y, expected, shape(c), tolerance: 2e-6 * magnitude)
  }
}
