// swift-tools-version: 6.1
import PackageDescription

/// Coverage-guided fuzzing of the readers of files: `scripts/fuzz SECONDS` builds and runs each target.
///
/// A package of its own, since libFuzzer brings its own `main` and all code is built with its instrumentation.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "lucid", path: "..")],
  targets: [.target(name: "CFuzzer")]
    + ["FuzzSafetensors", "FuzzTorch", "FuzzNumPy", "FuzzKeyMap"].map { name in
      .executableTarget(name: name, dependencies: ["CFuzzer", .product(name: "Lucid", package: "lucid")])
    },
  swiftLanguageModes: [.v6]
)
