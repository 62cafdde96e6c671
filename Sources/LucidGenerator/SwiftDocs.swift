import Foundation

/// What the documentation of generated cases says, so that completion in an editor shows how good a checkpoint is and what it
/// costs.
enum SwiftDocs {
  /// The paragraphs on a checkpoint.
  static func paragraphs(_ weight: ManifestWeight) -> [String] {
    var paragraphs = [summary(weight), facts(weight)]
    if let recipe = weight.recipe { paragraphs.append("Recipe: <\(recipe)>") }
    if let notes = weight.notes { paragraphs.append(notes) }
    if let pins = pins(weight) { paragraphs.append(pins) }
    return paragraphs
  }

  /// One line: "acc@1 69.758 %, acc@5 89.078 % (ImageNet-1K) · 11.7 M parameters · 1.81 GFLOPs · 44.7 MiB".
  static func summary(_ weight: ManifestWeight) -> String {
    var parts: [String] = []
    for dataset in Set(weight.metrics.map(\.dataset)).sorted() {
      let values = weight.metrics.filter { $0.dataset == dataset }.map { metric in
        "\(metric.name) \(SwiftText.literal(metric.value))\(metric.name.hasPrefix("acc@") ? " %" : "")"
      }
      parts.append("\(values.joined(separator: ", ")) (\(dataset))")
    }
    if parts.isEmpty { parts.append("No metrics stated") }
    if let count = weight.numParams { parts.append("\(short(Double(count) / 1e6)) M parameters") }
    if let gflops = weight.gflops { parts.append("\(rounded(gflops, 2)) GFLOPs") }
    if let size = weight.fileSizeMB ?? weight.sources.first?.byteCount.map({ Double($0) / 1_048_576 }) {
      parts.append("\(short(size)) MiB")
    }
    return parts.joined(separator: " · ")
  }

  private static func facts(_ weight: ManifestWeight) -> String {
    var facts = ["Task: \(weight.task)."]
    switch weight.categories {
    case .named(let name): facts.append("Classes: the \(ManifestCategories.known[name]?.count ?? 0) of `\(name)`.")
    case .list(let names): facts.append("Classes: \(names.count).")
    case nil: facts.append(weight.numClasses.map { "Classes: \($0), without names." } ?? "Classes: none.")
    }
    if let recipe = weight.preprocessing {
      let resize = recipe.resize.map { "shorter side to \($0) (\(recipe.interpolation))" } ?? "size as it is"
      facts.append("Input: \(resize)" + (recipe.crop.map { ", centre crop \($0)." } ?? "."))
    }
    if let size = weight.minSize { facts.append("Smallest input: \(size[0])×\(size[1]).") }
    facts.append(weight.license.map { "License: \($0)." } ?? "License: not known; see the recipe.")
    if weight.recipe == nil, weight.license == nil { facts[facts.count - 1] = "License: not known." }
    return facts.joined(separator: " ")
  }

  /// What to know of digests that are not whole.
  private static func pins(_ weight: ManifestWeight) -> String? {
    guard weight.sources.contains(where: \.isPrefix) else { return nil }
    let prefixes = weight.sources.filter(\.isPrefix).map { "`\($0.sha256)`" }.joined(separator: ", ")
    let copies = weight.sources.contains { !$0.isPrefix } ? " The copies at the other sources are pinned in full." : ""
    return "Weakly pinned: only the first digits of the file's SHA-256 are published (\(prefixes)). They catch damage, "
      + "not a forger." + copies
  }

  /// Three digits or so: 3.5, 11.7, 138.
  private static func short(_ value: Double) -> String { rounded(value, value < 99.95 ? 1 : 0) }

  private static func rounded(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
