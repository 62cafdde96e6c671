import LucidTensor

/// The published checkpoints of one model, each a case whose raw value is the checkpoint's tag.
///
/// An enum of one's own needs one member, `entry`, and fits wherever a generated one does:
///
/// ```swift
/// enum BirdWeights: String, WeightsEnum {
///   case v1 = "BIRDS_V1"
///   typealias Model = ResNet50
///   var entry: WeightEntry { WeightEntry(url: "https://example.org/birds.safetensors", sha256: "…") }
/// }
/// ```
public protocol WeightsEnum<Model>: RawRepresentable, CaseIterable, Sendable, Hashable, CustomStringConvertible
where RawValue == String {
  /// The model that the parameters are for.
  associatedtype Model

  /// Where the checkpoint is and what is known about it.
  var entry: WeightEntry { get }

  /// The checkpoint to use where nobody chose; unless said otherwise the one with the highest top-1 accuracy, of equals
  /// the last, and the last of all where none states an accuracy.
  static var `default`: Self { get }

  /// Other tags by which checkpoints are known, such as "IMAGENET1K" for "IMAGENET1K_V1".
  static var aliases: [String: Self] { get }

  /// The names that this enum has in other libraries, the one that ``description`` uses first; unless said otherwise
  /// its Swift name.
  static var enumNames: [String] { get }
}

extension WeightsEnum {
  /// The checkpoint with the highest top-1 accuracy; of equals, or where none states one, the last.
  public static var `default`: Self {
    let ranked = allCases.map { (weights: $0, acc1: $0.entry.meta.acc1 ?? -.infinity) }
    guard let best = ranked.max(by: { $0.acc1 < $1.acc1 }) else {
      preconditionFailure("\(Self.self) has no case, so it has no default")
    }
    return ranked.last { $0.acc1 == best.acc1 }?.weights ?? best.weights
  }

  /// No aliases.
  public static var aliases: [String: Self] { [:] }

  /// The enum's Swift name.
  public static var enumNames: [String] { [String(describing: Self.self)] }

  /// The checkpoint's tag, such as "IMAGENET1K_V1".
  public var name: String { rawValue }

  /// What is known about the checkpoint.
  public var meta: WeightMeta { entry.meta }

  /// The enum's name and the tag, such as "ResNet_18_Weights.IMAGENET1K_V1", which finds the checkpoint again.
  public var description: String { "\(Self.enumNames.first ?? String(describing: Self.self)).\(rawValue)" }
}

extension WeightsEnum {
  /// The checkpoint that a person names: by tag, alias or "DEFAULT", alone or after this enum's or its model's name, as
  /// in "imagenet1k-v1" or "ResNet_18_Weights.IMAGENET1K_V1". Case, `_`, `-` and spaces do not count.
  public init?(_ name: String) {
    let parts = NameMatching.split(name)
    if parts.second != nil, !Self.isOwnName(parts.first) { return nil }
    guard let found = Self.tagged(parts.second ?? parts.first) else { return nil }
    self = found
  }

  /// The checkpoint that a person names, as ``init(_:)-(String)`` finds it.
  ///
  /// - Throws: ``LucidError`` with the code `unknown-name`, the nearest name and all there are.
  public static func named(_ name: String) throws(LucidError) -> Self {
    if let found = Self(name) { return found }
    let parts = NameMatching.split(name)
    let enumName = enumNames.first ?? String(describing: Self.self)
    if parts.second != nil, !isOwnName(parts.first) {
      throw LucidError(
        .unknownName, doing: "finding weights \"\(name)\"",
        problem: "they are asked of \(enumName), which is not named \"\(parts.first)\"",
        advice: "Leave out \"\(parts.first)\", or ask the enum that has this name.")
    }
    let tags = allCases.map(\.rawValue) + aliases.keys.sorted() + ["DEFAULT"]
    throw .unknownTag(String(parts.second ?? parts.first), of: enumName, tags: tags, asked: name)
  }

  /// The checkpoint of this tag or alias. An exact tag wins over every alias, and an alias over "DEFAULT".
  private static func tagged(_ tag: some StringProtocol) -> Self? {
    let key = NameMatching.key(tag)
    return allCases.first { NameMatching.key($0.rawValue) == key }
      ?? aliases.first { NameMatching.key($0.key) == key }?.value
      ?? (key == "default" ? self.default : nil)
  }

  private static func isOwnName(_ name: some StringProtocol) -> Bool {
    let names = enumNames + [String(describing: Self.self), String(describing: Model.self)]
    return names.contains { NameMatching.modelKey($0) == NameMatching.modelKey(name) }
  }
}

extension LucidError {
  /// No checkpoint of `owner` has this tag; names the nearest of `tags` and lists them all.
  static func unknownTag(_ tag: String, of owner: String, tags: [String], asked: String) -> LucidError {
    let nearest = NameMatching.nearest(to: tag, among: tags)
    return LucidError(
      .unknownName, doing: "finding weights \"\(asked)\"",
      problem: "\(owner) has no weights \"\(tag)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
      advice: "It has \(tags.joined(separator: ", ")).")
  }
}
