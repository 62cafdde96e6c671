// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "garden",
  dependencies: [.package(name: "lucid", path: "../..")],
  targets: [
    .executableTarget(
      name: "Garden", dependencies: [.product(name: "Lucid", package: "lucid")],
      plugins: [.plugin(name: "LucidWeightsPlugin", package: "lucid")])
  ],
  swiftLanguageModes: [.v6]
)
