import CLucidKernels
import LucidTensor
import Testing

@Suite("The kernel of depthwise blocks")
struct DepthwiseKernelTests {
  @Test("The kernel for any processor computes what the fastest one does")
  func kindsAgree() {
    guard lucid_depthwise_best() != LUCID_DEPTHWISE_PORTABLE else { return }
    // Filled by counting, so that every sum is exact in any order.
    let (inputs, hidden, outputs, size) = (16, 24, 40, 11)
    func numbers(_ count: Int, _ modulus: Int) -> [Float] { (0..<count).map { Float($0 * 7 % modulus - modulus / 2) } }
    let x = numbers(2 * inputs * size * size, 5)
    let (expand, depth, project) = (
      numbers(hidden * inputs, 3), numbers(hidden * 9, 3), numbers(outputs * hidden, 3)
    )
    let bias = numbers(40, 3)
    let limits = lucid_limits(low: -8, high: 8)
    let results = [LUCID_DEPTHWISE_PORTABLE, lucid_depthwise_best()].map { kind -> [Float] in
      bias.withUnsafeBufferPointer { bias in
        expand.withUnsafeBufferPointer { expand in
          depth.withUnsafeBufferPointer { depth in
            project.withUnsafeBufferPointer { project in
              var block = lucid_depthwise_block(
                batch: 2, inputs: inputs, hidden: hidden, outputs: outputs, height: size, width: size, out_height: 6,
                out_width: 6, kernel: 3, stride: 2, pad_top: 1, pad_left: 1, expanded: limits, filtered: limits,
                projected: limits, expand: expand.baseAddress, expand_bias: bias.baseAddress, depth: depth.baseAddress,
                depth_bias: bias.baseAddress, project: project.baseAddress, project_bias: bias.baseAddress)
              var y = [Float](repeating: .nan, count: 2 * outputs * 36)
              var scratch = [Float](repeating: 0, count: lucid_depthwise_scratch(&block) / 4)
              lucid_depthwise_run(kind, &block, x, nil, &y, &scratch)
              return y
            }
          }
        }
      }
    }
    #expect(results[0] == results[1])
    #expect(results[0].contains { $0 != 0 } && !results[0].contains { $0.isNaN })
  }
}
