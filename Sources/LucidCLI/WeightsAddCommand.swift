import ArgumentParser
import Foundation
import Lucid

struct WeightsAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Describe a checkpoint of your own in a manifest, ready to be hosted.",
    discussion: """
      Writes NAME's family.weights.json, or adds to it, with what the file says of itself: its SHA-256 and size, the \
      number of parameters and, where the model is one of Lucid's, of classes. LucidWeightsPlugin makes an enum of the \
      manifest, which the model's factory accepts. What cannot be known is null; options fill it in.

      EXAMPLES:
        lucid weights add birds.safetensors --name birds_v1 --categories birds.txt
        lucid weights add birds2.pth --name birds_v2 --license mit \\
          --url https://models.example.org/birds2.pth --metric Birds/acc@1=91.2
        lucid weights add mine.safetensors --name mine --type MyNet
      """)

  @Argument(help: "The checkpoint: what torch.save writes, or safetensors.", completion: .file())
  var file: String

  @Option(help: "Its name, such as birds_v1: the tag is BIRDS_V1, the enum BirdsWeights.")
  var name: String

  @Option(help: "The model that it is for, as `lucid models list` shows; else found by the file's names and shapes.")
  var model: String?

  @Option(help: "The Swift type of a model of your own that it is for, in place of --model.")
  var type: String?

  @Option(name: .shortAndLong, help: "The manifest; else, for birds_v1, Birds.weights.json.")
  var output: String?

  @Option(help: "Where it is hosted: https or hf://owner/repo@revision/path. May be given more than once.")
  var url: [String] = []

  @Option(help: "A file with the classes' names, one a line in the order of the outputs; or imagenet1k.")
  var categories: String?

  @Option(help: "A metric, as in ImageNet-1K/acc@1=74.8; accuracies in percent. May be given more than once.")
  var metric: [String] = []

  @Option(help: "The license, as an SPDX identifier.")
  var license: String?

  @Option(help: "The address of the page that tells how it was trained.")
  var recipe: String?

  @Option(help: "What it does.")
  var task = "classification"

  @Option(help: "The published checkpoint whose preprocessing it was trained with, such as resnet18.")
  var preprocessing: String?

  @Option(help: "What else its users must know.")
  var notes: String?

  @Flag(help: "Print JSON.")
  var json = false

  private struct Report: Encodable {
    let manifest, tag, swiftName, model, sha256: String
    let bytes, numParams: Int
    let numClasses: Int?
    let keys: [String]
    let metadata: [String: String]
  }

  func validate() throws {
    let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
    guard isPlain, name.first?.isLetter == true, NameMatching.key(name) != "default" else {
      throw ValidationError(
        "--name takes ASCII letters, digits, _ and -, beginning with a letter, and not \"default\"; not \"\(name)\".")
    }
    if model != nil, type != nil { throw ValidationError("--model and --type are one or the other.") }
    if let type, type.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
      throw ValidationError("--type takes the name of a Swift type, not \"\(type)\".")
    }
    if let output, !output.hasSuffix(ManifestDraft.suffix) || output.hasSuffix("/\(ManifestDraft.suffix)") {
      throw ValidationError("--output takes a file named as in Birds.weights.json, not \"\(output)\".")
    }
    for address in url where !["https://", "hf://"].contains(where: address.hasPrefix) {
      throw ValidationError("--url takes https or hf://owner/repo@revision/path, not \"\(address)\".")
    }
    _ = try metrics()
  }

  func run() async throws {
    let facts = try CheckpointFacts(path: file)
    let family = ManifestDraft.Model.words(baseName).joined()
    var draft = try ManifestDraft(path: output ?? "\(family)\(ManifestDraft.suffix)")
    let fit = try findModel(facts)
    // Without a word on it, the model is the one that the manifest has under this name.
    guard let owner = fit?.model.typeName ?? type ?? draft.type(ofModelNamed: baseName) else {
      throw LucidError(
        .invalidInput, doing: "finding the model of \(file)",
        problem: "the names and shapes in it are those of none of Lucid's models",
        advice: "Name the model with --model, to see what differs, or your own Swift type with --type.")
    }
    let target = ManifestDraft.Model(type: owner, name: baseName)
    let names = try categoryNames(fit)
    try draft.add(try weight(facts, fit, names), tag: tag, to: target)
    try draft.write()
    let numParams = fit?.numParams ?? facts.trainedCount
    let report = Report(
      manifest: draft.path, tag: tag, swiftName: "\(target.typeName)Weights.\(swiftCase ?? tag.lowercased())",
      model: target.type, sha256: facts.sha256, bytes: facts.byteCount, numParams: numParams,
      numClasses: fit?.numClasses, keys: facts.dict.keys, metadata: facts.dict.metadata)
    if json { return try Console.printJSON(report) }
    try show(report)
  }

  private func show(_ report: Report) throws {
    try Console.print(report.manifest)
    var lines = [
      ("tag", report.tag), ("model", report.model), ("sha256", report.sha256), ("size", bytes(report.bytes)),
      ("tensors", "\(report.keys.count)"), ("parameters", "\(report.numParams)"),
    ]
    if let count = report.numClasses { lines.append(("classes", "\(count)")) }
    lines += report.metadata.sorted { $0.key < $1.key }.map { ("metadata", "\($0.key): \($0.value)") }
    for (label, value) in lines { try Console.print("  \(label.padded(to: 10))  \(value)") }
    if url.isEmpty {
      try Console.print(
        "It is found where it lies on this machine. To host it, upload it and put \"url\" in place of \"file\".")
    }
    if preprocessing == nil {
      try Console.print("Its preprocessing is null: --preprocessing names a published checkpoint with the same.")
    }
  }

  private var tag: String { name.uppercased() }

  /// The name without a version at its end, which checkpoints of the same model share.
  private var baseName: String { name.replacing(/[_-][vV][0-9]+$/, with: "") }

  /// The version as the case of an enum that is named after the rest.
  private var swiftCase: String? { baseName == name ? nil : name.dropFirst(baseName.count + 1).lowercased() }

  /// The model of the catalogue that the file is for; nothing for one of the person's own.
  private func findModel(_ facts: CheckpointFacts) throws -> ModelFit? {
    if type != nil { return nil }
    if let model {
      let entry = try WeightCatalog.builtIn.model(named: model)
      if let fit = ModelFit(entry, facts.dict) { return fit }
      throw LucidError(
        .stateDictMismatch, doing: "fitting \(file) to \(entry.typeName)",
        problem: "more than the number of classes differs",
        advice: "`lucid checkpoint check \(file) --model \(entry.name)` shows what; `lucid checkpoint convert` renames."
      )
    }
    return ModelFit.find(facts)
  }

  private func weight(_ facts: CheckpointFacts, _ fit: ModelFit?, _ names: OrderedJSON) throws -> OrderedJSON {
    var weight: OrderedJSON = ["tag": .string(tag)]
    if let swiftCase { weight["swift_case"] = .string(swiftCase) }
    let places: [(String, String)] =
      url.isEmpty ? [("file", URL(fileURLWithPath: file).standardizedFileURL.path)] : url.map { ("url", $0) }
    weight["sources"] = .array(
      places.map { kind, place in
        var source: OrderedJSON = ["format": .string(facts.format)]
        source[kind] = .string(place)
        source["sha256"] = .string(facts.sha256)
        source["bytes"] = .number(facts.byteCount)
        return source
      })
    weight["task"] = .string(task)
    weight["metrics"] = try metrics()
    weight["categories"] = names
    if names == .null, let fit { weight["num_classes"] = .number(fit.numClasses) }
    weight["preprocessing"] = try recipeOfPreprocessing()
    weight["license"] = (license ?? facts.dict.metadata["license"]).map(OrderedJSON.string) ?? .null
    weight["recipe"] = recipe.map(OrderedJSON.string) ?? .null
    weight["num_params"] = .number(fit?.numParams ?? facts.trainedCount)
    weight["gflops"] = .null
    weight["file_size_mb"] = .number((Double(facts.byteCount) / 1_048_576 * 1000).rounded(.up) / 1000)
    weight["min_size"] = .null
    if let notes { weight["notes"] = .string(notes) }
    return weight
  }

  private func categoryNames(_ fit: ModelFit?) throws -> OrderedJSON {
    guard let categories else { return .null }
    let known = Categories.named(categories)
    let names: [String]
    if let known {
      names = known
    } else if let text = try? String(contentsOfFile: categories, encoding: .utf8) {
      names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    } else {
      throw LucidError(
        .fileUnreadable, doing: "reading the classes' names in \(categories)",
        problem: "there is no such file, or it is no text",
        advice: "Give a text file with one name a line, or one of \(Categories.names.joined(separator: ", ")).")
    }
    if let fit, fit.numClasses != names.count {
      throw LucidError(
        .invalidInput, doing: "reading the classes' names in \(categories)",
        problem: "there are \(names.count), and the last layer of \(file) has \(fit.numClasses) outputs",
        advice: "Give one name for each output, in their order.")
    }
    if names.isEmpty {
      throw LucidError(
        .invalidInput, doing: "reading the classes' names in \(categories)", problem: "there is none",
        advice: "Give one name a line.")
    }
    return known == nil ? .array(names.map(OrderedJSON.string)) : .string(categories)
  }

  /// The metrics by dataset, as a manifest has them.
  private func metrics() throws -> OrderedJSON {
    var result: OrderedJSON = .object([])
    for text in metric {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let slash = parts[0].lastIndex(of: "/"), let value = Double(parts[1]), value.isFinite,
        slash != parts[0].startIndex, parts[0].index(after: slash) != parts[0].endIndex
      else { throw ValidationError("--metric reads as in ImageNet-1K/acc@1=74.8, not \"\(text)\".") }
      let (dataset, name) = (String(parts[0][..<slash]), String(parts[0][parts[0].index(after: slash)...]))
      if name.hasPrefix("acc@"), !(0...100).contains(value) {
        throw ValidationError("--metric: an accuracy is a percentage, 0 to 100, not \(parts[1]).")
      }
      var values = result[dataset] ?? .object([])
      values[name] = .number(value)
      result[dataset] = values
    }
    return result
  }

  private func recipeOfPreprocessing() throws -> OrderedJSON {
    guard let preprocessing else { return .null }
    let weights = try WeightCatalog.builtIn.weights(named: preprocessing).weights
    guard let recipe = weights.entry.preprocessing else {
      throw LucidError(
        .invalidInput, doing: "taking the preprocessing of \(weights.name)", problem: "it states none",
        advice: "`lucid weights info NAME` shows which do.")
    }
    return [
      "resize": recipe.resize.map(OrderedJSON.number) ?? .null, "crop": recipe.crop.map(OrderedJSON.number) ?? .null,
      "interpolation": .string(recipe.interpolation.rawValue), "mean": .array(recipe.mean.map(OrderedJSON.number)),
      "std": .array(recipe.std.map(OrderedJSON.number)), "pixel_scale": .string(recipe.pixelScale.rawValue),
    ]
  }
}
