import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// Gradients kept small.
@Suite struct GradientClippingTests {
  private func parameters(_ gradients: [[Float]?]) -> [Parameter] {
    gradients.map { gradient in
      let parameter = Parameter(.zeros([gradient?.count ?? 3]))
      parameter.grad = gradient.map { Tensor($0) }
      return parameter
    }
  }

  @Test func byTheNormOfAll() {
    let parameters = parameters([[3, 0], nil, [0, 4]])
    #expect(parameters.gradNorm() == 5)
    #expect(parameters.clipGradNorm(10) == 5)
    #expect(parameters[0].grad?.scalars() == [3, 0] as [Float])
    #expect(parameters.clipGradNorm(1) == 5)
    expectClose(parameters[0].grad!, [3 / 5.000001, 0], tolerance: 1e-7)
    expectClose(parameters[2].grad!, [0, 4 / 5.000001], tolerance: 1e-7)
    #expect(parameters[1].grad == nil)
  }

  @Test func theNormOfManyDoesNotOverflow() {
    let parameter = Parameter(.zeros([100_003]))
    parameter.grad = .full([100_003], 1e25)
    #expect(abs([parameter].gradNorm() / (Double(Float(1e25)) * 100_003.0.squareRoot()) - 1) < 1e-12)
  }

  @Test func aGradientThatIsNotFiniteIsSeen() {
    #expect(parameters([[.infinity, 1]]).clipGradNorm(1) == .infinity)
    let parameters = parameters([[.nan, 1]])
    #expect(parameters.clipGradNorm(1).isNaN && parameters[0].grad![1].item(as: Float.self).isNaN)
  }

  @Test func byValue() {
    let parameters = parameters([[-3, 0.25, 2, .nan], nil])
    let copy = parameters[0].grad!
    parameters.clipGradValue(0.5)
    let clipped = parameters[0].grad!.scalars(as: Float.self)
    #expect(Array(clipped.prefix(3)) == [-0.5, 0.25, 0.5] && clipped[3].isNaN)
    #expect(copy[0].item(as: Float.self) == -3, "a copy of the gradient changed")
  }
}
