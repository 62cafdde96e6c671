import Lucid

/// Parameters that a person named, for a model: published ones, or a file's.
struct NetworkParameters {
  private enum Source {
    case published(CatalogWeight)
    case file(String)
  }

  private let entry: CatalogModel
  private let source: Source

  /// Parameters by a checkpoint's name or tag, or by a path. Throws ``LucidError`` where no checkpoint of the model has the
  /// name; `doing` says what for.
  init(_ text: String, of entry: CatalogModel, doing: String) throws {
    self.entry = entry
    source = Classifier.isPath(text) ? .file(text) : .published(try entry.checkpoint(typed: text, doing: doing))
  }

  /// The network for them, still with random ones; `classes` is for files, of which nobody knows.
  func makeNetwork(classes: Int = 1000) -> any PretrainedModel {
    switch source {
    case .published(let checkpoint): entry.makeModel(for: checkpoint)
    case .file: entry.makeModel(numClasses: classes)
    }
  }

  /// Fetches them where necessary, and loads them strictly.
  func load(into network: any PretrainedModel) async throws {
    switch source {
    case .published(let checkpoint):
      try network.load(try await fetching { try await checkpoint.stateDict(progress: $0) })
    case .file(let path):
      try network.load(
        StateDict(contentsOf: path).withoutDataParallelPrefix(), from: path, into: entry.typeName,
        advice: "Check that the file is of this model, and that --classes is as many as it has classes.")
    }
  }
}
