import Foundation
import Lucid

/// The classifier that a person names, fetched with a line of progress where it is not in the cache.
func loadedClassifier(_ weights: String) async throws -> Classifier {
  if !Classifier.isPath(weights) {
    let checkpoint = try WeightCatalog.builtIn.weights(named: weights).weights
    // What classifies nothing need not be fetched to be refused.
    if checkpoint.entry.preprocessing != nil && !checkpoint.meta.categories.isEmpty {
      _ = try await fetching { try await checkpoint.stateDict(progress: $0) }
    }
  }
  let classifier = try await Classifier(weights)
  guard classifier.recipe.crop != nil else {
    throw LucidError(
      .invalidInput, doing: "preparing pictures for \(classifier.name)",
      problem: "its preprocessing has no crop, so that inputs would differ in size",
      advice: "Write the file anew with a crop in its model card.")
  }
  return classifier
}

/// Picture files that a person named, those in folders among them. What cannot be found stays in its place, to be reported
/// there.
struct NamedPictures: ImageDataset {
  private let entries: [(name: String, fault: LucidError?)]

  init(_ arguments: [String]) {
    entries = arguments.flatMap { argument -> [(String, LucidError?)] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue else {
        return [(argument, nil)]
      }
      do {
        return try ImageFiles(folder: argument).paths.map { ($0, nil) }
      } catch let error as LucidError {
        return [(argument, error)]
      } catch {
        return [(argument, LucidError(.fileUnreadable, doing: "reading \(argument)", problem: "\(error)"))]
      }
    }
  }

  var count: Int { entries.count }
  var classes: [String] { [] }
  func label(at index: Int) -> Int { Self.unlabelled }
  func name(at index: Int) -> String { entries[index].name }
  func image(at index: Int) throws -> Image {
    if let fault = entries[index].fault { throw fault }
    return try Image(contentsOf: entries[index].name)
  }

  /// Whether there is a picture that may be read at all.
  var isWorthLoading: Bool { entries.contains { $0.fault == nil && access($0.name, R_OK) == 0 } }
}

/// The data set at a path: a list where it ends in .csv, else a folder, of class folders or of pictures.
func dataset(at path: String) throws -> any ImageDataset {
  if path.lowercased().hasSuffix(".csv") { return try ImageTable(path) }
  let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  let hasFolders = names.contains { name in
    var isFolder: ObjCBool = false
    return !name.hasPrefix(".") && FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      && isFolder.boolValue
  }
  return hasFolders ? try ImageFolder(path) : try ImageFiles(folder: path)
}
