import LucidTensor
import LucidTesting
import Testing

/// Elements picked by number, for each place another one.
@Suite struct GatherElementsTests {
  private let x = Tensor((0..<24).map(Float.init), [2, 3, 4])

  @Test func picksAlongAnyDimension() {
    #expect(
      x.gather(dim: 1, Tensor([2, 0, 1, 1, 0, 0, 2, 2], [2, 1, 4])).scalars() == [8, 1, 6, 7, 12, 13, 22, 23] as [Float]
    )
    #expect(x.gather(dim: -1, Tensor([3, 0, 1], [1, 3, 1])).scalars() == [3, 4, 9] as [Float])
    let first = x.gather(dim: 0, Tensor([1, 0, 1, 0], [1, 2, 2]))
    #expect(first.shape == [1, 2, 2] && first.scalars() == [12, 1, 16, 5] as [Float])
    #expect(x.gather(dim: 1, .zeros([2, 0, 4], dtype: .int64)).shape == [2, 0, 4])
  }

  @Test func ofEveryType() {
    for dtype in DType.allCases {
      let y = x[0].to(dtype).gather(dim: 1, Tensor([1, 3, 0], [3, 1]))
      #expect(y.dtype == dtype && y.scalars(as: Float.self) == x[0].to(dtype).scalars(as: Float.self).picked(1, 7, 8))
    }
  }

  @Test func ofAView() {
    #expect(x[0].T.gather(dim: 0, Tensor([3, 2, 1], [1, 3])).scalars() == [3, 6, 9] as [Float])
  }

  @Test func gradientsGoBackToWhatWasPicked() {
    let x = x.requiringGrad()
    let y = x.gather(dim: 2, Tensor([1, 1, 0, 3, 3, 3, 2, 0, 1, 1, 1, 2], [2, 3, 2]))
    y.backward(gradient: Tensor((1...12).map(Float.init), [2, 3, 2]))
    expectClose(
      x.grad!, [0, 3, 0, 0, 3, 0, 0, 4, 0, 0, 0, 11, 8, 0, 7, 0, 0, 19, 0, 0, 0, 11, 12, 0], [2, 3, 4], tolerance: 0)
  }

  @Test func numbersOutOfRangeAreNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).gather(dim: 1, Tensor([3], [1, 1]))
    }
    expectMessage(result, naming: "gather", "3 is out of range", "[2, 3]")
  }

  @Test func anIndexThatDoesNotFitIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).gather(dim: 1, .zeros([3, 1], dtype: .int64))
    }
    expectMessage(result, naming: "gather", "[3, 1]", "[2, 3]")
  }
}

extension [Float] {
  fileprivate func picked(_ places: Int...) -> [Float] { places.map { self[$0] } }
}
