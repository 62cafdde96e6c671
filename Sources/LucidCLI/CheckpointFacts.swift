import Foundation
import Lucid

/// What a manifest says of a checkpoint file of one's own: all that can be found out from the file.
struct CheckpointFacts {
  let path: String
  /// The format as manifests name it.
  let format: String
  let sha256: String
  let byteCount: Int
  let dict: StateDict

  /// Reads the file's header and hashes the file.
  init(path: String) throws {
    self.path = path
    let doing = "reading \(path)"
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw LucidError(
        .unsupportedFormat, doing: doing, problem: "it is a folder, and a checkpoint of a manifest is one file",
        advice: "Join the shards: `lucid checkpoint convert \(path) whole.safetensors`.")
    }
    switch try CheckpointFormat(contentsOf: path) {
    case .safetensors: format = "safetensors"
    case .torchZip, .torchLegacy, .torchTar, .torchScript: format = "pytorch"
    case let other:
      throw LucidError(
        .unsupportedFormat, doing: doing,
        problem: "a manifest takes what torch.save writes and safetensors, not \(other.rawValue)",
        advice: "Convert it first: `lucid checkpoint convert \(path) whole.safetensors`.")
    }
    dict = try StateDict(contentsOf: path)
    sha256 = try CacheDoctor.sha256(ofFileAt: path)
    byteCount = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    guard dict.count > 0 else {
      throw LucidError(
        .invalidInput, doing: doing, problem: "there is no tensor in it",
        advice: "`lucid checkpoint inspect \(path)` shows what is.")
    }
  }

  /// The numbers in the file that are no buffers of batch norm, which are not trained.
  var trainedCount: Int {
    let buffers = [".running_mean", ".running_var", ".num_batches_tracked"]
    return dict.keys.filter { key in !buffers.contains(where: key.hasSuffix) }
      .reduce(0) { $0 + (dict.type(of: $1)?.shape.elementCount ?? 0) }
  }
}

/// How a checkpoint fits a model of the catalogue but for the number of classes.
struct ModelFit {
  let model: CatalogModel
  /// The classes of the file's last layer.
  let numClasses: Int
  /// The parameters of the model with as many classes.
  let numParams: Int

  /// Nothing where more than the last layer's size differs.
  init?(_ model: CatalogModel, _ dict: StateDict) {
    let usual = 1000
    let module = model.makeModel(numClasses: usual)
    let plan = module.loadPlan(for: dict)
    let pairs = plan.shapeDifferences.map { ($0.expected.shape.dimensions, $0.found.shape.dimensions) }
    let counts = Set(pairs.compactMap(\.1.first))
    guard plan.missing.isEmpty, plan.unexpected.isEmpty, plan.unreadable.isEmpty, counts.count <= 1,
      pairs.allSatisfy({ $0.0.first == usual && $0.0.count == $0.1.count && $0.0.dropFirst() == $0.1.dropFirst() })
    else { return nil }
    self.model = model
    numClasses = counts.first ?? usual
    numParams = module.parameterCount + pairs.reduce(0) { $0 + $1.1.reduce(1, *) - $1.0.reduce(1, *) }
  }

  /// The model whose names and shapes are the file's. The one nearest in size is tried first.
  static func find(_ facts: CheckpointFacts) -> ModelFit? {
    let count = Double(facts.trainedCount)
    let near = WeightCatalog.builtIn.models.compactMap { model -> (CatalogModel, Double)? in
      guard let usual = model.defaultWeights?.meta.numParams.map(Double.init) else { return nil }
      return (model, abs(count - usual))
    }
    for (model, _) in near.sorted(by: { $0.1 < $1.1 }) { if let fit = ModelFit(model, facts.dict) { return fit } }
    return nil
  }
}
