// swift-tools-version: 6.1
import PackageDescription

/// The house, bottom to top. Imports run one way only (scripts/check-imports fails on any other):
///
///     COneDNN, CLucidKernels -> LucidTensor -> { LucidNN | LucidWeights | LucidVision } -> LucidModels -> Lucid -> LucidCLI
let package = Package(
  name: "lucid",
  products: [
    .library(name: "Lucid", targets: ["Lucid"]),
    .executable(name: "lucid", targets: ["LucidCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CImageCodecs", providers: [.apt(["libjpeg-dev", "libpng-dev", "libwebp-dev"])]),
    .target(name: "CLucidKernels", linkerSettings: [.linkedLibrary("gomp", .when(platforms: [.linux]))]),

    .target(name: "LucidTensor", dependencies: ["COneDNN", "CLucidKernels"]),
    .target(name: "LucidNN", dependencies: ["LucidTensor"]),
    .target(name: "LucidWeights", dependencies: ["LucidTensor", "CCurl", "CCrypto"]),
    .target(name: "LucidVision", dependencies: ["LucidTensor", "CImageCodecs"]),
    .target(name: "LucidModels", dependencies: ["LucidNN", "LucidWeights", "LucidVision"]),
    .target(name: "Lucid", dependencies: ["LucidModels"]),
    .executableTarget(
      name: "LucidCLI",
      dependencies: ["Lucid", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .target(name: "LucidTesting", dependencies: ["LucidTensor", "CCrypto"], path: "Tests/LucidTesting"),
    .testTarget(name: "LucidTestingTests", dependencies: ["LucidTensor", "LucidTesting"]),
    .testTarget(name: "LucidTensorTests", dependencies: ["LucidTensor", "LucidTesting"]),
    .testTarget(name: "LucidNNTests", dependencies: ["LucidNN", "LucidTesting"]),
    .testTarget(name: "LucidWeightsTests", dependencies: ["LucidWeights", "LucidTesting"]),
    .testTarget(name: "LucidVisionTests", dependencies: ["LucidVision", "LucidTesting"]),
  ],
  swiftLanguageModes: [.v6]
)
