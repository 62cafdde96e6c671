import Foundation
import LucidNN
import LucidTensor
import LucidTesting
import Testing

@Suite struct LayerTests {
  /// Three training steps of PyTorch's layer; see scripts/fixtures/batch_norm.py.
  private struct BatchNormSteps: Decodable {
    struct Step: Decodable {
      let input: [Double]
      let output: [Double]
      let mean: [Double]
      let variance: [Double]
      let batches: Int
    }
    let weight: [Double]
    let bias: [Double]
    let steps: [Step]
    let evaluated: [Double]
  }

  @Test func batchNormKeepsPyTorchsStatistics() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/batch_norm", withExtension: "json"))
    let fixture = try JSONDecoder().decode(BatchNormSteps.self, from: Data(contentsOf: url))
    let layer = BatchNorm2d(3, eps: 1e-3, momentum: 0.3)
    layer.weight.value = Tensor(fixture.weight).to(.float32)
    layer.bias.value = Tensor(fixture.bias).to(.float32)
    var x = Tensor.zeros([])
    // Float32 statistics of 16 numbers below 12: a few units in the last place of the largest square.
    for step in fixture.steps {
      x = Tensor(step.input, [2, 3, 4, 2]).to(.float32)
      expectClose(layer(x), step.output, [2, 3, 4, 2], tolerance: 2e-6)
      expectClose(layer.runningMean.value, step.mean, [3], tolerance: 1e-6)
      expectClose(layer.runningVar.value, step.variance, [3], tolerance: 1e-5)
      #expect(layer.numBatchesTracked.value.item(as: Int.self) == step.batches)
      #expect(layer.numBatchesTracked.value.type == TensorType([], .int64))
    }
    expectClose(layer.eval()(x), fixture.evaluated, tolerance: 2e-6)
    #expect(layer.numBatchesTracked.value.item(as: Int.self) == 3, "eval() counted a batch")
  }

  @Test func dropoutOnlyWhileTraining() {
    let layer = Dropout(0.5, generator: Generator(seed: 3))
    let x = Tensor.ones([1000])
    let dropped = layer(x).scalars(as: Float.self)
    #expect(Set(dropped) == [0, 2])
    #expect(layer(x).scalars(as: Float.self) != dropped, "two calls dropped the same")
    #expect(layer.eval()(x).scalars(as: Float.self) == x.scalars(as: Float.self))
    #expect(Set(layer.train()(x).scalars(as: Float.self)) == [0, 2])
  }

  @Test func activationsAreTheFunctions() {
    let x = Tensor.randn([3, 4], generator: Generator(seed: 1)) * 3
    for (layer, expected) in [
      (ReLU(), x.relu()), (ReLU6(), x.relu6()), (SiLU(), x.silu()), (GELU(), x.gelu()),
      (GELU(tanh: true), x.gelu(tanh: true)), (Hardswish(), x.hardSwish()), (Hardsigmoid(), x.hardSigmoid()),
      (Sigmoid(), x.sigmoid()), (Tanh(), x.tanh()), (LeakyReLU(0.2), x.leakyRelu(0.2)),
      (Softmax(dim: 0), x.softmax(dim: 0)), (LogSoftmax(), x.logSoftmax(dim: -1)),
    ] {
      #expect(layer(x).scalars(as: Float.self) == expected.scalars(as: Float.self), "\(layer)")
    }
  }

  @Test func poolingLayersAreTheFunctions() {
    let x = Tensor.randn([1, 2, 7, 7], generator: Generator(seed: 2))
    func expectSame(_ a: Tensor, _ b: Tensor) {
      #expect(a.shape == b.shape && a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
    expectSame(MaxPool2d(2)(x), x.maxPool2d(kernel: (2, 2)))
    expectSame(
      MaxPool2d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true)(x),
      x.maxPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), dilation: (2, 2), ceilMode: true))
    expectSame(
      AvgPool2d(3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false)(x),
      x.avgPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1), ceilMode: true, countIncludePad: false))
    expectSame(AdaptiveAvgPool2d(3, 2)(x), x.adaptiveAvgPool2d(3, 2))
    expectSame(AdaptiveMaxPool2d(3, 2)(x), x.adaptiveMaxPool2d(3, 2))
    expectSame(Upsample(scaleFactor: 2, mode: .bilinear)(x), x.interpolate(height: 14, width: 14, mode: .bilinear))
    expectSame(Flatten()(x), x.reshape(1, 98))
    expectSame(Identity()(x), x)
  }

  @Test func layerNormAndLinear() {
    let norm = LayerNorm([2, 3], eps: 1e-3)
    let x = Tensor.randn([4, 2, 3], generator: Generator(seed: 5))
    #expect(norm(x).scalars(as: Float.self) == x.layerNorm([2, 3], epsilon: 1e-3).scalars(as: Float.self))
    #expect(Linear(3, 5)(x).shape == [4, 2, 5])
  }
}
