/// The rule that no name stands for two things. Names are compared as people's are: case, `_` and `-` do not count.
enum ManifestNames {
  /// Fails where two checkpoints of a model answer to one tag or are one Swift member.
  static func check(_ weights: [ManifestWeight], at node: JSONNode) throws(ManifestError) {
    let nodes = try node.elements()
    var tags: [String: String] = ["default": "DEFAULT"]
    var cases: [String: String] = [:]
    for (weight, node) in zip(weights, nodes) {
      for tag in [weight.tag] + weight.aliases {
        if let other = tags.updateValue(tag, forKey: key(tag)) {
          throw node.fault("the tag or alias \"\(tag)\" is taken by \"\(other)\"")
        }
      }
      let constant = SwiftEmitter.constant(weight)
      for name in [weight.swiftCase, constant] + weight.aliases.map(SwiftNames.caseName) {
        if !SwiftNames.isIdentifier(name) { throw node.fault("\"\(name)\" is no name in Swift") }
        if SwiftNames.members.contains(name) {
          throw node.fault("every enum of weights has a member \"\(name)\" already")
        }
        if let other = cases.updateValue(weight.tag, forKey: name) {
          throw node.fault("the Swift name \"\(name)\" is taken by \"\(other)\"")
        }
      }
    }
  }

  /// Fails where two models answer to one name or have one Swift enum.
  static func check(_ models: [ManifestModel], at node: JSONNode) throws(ManifestError) {
    let nodes = try node.elements()
    var owners = Owners()
    for (model, node) in zip(models, nodes) {
      if let problem = owners.add(model) { throw node.fault(problem) }
    }
  }

  /// Fails where models of different files do.
  static func check(_ manifests: [(file: String, manifest: Manifest)]) throws(ManifestError) {
    var owners = Owners()
    var families: [String: String] = [:]
    for (file, manifest) in manifests {
      if let other = families.updateValue(file, forKey: SwiftNames.propertyName(family: manifest.family)) {
        throw ManifestError(file: file, path: "$.family", problem: "the family is taken by \(other)")
      }
      for (index, model) in manifest.models.enumerated() {
        if let problem = owners.add(model) {
          throw ManifestError(file: file, path: "$.models[\(index)]", problem: problem)
        }
      }
    }
  }

  /// Which model has which names.
  private struct Owners {
    private var names: [String: String] = [:]
    private var enums: [String: String] = [:]

    /// Enters a model's names; says what is wrong if one is another model's.
    mutating func add(_ model: ManifestModel) -> String? {
      if let other = enums.updateValue(model.names[0], forKey: model.swiftEnum) {
        return "the Swift enum \(model.swiftEnum) is that of \"\(other)\" already"
      }
      for key in Set((model.names + model.enumNames + [model.swiftEnum]).map(ManifestNames.modelKey)).sorted() {
        if let other = names.updateValue(model.names[0], forKey: key) {
          return "\"\(model.names[0])\" and \"\(other)\" both answer to \"\(key)\""
        }
      }
      return nil
    }
  }

  private static func key(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private static func modelKey(_ name: String) -> String {
    let key = key(name)
    return key.hasSuffix("weights") && key != "weights" ? String(key.dropLast("weights".count)) : key
  }
}
