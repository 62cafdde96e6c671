import Foundation
import PackagePlugin

/// Turns each `*.weights.json` of a target into Swift: an enum for each model whose cases are its checkpoints, which the
/// factories accept. See Documentation/WeightsManifest.md for the manifest, Examples/Garden for a package that does so.
@main
struct LucidWeightsPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let module = target as? SwiftSourceModuleTarget else { return [] }
    let generator = try context.tool(named: "LucidGenerator")
    let suffix = ".weights.json"
    return module.sourceFiles.map(\.url).filter { $0.lastPathComponent.hasSuffix(suffix) }.map { manifest in
      let family = manifest.lastPathComponent.dropLast(suffix.count)
      let output = context.pluginWorkDirectoryURL.appending(path: "\(family)+Weights.swift")
      return .buildCommand(
        displayName: "Writing the enums of \(manifest.lastPathComponent)", executable: generator.url,
        arguments: [manifest.path, "--output", output.path, "--import", "Lucid", "--access", "internal"],
        inputFiles: [manifest], outputFiles: [output])
    }
  }
}
