import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import LucidWeights
import Testing

/// The spec's example of fine-tuning, and README's, as they are written there.
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

  @Test func aFolderOfPicturesBecomesAClassifier() async throws {
    let folder = try Scratch()
    var random = RandomStream(7)
    for (place, name) in ["robin", "wren"].enumerated() {
      for index in 0..<12 {
        let image = Image(
          Tensor(shape: [1, 28, 28], of: UInt8.self) { pixels in
            for pixel in 0..<784 { pixels[pixel] = UInt8(random.below(100)) + (pixel / 392 == place ? 120 : 0) }
          })
        try folder.write("birds/\(name)/\(index).png", image.pngData())
      }
    }

    let weights = LeNet5Weights.mnist5K
    let birds = try ImageFolder(folder.path("birds")).split(validation: 0.25, seed: 0)
    let student = try await LeNet5(weights: weights)
    student.replaceHead(classes: birds.training.classes.count)
    var settings = TrainingSettings()
    (settings.epochs, settings.freezesBackbone, settings.unfreezeAfter) = (4, true, 2)
    settings.learningRate = 0.01
    let augmentation = TrainingPreprocessing.plain(for: weights.preprocessing)
    let trainer = Trainer(
      student, training: DataLoader(birds.training, augmentation, batchSize: 4, shuffles: true),
      validation: DataLoader(birds.validation, weights.preprocessing, batchSize: 4), settings: settings,
      checkpoint: folder.path("training.safetensors"))
    var epochs: [EpochRecord] = []
    try await trainer.run { if case .epoch(let epoch, _) = $0 { epochs.append(epoch) } }
    var parameters = student.stateDict()
    ModelCard(
      model: "lenet_5", categories: birds.training.classes, preprocessing: try #require(weights.entry.preprocessing)
    ).write(to: &parameters.metadata)
    try parameters.write(to: folder.path("birds.safetensors"))

    #expect(epochs.map(\.isBackboneFrozen) == [true, true, false, false])
    let classifier = try Classifier(contentsOf: folder.path("birds.safetensors"))
    let x = try classifier.preprocessing(Image(contentsOf: folder.path("birds/wren/0.png")))
    #expect(classifier.categories[classifier.model.classify(x).top1] == "wren")
  }
}
