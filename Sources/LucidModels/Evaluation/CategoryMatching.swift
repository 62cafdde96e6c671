import LucidTensor
import LucidWeights

/// Which of a model's classes each folder of a data set is.
///
/// Folders are tried as
/// 1. names of the model's classes, where neither case nor `_` for a space counts;
/// 2. WordNet ids such as `n01440764`, as the folders of ImageNet are called, for models of the 1000 classes of ImageNet-1K;
/// 3. places, counted from 0.
///
/// All folders must be of one kind, so that none is taken for another class by chance.
public struct CategoryMatching: Sendable, Hashable {
  /// How folders are called.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// By the classes' names.
    case names
    /// By WordNet ids.
    case wordNetIDs
    /// By the classes' places.
    case places
  }

  /// How the folders are called.
  public let kind: Kind
  /// The place of each folder's class in the model's output.
  public let places: [Int]

  /// Finds the classes of folders.
  ///
  /// - Throws: ``LucidError`` (`invalidInput`) that names the first folder which is no class.
  public init(_ folders: [String], in categories: [String]) throws(LucidError) {
    func key(_ name: String) -> String { name.lowercased().replacing("_", with: " ") }
    // A name that two classes have finds neither.
    let byName = Dictionary(categories.enumerated().map { (key($1), $0) }) { _, _ in -1 }
    let ids = categories == Categories.imageNet1K ? Categories.imageNet1KWordNetIDs : []
    let byID = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    func place(_ folder: String, _ kind: Kind) -> Int? {
      switch kind {
      case .names: byName[key(folder)].flatMap { $0 < 0 ? nil : $0 }
      case .wordNetIDs: byID[folder]
      case .places: Int(folder).flatMap { categories.indices.contains($0) ? $0 : nil }
      }
    }
    let tries = Kind.allCases.map { kind in (kind: kind, found: folders.map { place($0, kind) }) }
    func fault(_ problem: String, _ advice: String) -> LucidError {
      LucidError(
        .invalidInput, doing: "finding the classes of \(folders.count) folders", problem: problem, advice: advice)
    }
    for (kind, found) in tries where !found.contains(nil) {
      let places = found.compactMap { $0 }
      guard Set(places).count == places.count else {
        throw fault("two of the folders are of the same class", "Put the pictures of a class into one folder.")
      }
      (self.kind, self.places) = (kind, places)
      return
    }
    let counts = tries.map { $0.found.count { $0 != nil } }
    let best = tries[counts.firstIndex(of: counts.max() ?? 0) ?? 0].found
    let stranger = zip(folders, best).first { $0.1 == nil }?.0 ?? ""
    throw fault(
      "the folder \(stranger) is none of the model's \(categories.count) classes",
      "Call every folder by its class's name (such as \(categories.first ?? "")), or every one by its WordNet id, or every one by its place from 0."
    )
  }
}
