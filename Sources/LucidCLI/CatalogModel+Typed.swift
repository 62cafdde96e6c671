import Lucid

extension CatalogModel {
  /// The checkpoint of this model that a person names, in full or by its tag alone.
  func checkpoint(typed text: String, doing: String) throws -> CatalogWeight {
    if let checkpoint = weights(tagged: text) { return checkpoint }
    guard let (owner, checkpoint) = try? WeightCatalog.builtIn.weights(named: text) else {
      // A name with a model in it is wrong as it is; another is a tag, and so is looked for among this model's.
      let isQualified = text.contains { ".:".contains($0) }
      return try WeightCatalog.builtIn.weights(named: isQualified ? text : "\(name).\(text)").weights
    }
    guard owner.name == name else {
      throw LucidError(
        .invalidInput, doing: doing, problem: "\(checkpoint.name) are parameters of \(owner.typeName)",
        advice: "Its own are \(weights.map(\.name).joined(separator: ", ")).")
    }
    return checkpoint
  }
}
