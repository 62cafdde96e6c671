import LucidTensor

extension WeightResolver {
  /// The parameters in a checkpoint's file under the model's names, whichever of its sources the file is from; else as
  /// ``resolve(_:name:progress:)``.
  public func stateDict(
    for entry: WeightEntry, name: String, progress: ProgressHandler? = nil
  ) async throws -> StateDict {
    let file = try await resolve(entry.sources, name: name, progress: progress)
    let source = entry.sources.first { $0.digest.matches(file.sha256) }
    return try StateDict(contentsOf: file.path).renamed(source?.keyRules ?? [])
  }
}
