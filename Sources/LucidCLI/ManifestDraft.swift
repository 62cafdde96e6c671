import Foundation
import Lucid

/// A `*.weights.json` that a checkpoint is added to; what is in it already stays as it is written.
struct ManifestDraft {
  /// What a manifest says of a model.
  struct Model {
    /// The Swift type, such as "ResNet18".
    let type: String
    /// The name to type, such as "birds".
    let name: String

    /// The name in capitals at the beginning of each word: "garden_birds" is "GardenBirds".
    var typeName: String { Self.words(name).joined() }

    fileprivate var entry: OrderedJSON {
      [
        "type": .string(type), "swift_enum": .string("\(typeName)Weights"), "name": .string(name),
        "enum_names": .array([.string(Self.words(name).joined(separator: "_") + "_Weights")]),
        "doc": .string("\(type) with parameters of one's own."),
      ]
    }

    static func words(_ name: String) -> [String] {
      name.split { "_-".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }
  }

  let path: String
  /// The file's name without its ending, which is the family.
  let family: String
  private var root: OrderedJSON

  static let suffix = ".weights.json"

  /// The manifest at a path, or a new one where there is no file.
  init(path: String) throws {
    self.path = path
    family = String((path as NSString).lastPathComponent.dropLast(Self.suffix.count))
    guard FileManager.default.fileExists(atPath: path) else {
      root = [
        "manifest": .number(1), "family": .string(family), "doc": .string("Checkpoints of one's own."),
        "models": .array([]),
      ]
      return
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LucidError(
        .fileUnreadable, doing: "reading the manifest \(path)", problem: "the file may not be read",
        advice: "Check its permissions.")
    }
    do {
      root = try OrderedJSON(parsing: data)
    } catch {
      throw Self.damaged(path, "it is no JSON")
    }
    guard root["manifest"] == .number(1), root["models"]?.elements != nil else {
      throw Self.damaged(path, "it is no manifest of version 1 with a list of models")
    }
  }

  /// The type of the model of this name, if the manifest has one.
  func type(ofModelNamed name: String) -> String? { index(ofModelNamed: name).flatMap { models[$0]["type"]?.text } }

  /// Adds a checkpoint to a model, which is added too where it is new. Throws where the tag is taken, and where the model's
  /// name is another model's.
  mutating func add(_ weight: OrderedJSON, tag: String, to model: Model) throws {
    var models = models
    guard let index = index(ofModelNamed: model.name) else {
      var entry = model.entry
      entry["default"] = .string(tag)
      entry["weights"] = .array([weight])
      root["models"] = .array(models + [entry])
      return
    }
    guard models[index]["type"]?.text == model.type else {
      throw LucidError(
        .invalidInput, doing: "adding \(tag) to \(path)",
        problem: "its model \"\(model.name)\" is a \(models[index]["type"]?.text ?? "model without a type"), "
          + "and the file is for \(model.type)",
        advice: "Choose another --name, or another --output.")
    }
    guard let weights = models[index]["weights"]?.elements else {
      throw Self.damaged(path, "its model \"\(model.name)\" has no list of weights")
    }
    let tags = weights.flatMap { [$0["tag"]?.text] + ($0["aliases"]?.elements ?? []).map(\.text) }.compactMap { $0 }
    if let taken = tags.first(where: { NameMatching.key($0) == NameMatching.key(tag) }) {
      throw LucidError(
        .invalidInput, doing: "adding \(tag) to \(path)",
        problem: "it has a checkpoint \(taken) already, which programs may use",
        advice: "Choose another --name, as in --name \(model.name)_v\(weights.count + 1); "
          + "or take the old entry out of it first.")
    }
    models[index]["weights"] = .array(weights + [weight])
    root["models"] = .array(models)
  }

  /// Writes the manifest, whole or not at all.
  func write() throws {
    do {
      try Data((root.formatted() + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: "writing the manifest \(path)", problem: error.localizedDescription,
        advice: "Check that the folder exists and may be written to.")
    }
  }

  private var models: [OrderedJSON] { root["models"]?.elements ?? [] }

  private func index(ofModelNamed name: String) -> Int? {
    models.firstIndex { $0["name"]?.text.map { NameMatching.key($0) } == NameMatching.key(name) }
  }

  private static func damaged(_ path: String, _ problem: String) -> LucidError {
    LucidError(
      .corruptFile, doing: "reading the manifest \(path)", problem: problem,
      advice: "Mend it, or give --output a new file; Documentation/WeightsManifest.md describes the format.")
  }
}
