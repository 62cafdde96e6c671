import Foundation
import LucidTensor
import LucidWeights

/// What a checkpoint file says about itself, so that the file alone is enough to use it: which model its parameters are
/// of, what the classes are called, and how a picture becomes an input.
///
/// It travels in the file's metadata (``StateDict/metadata``, the `__metadata__` of safetensors) under `lucid.model`,
/// `lucid.categories`, `lucid.preprocessing` and `lucid.metrics`; the last three are JSON. Fine-tuning writes it,
/// `lucid classify --weights ./mine.safetensors` reads it.
public struct ModelCard: Sendable, Hashable {
  /// The name of the model in the catalogue, such as "resnet_18".
  public var model: String
  /// The names of the classes, in the order of the outputs.
  public var categories: [String]
  /// How a picture becomes an input.
  public var preprocessing: PreprocessingRecipe
  /// What was measured, such as `acc@1`, in percent.
  public var metrics: [String: Double]

  /// A card of these facts.
  public init(
    model: String, categories: [String], preprocessing: PreprocessingRecipe, metrics: [String: Double] = [:]
  ) {
    self.model = model
    self.categories = categories
    self.preprocessing = preprocessing
    self.metrics = metrics
  }

  /// The card in a state dict's metadata; nil where there is none.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/corruptFile`` where the metadata names a model and the rest is missing
  ///   or damaged.
  public init?(_ metadata: [String: String]) throws {
    guard let model = metadata[Key.model] else { return nil }
    func damaged(_ problem: String) -> LucidError {
      LucidError(
        .corruptFile, doing: "reading what the file says about itself",
        problem: "it is of the model \(model), but \(problem)",
        advice: "Write the file anew, with a card that ModelCard.write(to:) has put into its metadata.")
    }
    func decode<Value: Decodable>(_ key: String) throws -> Value {
      guard let text = metadata[key] else { throw damaged("its metadata has no \(key)") }
      guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
        throw damaged("the \(key) in its metadata cannot be read")
      }
      return value
    }
    self.init(
      model: model, categories: try decode(Key.categories), preprocessing: try decode(Key.preprocessing),
      metrics: metadata[Key.metrics] == nil ? [:] : try decode(Key.metrics))
    guard !categories.isEmpty else { throw damaged("it names no classes") }
    guard preprocessing.isSound else { throw damaged("the steps of its preprocessing make no sense") }
  }

  /// Puts the card into a state dict's metadata.
  public func write(to metadata: inout [String: String]) {
    func text(_ value: some Encodable) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) cannot be written as JSON") }
      return String(decoding: data, as: UTF8.self)
    }
    metadata[Key.model] = model
    metadata[Key.categories] = text(categories)
    metadata[Key.preprocessing] = text(preprocessing)
    metadata[Key.metrics] = metrics.isEmpty ? nil : text(metrics)
  }

  private enum Key {
    static let model = "lucid.model"
    static let categories = "lucid.categories"
    static let preprocessing = "lucid.preprocessing"
    static let metrics = "lucid.metrics"
  }
}

extension PreprocessingRecipe {
  /// Whether the numbers, which a file may have brought, are such as `init` takes.
  fileprivate var isSound: Bool {
    let sizes = [resize, crop].compactMap { $0 }
    return mean.count == std.count && [1, 3].contains(mean.count) && mean.allSatisfy(\.isFinite)
      && std.allSatisfy { $0 > 0 && $0.isFinite } && sizes.allSatisfy { (1...65_536).contains($0) }
  }
}
