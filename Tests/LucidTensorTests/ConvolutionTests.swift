import LucidTensor
import LucidTesting
import Testing

@Suite struct ConvolutionTests {
  @Test func onesOverOnesCountTheWindow() {
    let x = Tensor.ones([1, 1, 4, 4])
    let y = x.conv2d(.ones([1, 1, 3, 3]), padding: .all(1))
    expectClose(y, [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4], [1, 1, 4, 4])
  }

  @Test func blockedOrderIsInvisible() {
    let x = Tensor.randn([2, 32, 9, 7], generator: Generator(seed: 1))
    let w = Tensor.randn([48, 32, 3, 3], generator: Generator(seed: 2))
    let y = x.conv2d(w, padding: .all(1)).relu()
    var worst: Float = 0
    let (xs, ws, ys) = (x.scalars(as: Float.self), w.scalars(as: Float.self), y.scalars(as: Float.self))
    for n in 0..<2 {
      for o in [0, 17, 47] {
        for i in 0..<9 {
          for j in 0..<7 {
            var sum = 0.0
            for c in 0..<32 {
              for k in 0..<3 {
                for l in 0..<3 {
                  let (p, q) = (i + k - 1, j + l - 1)
                  if p >= 0, p < 9, q >= 0, q < 7 {
                    sum += Double(xs[((n * 32 + c) * 9 + p) * 7 + q]) * Double(ws[((o * 32 + c) * 3 + k) * 3 + l])
                  }
                }
              }
            }
            worst = max(worst, abs(ys[((n * 48 + o) * 9 + i) * 7 + j] - Float(max(sum, 0))))
          }
        }
      }
    }
    #expect(worst < 1e-4)
  }
}
