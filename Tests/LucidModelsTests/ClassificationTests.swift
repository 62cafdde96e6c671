import LucidModels
import LucidNN
import LucidTensor
import Testing

@Suite struct ClassificationTests {
  /// Passes `[N, C, 1, 1]` on as logits `[N, C]`.
  private final class Logits: Module {
    override func forward(_ x: Tensor) -> Tensor { x.flatten(startDim: 1) }
  }

  @Test func ranksTheClassesOfOneInput() {
    let result = Logits().classify(Tensor([0, 2, 1] as [Float], [3, 1, 1]), top: 2)
    #expect(result.top1 == 1)
    #expect(result.classes == [1, 2])
    #expect(abs(result.probabilities[0] - 0.66524096) < 1e-6)
    #expect(abs(result.probabilities[1] - 0.24472847) < 1e-6)
  }

  @Test func ranksEachInputOfABatch() {
    let batch = Tensor([0, 2, 1, 5, 4, 3] as [Float], [2, 3, 1, 1])
    #expect(Logits().classify(batch: batch).map(\.classes) == [[1, 2, 0], [0, 1, 2]])
  }

  @Test func showsNoMoreClassesThanThereAre() {
    #expect(Logits().classify(.zeros([4, 1, 1]), top: 10).classes == [0, 1, 2, 3])
  }
}
