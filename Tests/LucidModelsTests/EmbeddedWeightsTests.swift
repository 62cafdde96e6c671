import Foundation
import LucidModels
import LucidNN
import LucidTensor
import LucidTesting
import LucidVision
import LucidWeights
import Testing

/// Parameters that are part of the program.
@Suite struct EmbeddedWeightsTests {
  @Test func theyAreThereWithoutNetworkAndDisk() async throws {
    let model = try await LeNet5(weights: .mnist5K)
    #expect(!model.isTraining && model.parameterCount == 61_706)
    let folder = try Scratch()
    // There is no such folder, and none can be made below a file.
    try folder.write("file", Data())
    let resolver = WeightResolver(
      environment: FetchEnvironment(
        variables: ["HOME": folder.path, "LUCID_HOME": folder.path("file/home"), "LUCID_OFFLINE": "1"]))
    let stateDict = try await resolver.stateDict(for: LeNet5Weights.mnist5K.entry, name: "LeNet_5_Weights.MNIST5K")
    #expect(try bits(stateDict) == bits(model.stateDict()))
    #expect(folder.files(below: "") == ["file"])
  }

  @Test func theirFileCanBeHad() async throws {
    let folder = try Scratch()
    let resolver = WeightResolver(
      environment: FetchEnvironment(
        variables: ["HOME": folder.path, "LUCID_HOME": folder.path("home"), "LUCID_OFFLINE": "1"]))
    let source = try #require(LeNet5Weights.mnist5K.entry.sources.first)
    let file = try await resolver.resolve([source], name: "LeNet_5_Weights.MNIST5K")
    #expect(source.digest.matches(file.sha256) && file.byteCount == source.byteCount)
    #expect(try StateDict(contentsOf: file.path).count == 10)
  }

  @Test func anotherDigestIsRefused() async throws {
    let source = try #require(LeNet5Weights.mnist5K.entry.sources.first)
    let wrong = WeightSource(source.location, digest: .sha256(String(repeating: "0", count: 64)))
    let folder = try Scratch()
    let resolver = WeightResolver(
      environment: FetchEnvironment(variables: ["HOME": folder.path, "LUCID_HOME": folder.path("home")]))
    let error = await #expect(throws: LucidError.self) {
      try await resolver.stateDict(for: WeightEntry(sources: [wrong]), name: "x")
    }
    #expect(try #require(error).code == .digestMismatch)
    let second = await #expect(throws: LucidError.self) { try await resolver.resolve([wrong], name: "x") }
    #expect(try #require(second).code == .digestMismatch)
  }

  /// A seven as a person draws one: the model is of use, and its preprocessing is that of its input.
  @Test func itReadsADigit() async throws {
    let model = try await LeNet5(weights: .mnist5K)
    let image = Image(
      Tensor(shape: [1, 28, 28], of: UInt8.self) { pixels in
        pixels.initialize(repeating: 0)
        for column in 7..<21 { for row in 6..<8 { pixels[row * 28 + column] = 250 } }
        for step in 0..<16 {
          for width in 0..<2 { pixels[(7 + step) * 28 + 19 - step * 5 / 10 + width] = 250 }
        }
      })
    let x = try LeNet5Weights.mnist5K.preprocessing(image)
    #expect(x.shape == [1, 28, 28])
    #expect(LeNet5Weights.mnist5K.meta.categories[model.classify(x).top1] == "7")
  }
}
