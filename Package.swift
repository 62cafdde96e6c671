// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// The weight manifests in a target's folder, which lucid-generate has turned into Swift: a new family adds its own to no
/// list.
func manifests(in folder: String) -> [String] {
  let files = FileManager.default.enumerator(atPath: "\(Context.packageDirectory)/\(folder)")
  return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".weights.json") }.sorted()
}

/// The house, bottom to top. Imports run one way only (scripts/check-imports fails on any other):
///
///     COneDNN, CLucidKernels -> LucidTensor -> { LucidNN | LucidWeights | LucidVision } -> LucidModels -> Lucid -> LucidCLI
let package = Package(
  name: "lucid",
  products: [
    .library(name: "Lucid", targets: ["Lucid"]),
    .executable(name: "lucid", targets: ["LucidCLI"]),
    .executable(name: "lucid-generate", targets: ["LucidGenerator"]),
    .plugin(name: "LucidWeightsPlugin", targets: ["LucidWeightsPlugin"]),
    .executable(name: "lucid-bench", targets: ["LucidBenchmarks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CFileSystem"),
    .target(  // in C because libjpeg and libpng report errors by longjmp; apt: libjpeg-dev, libpng-dev, libwebp-dev
      name: "CImageCodecs",
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"), .linkedLibrary("webpdemux"),
      ]),
    .target(name: "CLucidKernels", linkerSettings: [.linkedLibrary("gomp", .when(platforms: [.linux]))]),

    .target(name: "LucidTensor", dependencies: ["COneDNN", "CLucidKernels"]),
    .target(name: "LucidNN", dependencies: ["LucidTensor"]),
    .target(name: "LucidWeights", dependencies: ["LucidTensor", "CCurl", "CCrypto", "CZlib", "CFileSystem"]),
    .target(name: "LucidVision", dependencies: ["LucidTensor", "CImageCodecs"]),
    .target(
      name: "LucidModels", dependencies: ["LucidNN", "LucidWeights", "LucidVision"],
      exclude: manifests(in: "Sources/LucidModels")),
    .target(name: "Lucid", dependencies: ["LucidModels"]),
    .executableTarget(
      name: "LucidCLI",
      dependencies: ["Lucid", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .executableTarget(name: "LucidGenerator"),
    .plugin(name: "LucidWeightsPlugin", capability: .buildTool(), dependencies: ["LucidGenerator"]),
    .executableTarget(name: "LucidBenchmarks", dependencies: ["Lucid"], path: "Benchmarks/Sources"),

    .target(
      name: "LucidTesting", dependencies: ["LucidTensor", "LucidNN", "LucidWeights", "CCrypto"],
      path: "Tests/LucidTesting"),
    .testTarget(name: "LucidTestingTests", dependencies: ["LucidTensor", "LucidTesting"]),
    .testTarget(
      name: "LucidTensorTests", dependencies: ["LucidTensor", "LucidTesting"], resources: [.copy("Fixtures")]),
    .testTarget(name: "LucidNNTests", dependencies: ["LucidNN", "LucidTesting"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LucidWeightsTests", dependencies: ["LucidWeights", "LucidGenerator", "LucidTesting"],
      resources: [.copy("Fixtures"), .copy("Files/FileFixtures")]),
    .testTarget(
      name: "LucidVisionTests", dependencies: ["LucidVision", "LucidTesting"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LucidModelsTests", dependencies: ["LucidModels", "LucidTesting"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LucidCLITests", dependencies: ["LucidCLI", "LucidGenerator", "Lucid", "LucidTesting"]),
  ],
  swiftLanguageModes: [.v6]
)
