import Foundation

/// Reads manifests, strictly: a key that is unknown or missing, a value of another kind, a digest that is none or a name
/// that is taken is a ``ManifestError``.
struct ManifestReader {
  /// The version of the format that this reads.
  static let version = 1

  /// The manifest in a file's text; `file` is for messages.
  static func read(_ data: Data, file: String) throws(ManifestError) -> Manifest {
    let root = try JSONNode(parsing: data, file: file)
    let members = try root.members(required: ["manifest", "family", "doc", "models"])
    let version = members["manifest"]!
    guard try version.positiveInteger() == Self.version else {
      throw version.fault("expected \(Self.version), the version of the format; a newer Lucid may read it")
    }
    let models = members["models"]!
    let manifest = Manifest(
      family: try identifier(members["family"]!), doc: try members["doc"]!.string(),
      models: try models.map(model))
    if manifest.models.isEmpty { throw models.fault("there is no model") }
    try ManifestNames.check(manifest.models, at: models)
    return manifest
  }

  private static func model(_ node: JSONNode) throws(ManifestError) -> ManifestModel {
    let members = try node.members(
      required: ["type", "name", "enum_names", "doc", "default", "weights"], optional: ["other_names", "swift_enum"])
    let type = try identifier(members["type"]!)
    let enumNames = try members["enum_names"]!.map(tag)
    if enumNames.isEmpty { throw members["enum_names"]!.fault("there is no name") }
    let weights = members["weights"]!
    let model = ManifestModel(
      type: type, swiftEnum: try members["swift_enum"].map(identifier) ?? "\(type)Weights",
      names: try [tag(members["name"]!)] + (members["other_names"]?.map(tag) ?? []),
      enumNames: enumNames, doc: try members["doc"]!.string(), defaultTag: try members["default"]!.string(),
      weights: try weights.map(weight))
    if model.weights.isEmpty { throw weights.fault("there are no weights") }
    try ManifestNames.check(model.weights, at: weights)
    if !model.weights.contains(where: { $0.tag == model.defaultTag }) {
      let tags = model.weights.map(\.tag).joined(separator: ", ")
      throw members["default"]!.fault("\"\(model.defaultTag)\" is the tag of none of the weights: \(tags)")
    }
    return model
  }

  private static func weight(_ node: JSONNode) throws(ManifestError) -> ManifestWeight {
    let members = try node.members(
      required: [
        "tag", "sources", "task", "metrics", "categories", "preprocessing", "license", "recipe", "num_params", "gflops",
        "min_size",
      ], optional: ["swift_case", "aliases", "num_classes", "file_size_mb", "notes"])
    let sources = members["sources"]!
    let tag = try Self.tag(members["tag"]!)
    let swiftCase = try members["swift_case"].map(identifier) ?? SwiftNames.caseName(tag: tag)
    if !SwiftNames.isIdentifier(swiftCase) {
      throw members["tag"]!.fault(
        "\"\(tag)\" would be the Swift case \"\(swiftCase)\", which is no name; give swift_case")
    }
    let categories = try members["categories"]!.optional(Self.categories)
    let weight = ManifestWeight(
      tag: tag, swiftCase: swiftCase, aliases: try members["aliases"]?.map(Self.tag) ?? [],
      sources: try sources.map(source), task: try members["task"]!.string(),
      metrics: try metrics(members["metrics"]!), categories: categories,
      numClasses: try members["num_classes"]?.optional(count),
      preprocessing: try members["preprocessing"]!.optional(preprocessing),
      license: try members["license"]!.optional(text),
      recipe: try members["recipe"]!.optional(webAddress),
      numParams: try members["num_params"]!.optional(count),
      gflops: try members["gflops"]!.optional(amount),
      fileSizeMB: try members["file_size_mb"]?.optional(amount),
      minSize: try members["min_size"]!.optional(size),
      notes: try members["notes"]?.optional(text))
    if weight.sources.isEmpty { throw sources.fault("there is no source") }
    if let stated = weight.numClasses, let listed = categories?.count, stated != listed {
      throw members["num_classes"]!.fault("\(stated) classes, but the categories are \(listed)")
    }
    return weight
  }

  private static func source(_ node: JSONNode) throws(ManifestError) -> ManifestSource {
    let members = try node.members(
      required: ["format"], optional: ["url", "file", "wheel", "embedded", "sha256", "sha256_prefix", "bytes", "keys"])
    let location: ManifestSource.Location
    switch (members["url"], members["file"], members["wheel"], members["embedded"]) {
    case (let url?, nil, nil, nil): location = .url(try fileAddress(url))
    case (nil, let file?, nil, nil): location = .file(try file.string())
    case (nil, nil, let wheel?, nil): location = try wheelLocation(wheel)
    case (nil, nil, nil, let member?): location = .embedded(try identifier(member))
    default: throw node.fault("expected one of the keys \"url\", \"file\", \"wheel\" and \"embedded\"")
    }
    let sha256: String
    switch (members["sha256"], members["sha256_prefix"]) {
    case (let full?, nil): sha256 = try digits(full, 64...64)
    case (nil, let prefix?): sha256 = try digits(prefix, 8...63)
    default: throw node.fault("expected one of the keys \"sha256\" and \"sha256_prefix\"")
    }
    return ManifestSource(
      location: location, sha256: sha256, isPrefix: members["sha256"] == nil,
      byteCount: try members["bytes"]?.positiveInteger(),
      format: try members["format"]!.string(among: ["pytorch", "safetensors"]),
      keys: try members["keys"]?.map(keyPair) ?? [])
  }

  private static func keyPair(_ node: JSONNode) throws(ManifestError) -> ManifestSource.KeyPair {
    let words = try node.map(text)
    guard words.count == 2 else {
      throw node.fault("expected [beginning in the file, beginning in the model], found \(words.count) texts")
    }
    let names = words.map { word in Set(word.matches(of: /\{([a-z]+)([+-][0-9]+)?\}/).map { $0.1 }) }
    let isBalanced = words.allSatisfy {
      $0.replacing(/\{[a-z]+([+-][0-9]+)?\}/, with: "").allSatisfy { !"{}".contains($0) }
    }
    guard isBalanced, names[0] == names[1], !words[0].contains(/\{[a-z]+[+-]/) else {
      throw node.fault(
        "a number is written {n} in the first text and {n}, {n+1} or {n-1} in the second, which must have the same ones"
      )
    }
    return ManifestSource.KeyPair(from: words[0], to: words[1])
  }

  private static func wheelLocation(_ node: JSONNode) throws(ManifestError) -> ManifestSource.Location {
    let members = try node.members(required: ["package", "version", "sha256", "path"])
    let path = try members["path"]!.string()
    if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
      throw members["path"]!.fault("\"\(path)\" is no path inside a wheel")
    }
    return .wheel(
      package: try members["package"]!.string(), version: try members["version"]!.string(),
      sha256: try digits(members["sha256"]!, 64...64), path: path)
  }

  private static func metrics(_ node: JSONNode) throws(ManifestError) -> [ManifestMetric] {
    guard let datasets = node.freeMembers else { throw node.fault("expected an object, found \(node.value.kind)") }
    var metrics: [ManifestMetric] = []
    for (dataset, node) in datasets.sorted(by: { $0.key < $1.key }) {
      guard let values = node.freeMembers, !values.isEmpty else {
        throw node.fault("expected an object of metrics and their values, found \(node.value.kind)")
      }
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        let number = try value.number()
        if name.hasPrefix("acc@"), !(0...100).contains(number) {
          throw value.fault("an accuracy is a percentage, 0 to 100, not \(number)")
        }
        metrics.append(ManifestMetric(dataset: dataset, name: name, value: number))
      }
    }
    return metrics
  }

  private static func categories(_ node: JSONNode) throws(ManifestError) -> ManifestCategories {
    if case .string = node.value {
      return .named(try node.string(among: ManifestCategories.known.keys.sorted()))
    }
    let names = try node.map(text)
    if names.isEmpty { throw node.fault("there is no category; where none is known, write null") }
    return .list(names)
  }

  private static func preprocessing(_ node: JSONNode) throws(ManifestError) -> ManifestPreprocessing {
    let members = try node.members(required: ["resize", "crop", "interpolation", "mean", "std", "pixel_scale"])
    let mean = try members["mean"]!.map(number)
    let std = try members["std"]!.map(amount)
    if ![1, 3].contains(mean.count) { throw members["mean"]!.fault("expected 3 channels or 1, found \(mean.count)") }
    if std.count != mean.count {
      throw members["std"]!.fault("expected \(mean.count) channels as mean has, found \(std.count)")
    }
    return ManifestPreprocessing(
      resize: try members["resize"]!.optional(count),
      crop: try members["crop"]!.optional(count),
      interpolation: try members["interpolation"]!.string(among: ["bilinear", "bicubic"]), mean: mean, std: std,
      pixelScale: try members["pixel_scale"]!.string(among: ["unit", "raw"]))
  }
}

extension ManifestReader {
  private static func text(_ node: JSONNode) throws(ManifestError) -> String { try node.string() }
  private static func count(_ node: JSONNode) throws(ManifestError) -> Int { try node.positiveInteger() }
  private static func amount(_ node: JSONNode) throws(ManifestError) -> Double { try node.positiveNumber() }
  private static func number(_ node: JSONNode) throws(ManifestError) -> Double { try node.number() }

  private static func identifier(_ node: JSONNode) throws(ManifestError) -> String {
    let text = try node.string()
    if !SwiftNames.isIdentifier(text) { throw node.fault("\"\(text)\" is no name in Swift") }
    return text
  }

  /// A tag, or a name of a model or of an enum; what a person types is split at `.`, `:` and `/`.
  private static func tag(_ node: JSONNode) throws(ManifestError) -> String {
    let text = try node.string()
    let isPlain = { (character: Character) in character.isASCII && (character.isLetter || character.isNumber) }
    guard text.allSatisfy({ isPlain($0) || "_-".contains($0) }), text.contains(where: isPlain) else {
      throw node.fault("\"\(text)\" has more than ASCII letters, digits, _ and -")
    }
    return text
  }

  private static func digits(_ node: JSONNode, _ count: ClosedRange<Int>) throws(ManifestError) -> String {
    let text = try node.string()
    let isHex = text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    if !isHex || !count.contains(text.utf8.count) {
      let expected = count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw node.fault("expected \(expected) hexadecimal digits in lower case, found \"\(text)\"")
    }
    return text
  }

  private static func webAddress(_ node: JSONNode) throws(ManifestError) -> String {
    let text = try node.string()
    guard let url = URL(string: text), ["https", "http"].contains(url.scheme), url.host?.isEmpty == false else {
      throw node.fault("\"\(text)\" is no web address")
    }
    return text
  }

  /// An address to fetch a file from: `https`, `http` on the loopback interface, or `hf://owner/repo@revision/path`.
  private static func fileAddress(_ node: JSONNode) throws(ManifestError) -> String {
    if let hub = try? node.string(), hub.hasPrefix("hf://") {
      if hub.wholeMatch(of: /hf:\/\/[\w.-]+\/[\w.-]+(@[\w.%-]+)?(\/[\w.+-]+)+/) != nil { return hub }
      throw node.fault("\"\(hub)\" does not read as hf://owner/repo@revision/path")
    }
    let text = try webAddress(node)
    if let url = URL(string: text), url.scheme == "http", !["localhost", "127.0.0.1", "::1"].contains(url.host) {
      throw node.fault("\"\(text)\" must be https; http is for the loopback interface only")
    }
    return text
  }

  private static func size(_ node: JSONNode) throws(ManifestError) -> [Int] {
    let sides = try node.map(count)
    if sides.count != 2 { throw node.fault("expected [height, width], found \(sides.count) numbers") }
    return sides
  }
}

extension JSONNode {
  /// What `read` makes of each element of an array.
  fileprivate func map<T>(_ read: (JSONNode) throws(ManifestError) -> T) throws(ManifestError) -> [T] {
    var results: [T] = []
    for element in try elements() { results.append(try read(element)) }
    return results
  }
}

extension ManifestCategories {
  /// The number of classes.
  fileprivate var count: Int? {
    switch self {
    case .named(let name): Self.known[name]?.count
    case .list(let names): names.count
    }
  }
}
