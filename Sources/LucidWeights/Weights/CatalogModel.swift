/// A model of a ``WeightCatalog``, with the names that find it and its checkpoints.
public struct CatalogModel: Sendable {
  /// The name to type, such as "resnet_18".
  public let name: String
  /// Other names that find it, such as another library's.
  public let otherNames: [String]
  /// The Swift type, such as "ResNet18".
  public let typeName: String
  /// The family that it belongs to, such as "ResNet".
  public let family: String
  /// The names of its enum of weights, "ResNet_18_Weights" first.
  public let enumNames: [String]
  /// Its checkpoints, in the order of the enum.
  public let weights: [CatalogWeight]
  /// Its enum of weights, such as `ResNet18Weights.self`.
  public let enumType: any WeightsEnum.Type

  /// The model whose checkpoints `weights` lists.
  ///
  /// - Parameters:
  ///   - weights: The enum of its checkpoints.
  ///   - names: The names that find it, the one to show first; at least one.
  ///   - family: The family that it belongs to.
  public init<Weights: WeightsEnum>(_ weights: Weights.Type, names: [String], family: String) {
    guard let name = names.first else { preconditionFailure("a model of a catalogue needs a name") }
    self.name = name
    self.otherNames = Array(names.dropFirst())
    self.typeName = String(describing: Weights.Model.self)
    self.family = family
    self.enumNames = Weights.enumNames
    self.enumType = weights
    let standard = Weights.default
    let aliases = Weights.aliases
    self.weights = Weights.allCases.map { checkpoint in
      CatalogWeight(
        name: checkpoint.description, tag: checkpoint.rawValue,
        aliases: aliases.filter { $0.value == checkpoint }.keys.sorted(), isDefault: checkpoint == standard,
        entry: checkpoint.entry)
    }
  }

  /// The checkpoint that is used where nobody chose.
  public var defaultWeights: CatalogWeight? { weights.first(where: \.isDefault) }

  /// The checkpoint of this tag or alias, or the default one for "DEFAULT"; case, `_`, `-` and spaces do not count.
  public func weights(tagged tag: some StringProtocol) -> CatalogWeight? {
    let key = NameMatching.key(tag)
    return weights.first { NameMatching.key($0.tag) == key }
      ?? weights.first { $0.aliases.contains { NameMatching.key($0) == key } }
      ?? (key == "default" ? defaultWeights : nil)
  }

  /// What a name is compared with to find this model.
  var keys: Set<String> {
    Set(([name] + otherNames + enumNames + [String(describing: enumType)]).map { NameMatching.modelKey($0) })
  }
}

/// A checkpoint of a ``CatalogModel``.
public struct CatalogWeight: Sendable, Hashable {
  /// The full name, such as "ResNet_18_Weights.IMAGENET1K_V1".
  public let name: String
  /// The tag, such as "IMAGENET1K_V1".
  public let tag: String
  /// Other tags that find it, in alphabetical order.
  public let aliases: [String]
  /// Whether it is used where nobody chose.
  public let isDefault: Bool
  /// Where it is and what is known about it.
  public let entry: WeightEntry

  /// What is known about it.
  public var meta: WeightMeta { entry.meta }
}
