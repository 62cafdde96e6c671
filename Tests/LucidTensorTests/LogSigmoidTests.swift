import LucidTensor
import LucidTesting
import Testing

/// The logarithm of the sigmoid, where the sigmoid itself would be 0 or 1.
@Suite struct LogSigmoidTests {
  @Test func valuesAndGradients() {
    let x = Tensor([-200, -1, 0, 1, 200, -.infinity, .infinity] as [Float]).requiringGrad()
    let y = x.logSigmoid()
    let expected: [Double] = [
      -200, -1.3132616875182228, -0.6931471805599453, -0.31326168751822286, -1.3838965267367376e-87, -.infinity, 0,
    ]
    expectClose(y, expected, tolerance: 4 * 0x1p-23)
    y.backward(gradient: .ones(y.shape))
    expectClose(x.grad!, [1, 0.7310585786300049, 0.5, 0.2689414213699951, 0, 1, 0], tolerance: 4 * 0x1p-23)
    #expect(Tensor([0.5 as Float]).to(.float64).logSigmoid().dtype == .float64)
  }
}
