import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// Gradients of losses against PyTorch's, and training with them.
@Suite struct LossGradientTests {
  @Test(arguments: LossCase.all) func gradientsArePyTorchs(_ test: LossCase) throws {
    let x = test.arguments[0].requiringGrad()
    let loss = try test.loss(of: x)
    loss.backward(gradient: .ones(loss.shape))
    let gradient = try #require(x.grad)
    let largest = test.gradient.values().reduce(0.0) { max($0, abs($1)) }
    expectClose(
      gradient, test.gradient.values(), Shape(test.gradient.shape),
      tolerance: max(test.gradientTolerance, LossCase.exponentialError * largest), test.testDescription)
  }

  @Test func inFloat64() throws {
    let (logits, labels) = (Tensor([0.5, -1, 2, 1, 0, 3], [2, 3]), Tensor([2, 0]))
    let x = logits.requiringGrad()
    let loss = x.crossEntropy(labels, labelSmoothing: 0.1)
    #expect(loss.dtype == .float64)
    loss.backward()
    let gradient = try #require(x.grad).scalars(as: Double.self)
    let h = 1e-5
    for index in 0..<6 {
      func moved(_ step: Double) -> Double {
        var numbers = logits.scalars(as: Double.self)
        numbers[index] += step
        return Tensor(numbers, [2, 3]).crossEntropy(labels, labelSmoothing: 0.1).item()
      }
      // A central difference is off by h² / 6 times the third derivative, below 1, and by rounding over h.
      #expect(abs((moved(h) - moved(-h)) / (2 * h) - gradient[index]) < h * h / 6 + 8 * 0x1p-52 / h)
    }
  }

  @Test func aClassifierLearns() {
    let model = Sequential(
      Linear(2, 16, generator: Generator(seed: 1)), ReLU(), Linear(16, 3, generator: Generator(seed: 2)))
    let x = Tensor.randn([96, 2], generator: Generator(seed: 3))
    // The class is the number of coordinates above 0, which no line divides.
    let labels = (x .> 0).to(.int64).sum(dim: 1)
    let optimizer = AdamW(model.parameterGroups(learningRate: 0.05, weightDecay: 0.01))
    let schedule = Schedule.linearWarmup(steps: 10, from: 0.1).then(.cosine(steps: 190), at: 10)
    for step in 0..<200 {
      schedule.apply(to: optimizer, step: step)
      optimizer.zeroGrad()
      model(x).crossEntropy(labels).backward()
      model.parameters().clipGradNorm(1)
      optimizer.step()
    }
    var accuracy = Accuracy(topK: [1])
    accuracy.add(model(x), labels: labels)
    #expect(accuracy.top(1)! > 0.95)
  }
}
