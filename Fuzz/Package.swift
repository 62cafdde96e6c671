// swift-tools-version: 6.1
import PackageDescription

/// Coverage-guided fuzzing of the readers of files: `scripts/fuzz SECONDS` builds and runs each target.
///
/// A package of its own, since libFuzzer brings its own `main` and all code is built with its instrumentation.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "lucid", path: "..")],
  targets: ["FuzzSafetensors", "FuzzTorch", "FuzzNumPy", "FuzzKeyMap"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "Lucid", package: "lucid")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  },
  swiftLanguageModes: [.v6]
)
