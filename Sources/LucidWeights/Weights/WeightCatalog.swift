import LucidTensor

/// Models and their checkpoints by name, for names that a person types.
///
/// A catalogue knows no architecture; generated code fills it. A checkpoint is asked for as "model.tag", "model:tag" or
/// "model/tag", where the model goes by its name, its Swift type or its enum of weights; a model alone means its default
/// checkpoint. Case, `_`, `-` and spaces do not count, so these are one: "ResNet_18_Weights.IMAGENET1K_V1",
/// "ResNet18.IMAGENET1K_V1", "resnet18:imagenet1k_v1", "resnet-18".
public struct WeightCatalog: Sendable {
  /// The models, in the order given.
  public let models: [CatalogModel]
  private let indexByKey: [String: Int]

  /// A catalogue of these models; two that answer to one name trap.
  public init(_ models: [CatalogModel]) {
    var indexByKey: [String: Int] = [:]
    for (index, model) in models.enumerated() {
      for key in model.keys {
        if let other = indexByKey.updateValue(index, forKey: key) {
          preconditionFailure("the models \(models[other].name) and \(model.name) both answer to \"\(key)\"")
        }
      }
    }
    self.models = models
    self.indexByKey = indexByKey
  }

  /// A catalogue of the models of these families.
  public init(families: [[CatalogModel]]) { self.init(Array(families.joined())) }

  /// All checkpoints with their models, in the order of the models.
  public var allWeights: [(model: CatalogModel, weights: CatalogWeight)] {
    models.flatMap { model in model.weights.map { (model, $0) } }
  }

  /// The model that a person names, such as "resnet_18" or "ResNet18"; a tag after it is passed over.
  ///
  /// - Throws: ``LucidError`` with the code `unknown-name` and the nearest name.
  public func model(named name: String) throws(LucidError) -> CatalogModel {
    try model(NameMatching.split(name).first, doing: "finding the model \"\(name)\"")
  }

  /// The checkpoint that a person names, with its model.
  ///
  /// - Throws: ``LucidError`` with the code `unknown-name` and the nearest name, of a model where no model is named so,
  ///   of a tag where the model has no such checkpoint.
  public func weights(named name: String) throws(LucidError) -> (model: CatalogModel, weights: CatalogWeight) {
    let parts = NameMatching.split(name)
    let model = try model(parts.first, doing: "finding weights \"\(name)\"")
    let tag = parts.second.map(String.init) ?? "DEFAULT"
    if let weights = model.weights(tagged: tag) { return (model, weights) }
    throw .unknownTag(
      tag, of: model.name, tags: model.weights.flatMap { [$0.tag] + $0.aliases } + ["DEFAULT"], asked: name)
  }

  private func model(_ name: Substring, doing: String) throws(LucidError) -> CatalogModel {
    if let index = indexByKey[NameMatching.modelKey(name)] { return models[index] }
    if let owner = models.first(where: { $0.weights(tagged: name) != nil }), NameMatching.key(name) != "default" {
      throw LucidError(
        .unknownName, doing: doing, problem: "\"\(name)\" names weights, but not of which model",
        advice: "Put the model before it, as in \"\(owner.name).\(name)\".")
    }
    let names = models.flatMap { [$0.name] + $0.otherNames + $0.enumNames }
    let nearest = NameMatching.nearest(to: name, among: names, by: { NameMatching.modelKey($0) })
    throw LucidError(
      .unknownName, doing: doing,
      problem: "no model is named \"\(name)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
      advice: models.count <= 12
        ? "There are \(models.map(\.name).joined(separator: ", "))."
        : "`lucid models list` prints all names.")
  }
}
