import Foundation
import LucidTensor

/// A folder with a folder of pictures for each class, as torchvision's `ImageFolder` reads it:
///
/// ```
/// birds/robin/1.jpg
/// birds/robin/winter/2.jpg
/// birds/wren/1.png
/// ```
///
/// The classes are the names of the folders, sorted by their bytes; the pictures of a class are all those below its folder,
/// sorted. Hidden files and folders are left out, links are followed, and files count as pictures by their ending (.jpg,
/// .jpeg, .jpe, .jfif, .png, .webp, in either case); others are left out.
public struct ImageFolder: ImageDataset {
  public let classes: [String]
  /// The paths of the pictures.
  public let paths: [String]
  private let labels: [Int]
  /// How they are decoded.
  public var decoding: Image.DecodingOptions

  /// Reads the names in a folder; the pictures are only opened when asked for.
  ///
  /// - Parameter classes: the classes and their order, where they are known already, such as those of a training set; folders
  ///   of other names are then an error, and missing ones are not.
  /// - Throws: ``LucidError`` where the folder cannot be read (`fileUnreadable`), has no class folders, or has class folders
  ///   without pictures (`invalidInput`).
  public init(_ folder: String, classes known: [String]? = nil, decoding: Image.DecodingOptions = .init()) throws {
    let doing = "reading the classes in \(folder)"
    let (folders, files) = try PictureTree.entries(of: folder, doing: doing)
    guard !folders.isEmpty else {
      throw LucidError(
        .invalidInput, doing: doing,
        problem: files.isEmpty ? "it is empty." : "it has \(files.count) files but no folders.",
        advice: "Put the pictures of each class into a folder of the class's name, as in \(folder)/robin/1.jpg.")
    }
    let names = known ?? folders
    if let stranger = folders.first(where: { !names.contains($0) }) {
      throw LucidError(
        .invalidInput, doing: doing, problem: "the folder \(stranger) is none of the \(names.count) known classes.",
        advice: "The classes are those of the model or of the training set: rename the folder or leave it out.")
    }
    var (paths, labels, bare): ([String], [Int], [String]) = ([], [], [])
    let base = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    for (label, name) in names.enumerated() where folders.contains(name) {
      let found = try PictureTree.files(in: "\(base)/\(name)", doing: doing)
      if found.isEmpty { bare.append(name) }
      paths += found
      labels += [Int](repeating: label, count: found.count)
    }
    guard bare.isEmpty else {
      let error = PictureTree.empty(folder, doing: doing)
      throw LucidError(
        .invalidInput, doing: doing,
        problem: "there is no picture in the folder\(bare.count > 1 ? "s" : "") \(bare.joined(separator: ", ")).",
        advice: error.advice)
    }
    (self.classes, self.paths, self.labels, self.decoding) = (names, paths, labels, decoding)
  }

  public var count: Int { paths.count }
  public func label(at index: Int) -> Int { labels[index] }
  public func name(at index: Int) -> String { paths[index] }
  public func image(at index: Int) throws -> Image { try Image(contentsOf: paths[index], options: decoding) }
}
