/// Writes a manifest's Swift: an enum for each model and the family's part of the catalogue.
///
/// The text is as swift-format leaves it and depends on nothing but the manifest and the options. Each entry is a stored
/// constant with its type written out, made when first used, so that neither compiler nor program spends time on it.
struct SwiftEmitter {
  /// Who may use the generated names.
  enum Access: String, CaseIterable {
    case `public`, `internal`

    /// Before a declaration: "public " or nothing.
    var prefix: String { self == .public ? "public " : "" }
  }

  let access: Access
  /// The module to import.
  let module: String

  /// The Swift of a manifest; `source` is its file's name.
  func text(_ manifest: Manifest, source: String) -> String {
    let enums = manifest.models.map(text).joined(separator: "\n")
    return """
      // Made by lucid-generate from \(source); do not edit.

      import \(module)

      \(enums)
      \(catalogue(manifest))
      """
  }

  /// The Swift that joins the catalogues of all families, in this order.
  func joined(families: [String]) -> String {
    let names = families.map { "    \(SwiftNames.propertyName(family: $0))," }.joined(separator: "\n")
    return """
      // Made by lucid-generate; do not edit.

      import \(module)

      extension WeightCatalog {
        /// Every model and checkpoint that comes with Lucid.
        \(access.prefix)static let builtIn: WeightCatalog = WeightCatalog(families: [
      \(names)
        ])
      }

      """
  }

  private func text(_ model: ManifestModel) -> String {
    let standard = model.weights.first { $0.tag == model.defaultTag }?.swiftCase ?? ""
    let aliases = model.weights.flatMap { weight in weight.aliases.map { (tag: $0, target: weight.swiftCase) } }
    var text = SwiftText.doc(["The published checkpoints of ``\(model.type)``: \(model.doc)"], indent: 0)
    text += "\(access.prefix)enum \(model.swiftEnum): String, WeightsEnum {\n"
    text += "  /// The model that the parameters are for.\n"
    text += "  \(access.prefix)typealias Model = \(model.type)\n\n"
    for weight in model.weights {
      text += SwiftText.doc(SwiftDocs.paragraphs(weight), indent: 2)
      text += "  case \(weight.swiftCase) = \(SwiftText.literal(weight.tag))\n\n"
    }
    for alias in aliases {
      text += "  /// The same as ``\(alias.target)``.\n"
      text += "  \(access.prefix)static let \(SwiftNames.caseName(tag: alias.tag)): Self = .\(alias.target)\n\n"
    }
    text += "  /// The checkpoint to use where nobody chose.\n"
    text += "  \(access.prefix)static var `default`: Self { .\(standard) }\n\n"
    if !aliases.isEmpty {
      let pairs = aliases.map { "\(SwiftText.literal($0.tag)): .\($0.target)" }
      text += "  /// Other tags by which checkpoints are known.\n"
      text += "  \(access.prefix)static var aliases: [String: Self] { \(SwiftText.array(pairs)) }\n\n"
    }
    let names = SwiftText.array(model.enumNames.map { SwiftText.literal($0) })
    text += "  /// The names that this enum has in other libraries, the one that descriptions use first.\n"
    text += "  \(access.prefix)static var enumNames: [String] { \(names) }\n\n"
    text += "  /// Where the checkpoint is and what is known about it.\n"
    text += "  \(access.prefix)var entry: WeightEntry {\n    switch self {\n"
    for weight in model.weights { text += "    case .\(weight.swiftCase): Self.\(Self.constant(weight))\n" }
    text += "    }\n  }\n"
    for weight in model.weights { text += "\n" + entry(weight) }
    return text + "}\n"
  }

  /// The stored entry of a checkpoint.
  static func constant(_ weight: ManifestWeight) -> String { "\(weight.swiftCase)_entry" }

  private func entry(_ weight: ManifestWeight) -> String {
    let sources = weight.sources.map { source($0) + (weight.sources.count > 1 ? "," : "") }.joined(separator: "\n")
    return """
        private static let \(Self.constant(weight)): WeightEntry = WeightEntry(
          sources: [
      \(sources)
          ],
          meta: WeightMeta(
      \(meta(weight).map { "      \($0)" }.joined(separator: ",\n"))),
          preprocessing: \(weight.preprocessing.map(preprocessing) ?? "nil"))

      """
  }

  private func source(_ source: ManifestSource) -> String {
    let location: String
    switch source.location {
    case .url(let url): location = ".url(\(SwiftText.literal(url)))"
    case .file(let path): location = ".file(\(SwiftText.literal(path)))"
    case .embedded(let member): location = ".embedded(.\(member))"
    case .wheel(let package, let version, let sha256, let path):
      location = """
        .wheel(
                  package: \(SwiftText.literal(package)), version: \(SwiftText.literal(version)),
                  wheelSHA256: \(SwiftText.literal(sha256)),
                  path: \(SwiftText.literal(path)))
        """
    }
    let size = source.byteCount.map { "byteCount: \(SwiftText.literal($0)), " } ?? ""
    return """
            WeightSource(
              \(location),
              digest: .\(source.isPrefix ? "sha256Prefix" : "sha256")(\(SwiftText.literal(source.sha256))),
              \(size)format: .\(source.format)\(keyRules(source)))
      """
  }

  private func keyRules(_ source: ManifestSource) -> String {
    if source.keys.isEmpty { return "" }
    let rules = source.keys.map {
      "          KeyRule(\(SwiftText.literal($0.from)), \(SwiftText.literal($0.to)))"
        + (source.keys.count > 1 ? "," : "")
    }
    return ",\n        keyRules: [\n\(rules.joined(separator: "\n"))\n        ]"
  }

  private func meta(_ weight: ManifestWeight) -> [String] {
    var lines: [String] = []
    switch weight.categories {
    case .named(let name): lines.append("categories: \(ManifestCategories.known[name]?.swift ?? "[]")")
    case .list(let names): lines.append("categories: [\n\(elements(names))\n      ]")
    case nil: break
    }
    if let count = weight.numClasses { lines.append("numClasses: \(SwiftText.literal(count))") }
    if !weight.metrics.isEmpty { lines.append("metrics: \(metrics(weight.metrics))") }
    if let count = weight.numParams { lines.append("numParams: \(SwiftText.literal(count))") }
    if let gflops = weight.gflops { lines.append("gflops: \(SwiftText.literal(gflops))") }
    if let size = weight.fileSizeMB { lines.append("fileSizeMB: \(SwiftText.literal(size))") }
    if let license = weight.license { lines.append("license: \(SwiftText.literal(license))") }
    if let recipe = weight.recipe { lines.append("recipe: \(SwiftText.literal(recipe))") }
    if let size = weight.minSize { lines.append("minSize: \(SwiftText.array(size.map { SwiftText.literal($0) }))") }
    lines.append("task: \(SwiftText.literal(weight.task))")
    if let notes = weight.notes { lines.append("notes: \(SwiftText.longLiteral(notes, indent: 8))") }
    return lines
  }

  private func elements(_ names: [String]) -> String {
    names.map { "        \(SwiftText.literal($0))\(names.count > 1 ? "," : "")" }.joined(separator: "\n")
  }

  private func metrics(_ metrics: [ManifestMetric]) -> String {
    let datasets = Set(metrics.map(\.dataset)).sorted()
    let lines = datasets.map { dataset in
      let values = metrics.filter { $0.dataset == dataset }.map {
        "\(SwiftText.literal($0.name)): \(SwiftText.literal($0.value))"
      }
      return "\(SwiftText.literal(dataset)): \(SwiftText.array(values))"
    }
    return datasets.count == 1
      ? "[\(lines[0])]" : "[\n" + lines.map { "        \($0),\n" }.joined() + "      ]"
  }

  private func preprocessing(_ recipe: ManifestPreprocessing) -> String {
    let isImageNet =
      recipe.mean == [0.485, 0.456, 0.406] && recipe.std == [0.229, 0.224, 0.225] && recipe.pixelScale == "unit"
    if isImageNet, let crop = recipe.crop, let resize = recipe.resize {
      return ".imageNet(crop: \(crop), resize: \(resize), interpolation: .\(recipe.interpolation))"
    }
    let side = { (value: Int?) in value.map(String.init) ?? "nil" }
    let channels = { (values: [Double]) in SwiftText.array(values.map { SwiftText.literal($0) }) }
    return """
      PreprocessingRecipe(
            resize: \(side(recipe.resize)), crop: \(side(recipe.crop)), interpolation: .\(recipe.interpolation),
            mean: \(channels(recipe.mean)),
            std: \(channels(recipe.std)),
            pixelScale: .\(recipe.pixelScale))
      """
  }

  private func catalogue(_ manifest: Manifest) -> String {
    let models = manifest.models.map { model in
      """
          CatalogModel(
            \(model.swiftEnum).self,
            names: \(SwiftText.array(model.names.map { SwiftText.literal($0) })),
            family: \(SwiftText.literal(manifest.family)))\(manifest.models.count > 1 ? "," : "")
      """
    }
    return """
      extension WeightCatalog {
      \(SwiftText.doc(["\(manifest.doc) Its models, in the order of the manifest."], indent: 2))\
        \(access.prefix)static let \(SwiftNames.propertyName(family: manifest.family)): [CatalogModel] = [
      \(models.joined(separator: "\n"))
        ]
      }

      """
  }
}
