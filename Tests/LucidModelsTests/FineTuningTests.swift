import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidWeights
import Testing

/// The spec's example of fine-tuning, as it is written there.
@Suite struct FineTuningTests {
  @Test func onlyTheNewHeadIsMismatchedAndOnlyItChanges() throws {
    let published = ResNet50().stateDict()
    let student = ResNet50()
    try student.load(published)
    student.fc = Linear(student.fc.inFeatures, 10)
    let report = try student.load(published, strict: false)
    #expect(report.mismatched == ["fc.weight", "fc.bias"])
    #expect(report.missing == [] && report.unexpected == [])
    #expect(report.loaded.count == published.count - 2)
    student.freeze()
    student.fc.unfreeze()

    let before = try bits(student.stateDict())
    let optimizer = SGD(student, learningRate: 0.1, momentum: 0.9)
    student.eval()
    student.fc.train()
    let loss = student.forward(Filler.input([2, 3, 64, 64])).crossEntropy(Tensor([3, 7]))
    loss.backward()
    optimizer.step()
    let after = try bits(student.stateDict())
    #expect(after.keys.filter { after[$0] != before[$0] }.sorted() == ["fc.bias", "fc.weight"])
    #expect(student.parameters().filter { $0.grad != nil }.count == 2)
  }
}
