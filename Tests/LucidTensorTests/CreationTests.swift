import LucidTensor
import LucidTesting
import Testing

@Suite struct CreationTests {
  @Test func constants() {
    #expect(Tensor.zeros([2, 2]).scalars(as: Float.self) == [0, 0, 0, 0])
    #expect(Tensor.ones([3], dtype: .bool).scalars(as: Bool.self) == [true, true, true])
    #expect(Tensor.full([2], 1.5, dtype: .bfloat16).scalars(as: Float.self) == [1.5, 1.5])
    #expect(Tensor.full([], 3, dtype: .int8).item(as: Int.self) == 3)
    #expect(Tensor.full([0, 4], 1).shape == [0, 4])
    #expect(Tensor([[Float]]().flatMap { $0 }).shape == [0])
  }

  @Test func ranges() {
    #expect(Tensor.arange(to: 4).scalars(as: Float.self) == [0, 1, 2, 3])
    #expect(Tensor.arange(1, to: 2, step: 0.25).scalars(as: Float.self) == [1, 1.25, 1.5, 1.75])
    #expect(Tensor.arange(3, to: 0, step: -1, dtype: .int64).scalars(as: Int.self) == [3, 2, 1])
    #expect(Tensor.arange(3, to: 0).shape == [0] && Tensor.arange(to: 0).shape == [0])
    #expect(Tensor.arange(to: 2.5, dtype: .int32).scalars(as: Int.self) == [0, 1, 2])
  }

  @Test func evenlySpaced() {
    expectClose(.linspace(-1, 1, count: 5), [-1, -0.5, 0, 0.5, 1], [5], tolerance: 0)
    #expect(Tensor.linspace(2, 9, count: 1).scalars(as: Float.self) == [2])
    #expect(Tensor.linspace(2, 9, count: 0).shape == [0])
    #expect(Tensor.linspace(0, 0.1, count: 7, dtype: .float64).scalars(as: Double.self).last == 0.1)
  }

  @Test func identity() {
    #expect(Tensor.eye(2).scalars(as: Float.self) == [1, 0, 0, 1])
    #expect(Tensor.eye(0).shape == [0, 0] && Tensor.eye(3, dtype: .int8).dtype == .int8)
  }

  @Test func descriptions() {
    #expect("\(Tensor([1.5, -2] as [Float]))" == "Tensor([2], float32, [1.5, -2.0])")
    #expect("\(Tensor(7))" == "Tensor([], int64, [7])")
    #expect("\(Tensor([true, false]))" == "Tensor([2], bool, [true, false])")
    #expect(
      "\(Tensor.arange(to: 10, dtype: .uint8).reshape(2, 5))" == "Tensor([2, 5], uint8, [0, 1, 2, 3, 4, 5, 6, 7, …])")
    #expect("\(Tensor(1e300))" == "Tensor([], float64, [1e+300])")
    #expect("\(Tensor.arange(to: 4).reshape(2, 2).T)" == "Tensor([2, 2], float32, [0.0, 2.0, 1.0, 3.0])")
    #expect("\(TensorType([1, 2], .int8))" == "int8[1, 2]" && "\(Device.cpu) \(Device.gpu(1))" == "cpu gpu:1")
  }

  @Test func aMissingDeviceIsRefusedWithTheReason() throws {
    let x = Tensor([1, 2] as [Float])
    #expect(try x.to(.cpu).storage === x.storage)
    #expect(Device.cpu.isAvailable && !Device.gpu.isAvailable)
    let error = #expect(throws: LucidError.self) { try x.to(.gpu) }
    #expect(error?.code == .deviceUnavailable)
    #expect(error?.description.contains("no GPU backend") == true)
  }
}
