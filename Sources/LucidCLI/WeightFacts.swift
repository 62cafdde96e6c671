import Lucid

/// What `weights info` and `weights list --json` say of a checkpoint.
struct WeightFacts: Encodable {
  let name, model, type, tag: String
  let aliases: [String]
  let isDefault: Bool
  let metrics: [String: [String: Double]]
  let numClasses, numParams: Int?
  let gflops, fileSizeMB: Double?
  let license, recipe, notes: String?
  let minSize: [Int]?
  let preprocessing: PreprocessingRecipe?
  let sources: [Source]
  let cachedPath: String?

  struct Source: Encodable {
    let location, digest: String
    let isFullDigest: Bool
    let bytes: Int?
  }

  init(_ model: CatalogModel, _ weights: CatalogWeight) {
    let meta = weights.meta
    name = weights.name
    self.model = model.name
    type = model.typeName
    tag = weights.tag
    aliases = weights.aliases
    isDefault = weights.isDefault
    metrics = meta.metrics
    numClasses = meta.numClasses
    numParams = meta.numParams
    gflops = meta.gflops
    fileSizeMB = meta.fileSizeMB
    license = meta.license
    recipe = meta.recipe
    notes = meta.notes
    minSize = meta.minSize
    preprocessing = weights.entry.preprocessing
    sources = weights.entry.sources.map {
      Source(
        location: "\($0.location)", digest: $0.digest.hex, isFullDigest: $0.digest.isFull, bytes: $0.byteCount)
    }
    cachedPath = (try? WeightResolver.shared.cachedFile(for: weights.entry.sources))?.path
  }

  /// The facts for a person, one a line; what is not known is left out.
  func text(_ weights: CatalogWeight) -> String {
    var lines: [(String, String)] = [
      ("model", "\(type) (\(model))"), ("tag", tag + (isDefault ? ", the default" : "")),
    ]
    if !aliases.isEmpty { lines.append(("aliases", aliases.joined(separator: ", "))) }
    for (dataset, values) in metrics.sorted(by: { $0.key < $1.key }) {
      for (metric, value) in values.sorted(by: { $0.key < $1.key }) {
        lines.append((metric, "\(decimal(value)) (\(dataset))"))
      }
    }
    if let numParams { lines.append(("parameters", "\(numParams)")) }
    if let gflops { lines.append(("GFLOPs", decimal(gflops))) }
    if let numClasses {
      let names = weights.meta.categories.prefix(3).joined(separator: ", ")
      lines.append(("classes", "\(numClasses)" + (names.isEmpty ? "" : ": \(names), …")))
    }
    if let minSize { lines.append(("smallest input", minSize.map(String.init).joined(separator: "x"))) }
    if let preprocessing { lines.append(("preprocessing", "\(ImagePreprocessing(preprocessing))")) }
    lines.append(("license", license ?? "not stated"))
    if let recipe { lines.append(("recipe", recipe)) }
    if let notes { lines.append(("notes", notes)) }
    for source in weights.entry.sources {
      let size = source.byteCount.map { ", \($0) bytes" } ?? fileSizeMB.map { ", \(decimal($0, places: 1)) MiB" } ?? ""
      lines.append(("source", "\(source.location)\(size)"))
      lines.append(("", "\(source.digest)"))
    }
    lines.append(("in the cache", cachedPath ?? "no; `lucid weights download \(name)` fetches it"))
    let width = lines.map(\.0.count).max() ?? 0
    let body = lines.map { label, value in
      let rest = value.replacing("\n", with: "\n" + String(repeating: " ", count: width + 4))
      return "  " + label.padded(to: width) + "  " + rest
    }
    return ([name] + body).joined(separator: "\n")
  }
}
