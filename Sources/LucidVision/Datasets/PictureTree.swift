import Foundation
import LucidTensor

/// Finding the picture files below a folder.
enum PictureTree {
  /// The endings, in lower case, of the files that count as pictures. The decoders go by the first bytes, so a picture
  /// under a wrong one of these names is read all the same.
  static let extensions: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "png", "webp"]

  /// The names of what is in a folder, sorted by their UTF-8 bytes as Python sorts them, without hidden ones. A link
  /// counts as what it leads to.
  static func entries(of folder: String, doing: String) throws -> (folders: [String], files: [String]) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw LucidError(.fileUnreadable, doing: doing, problem: "there is no such folder.")
    }
    guard isFolder.boolValue else {
      throw LucidError(.fileUnreadable, doing: doing, problem: "it is a file; a folder was expected.")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: doing, problem: "the folder \(folder) cannot be read: \(error.localizedDescription)")
    }
    var (folders, files): ([String], [String]) = ([], [])
    for name in names.filter({ !$0.hasPrefix(".") }).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else { continue }
      if isFolder.boolValue { folders.append(name) } else { files.append(name) }
    }
    return (folders, files)
  }

  /// The picture files in a folder and the folders below it: first its own, then those of its folders, each in order, as
  /// Python's `os.walk(followlinks=True)` sorted. A folder that is met again below itself through a link is not entered.
  static func files(in folder: String, doing: String) throws -> [String] {
    var open: Set<String> = []
    func walk(_ folder: String) throws -> [String] {
      let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
      guard open.insert(real).inserted else { return [] }
      defer { open.remove(real) }
      let (folders, files) = try entries(of: folder, doing: doing)
      let own = files.filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) }
      return try own.map { "\(folder)/\($0)" } + folders.flatMap { try walk("\(folder)/\($0)") }
    }
    return try walk(folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder)
  }

  static func empty(_ folder: String, doing: String) -> LucidError {
    LucidError(
      .invalidInput, doing: doing, problem: "there is no picture in it.",
      advice: "Pictures are files that end in \(extensions.sorted().map { ".\($0)" }.joined(separator: ", ")).")
  }
}
