import LucidTensor

extension WeightResolver {
  /// The parameters in a checkpoint's file under the model's names, whichever of its sources the file is from; else as
  /// ``resolve(_:name:progress:)``. One that is part of the program is read from there: no disk is asked.
  public func stateDict(
    for entry: WeightEntry, name: String, progress: ProgressHandler? = nil
  ) async throws -> StateDict {
    if let fault = environment.fault { throw fault }
    for source in try environment.locked(name, entry.sources) {
      guard case .embedded(let file) = source.location else { continue }
      return try StateDict(checkpoint: file.verifiedBytes(for: source), named: file.name).renamed(source.keyRules)
    }
    let file = try await resolve(entry.sources, name: name, progress: progress)
    let source = entry.sources.first { $0.digest.matches(file.sha256) }
    return try StateDict(contentsOf: file.path).renamed(source?.keyRules ?? [])
  }
}
