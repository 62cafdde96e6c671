import Foundation
import LucidTensor
import LucidTesting
import Testing

/// Every golden in the repository is whole, and the filler makes what its reference was filled with.
@Suite struct GoldenTests {
  static let files: [URL] = {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let folder = tests.appending(path: "LucidModelsTests/Fixtures/goldens")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { folder.appending(path: $0) }
  }()

  @Test func thereAreGoldens() { #expect(!Self.files.isEmpty) }

  @Test(arguments: files)
  func isWhole(file: URL) throws {
    let golden = try Golden(contentsOf: file)
    #expect(golden.builder == file.deletingPathExtension().lastPathComponent)
    #expect(Set(golden.stateDict.map(\.key)).count == golden.stateDict.count)
    #expect(golden.variants.first?.name == "default")
    for variant in golden.variants {
      #expect(variant.rows.count == variant.inputShape[0])
      for row in variant.rows {
        let order = row.logits.indices.sorted { row.logits[$0] > row.logits[$1] }
        #expect(row.logits.count == (golden.builder == "lenet5" ? 10 : 1000))
        #expect(Array(order.prefix(5)) == row.top5)
        #expect(row.tolerance < 1e-4 * row.largest)
      }
    }
  }

  @Test(arguments: files)
  func fillerMakesTheReferencesParameters(file: URL) throws {
    let golden = try Golden(contentsOf: file)
    let digest = Filler(gain: golden.gain).digest(golden.types)
    #expect(digest.sha256 == golden.filledSHA256)
    #expect(digest.elementCount == golden.filledElements)
  }

  @Test func filledStateDictHasTheKeysInOrder() throws {
    let file = try #require(Self.files.first { $0.lastPathComponent == "resnet18.json" })
    let golden = try Golden(contentsOf: file)
    let filled = golden.filledStateDict()
    #expect(filled.keys == golden.stateDict.map(\.key))
    #expect(filled.type(of: "conv1.weight") == TensorType([64, 3, 7, 7]))
    #expect(filled.type(of: "bn1.num_batches_tracked") == TensorType([], .int64))
    #expect(golden.stateDict[0].isBuffer == false && golden.stateDict[3].isBuffer)
  }

  @Test func publishedStridesAreKeptWhereNotRowMajor() throws {
    let file = try #require(Self.files.first { $0.lastPathComponent == "efficientnet_lite0.json" })
    let golden = try Golden(contentsOf: file)
    #expect(golden.stateDict[0].key == "_conv_stem.weight")
    #expect(golden.stateDict[0].strides == [1, 32, 288, 96])
    #expect(golden.stateDict[1].strides == nil)
    #expect(golden.variants.last?.usesPublishedWeights == true)
  }

  @Test(arguments: ["{", #"{"builder": "x"}"#])
  func brokenFilesThrow(text: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(throws: DecodingError.self) { try Golden(contentsOf: file) }
    #expect(throws: CocoaError.self) { try Golden("nothing", in: .main) }
  }
}
