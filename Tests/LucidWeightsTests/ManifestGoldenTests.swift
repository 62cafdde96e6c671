import Foundation
import Testing

@testable import LucidGenerator

/// The files that the manifest tests read.
enum ManifestFixtures {
  static func data(_ name: String) throws -> Data {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try Data(contentsOf: folder.appendingPathComponent(name))
  }

  static func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

  /// The folder of the package.
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Runs `body` with a new folder that is gone afterwards.
  static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lucid-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}

@Suite("Generated Swift")
struct ManifestGoldenTests {
  @Test("A manifest that uses every key becomes exactly this", arguments: SwiftEmitter.Access.allCases)
  func golden(access: SwiftEmitter.Access) throws {
    let manifest = try ManifestReader.read(ManifestFixtures.data("Birds.weights.json"), file: "Birds.weights.json")
    let text = SwiftEmitter(access: access, module: "LucidWeights").text(manifest, source: "Birds.weights.json")
    var expected = try ManifestFixtures.text("Birds+Weights.swift.txt")
    if access == .internal { expected = expected.replacingOccurrences(of: "public ", with: "") }
    #expect(text == expected)
  }

  @Test("The families' catalogues are joined in one")
  func joined() {
    let text = SwiftEmitter(access: .internal, module: "Lucid").joined(families: ["VGG", "ResNet"])
    #expect(
      text == """
        // Made by lucid-generate; do not edit.

        import Lucid

        extension WeightCatalog {
          /// Every model and checkpoint that comes with Lucid.
          static let builtIn: WeightCatalog = WeightCatalog(families: [
            vgg,
            resNet,
          ])
        }

        """)
  }

  @Test("Text from a manifest stays text")
  func escapes() {
    #expect(SwiftText.literal("a\"b\\(c)\n\u{0}é") == #""a\"b\\(c)\n\u{0}é""#)
    #expect(SwiftText.doc(["a\n}  b"], indent: 2) == "  /// a } b\n")
    #expect(SwiftText.longLiteral("\"\"\" \\(x)", indent: 2) == "\"\"\"\n  \\\"\\\"\\\" \\\\(x)\n  \"\"\"")
  }

  @Test("Numbers keep their digits", arguments: [(81.886, "81.886"), (127, "127"), (1.0 / 255, "0.00392156862745098")])
  func numbers(number: Double, text: String) {
    #expect(SwiftText.literal(number) == text)
    #expect(Double(text) == number)
  }

  @Test(
    "Thousands are marked from seven digits on",
    arguments: [(7, "7"), (999_999, "999999"), (1_000_000, "1_000_000"), (138_357_544, "138_357_544")])
  func integers(number: Int, text: String) {
    #expect(SwiftText.literal(number) == text)
  }
}
