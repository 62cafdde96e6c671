import LucidNN
import LucidTensor
import LucidWeights

/// Models by name, for programs that a person tells which to use.
extension CatalogModel {
  /// The model with random parameters, such as `ResNet18()`.
  public func makeModel(numClasses: Int = 1000) -> any PretrainedModel {
    modelType.init(numClasses: numClasses)
  }

  /// The architecture for a checkpoint of this model, with as many classes as that has, still with random parameters.
  public func makeModel(for weights: CatalogWeight) -> any PretrainedModel {
    makeModel(numClasses: weights.meta.numClasses ?? 1000)
  }

  private var modelType: any PretrainedModel.Type {
    func model<Weights: WeightsEnum>(of _: Weights.Type) -> (any PretrainedModel.Type)? {
      Weights.Model.self as? any PretrainedModel.Type
    }
    guard let type = model(of: enumType) else { preconditionFailure("\(typeName) is not a PretrainedModel") }
    return type
  }
}

extension CatalogWeight {
  /// The checkpoint's parameters by name; see ``WeightsEnum/stateDict(progress:)``.
  public func stateDict(progress: ProgressHandler? = nil) async throws -> StateDict {
    try await WeightResolver.shared.stateDict(for: entry, name: name, progress: progress)
  }
}
