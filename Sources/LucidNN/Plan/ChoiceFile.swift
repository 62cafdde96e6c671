import Foundation
import LucidTensor

/// A file of choices, one a line: the algorithm's name, a tab, what it was chosen for.
///
/// Only a hint: lines that make no sense are passed over, and what cannot be read or written is measured again another
/// time. It is replaced as a whole, by renaming, so that a reader never meets a part of it.
struct ChoiceFile: Sendable {
  /// More lines than a machine ever needs are not kept.
  private static let capacity = 10_000

  let path: String

  /// `plans/convolutions.txt` in the folder for caches; nil where none is known.
  static let standard = folder(ProcessInfo.processInfo.environment).map {
    ChoiceFile(path: "\($0)/plans/convolutions.txt")
  }

  /// `LUCID_HOME`, else `lucid` in `XDG_CACHE_HOME`, else `~/.cache/lucid`: where checkpoints are kept, too.
  static func folder(_ variables: [String: String]) -> String? {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home = value("HOME")
    if let root = value("LUCID_HOME") {
      guard root == "~" || root.hasPrefix("~/"), let home else { return root }
      return home + root.dropFirst()
    }
    if let caches = value("XDG_CACHE_HOME"), caches.hasPrefix("/") { return caches + "/lucid" }
    return home.map { $0 + "/.cache/lucid" }
  }

  /// What the file says; nothing where it cannot be read.
  func read() -> [String: ConvolutionAlgorithm] {
    guard let data = FileManager.default.contents(atPath: path) else { return [:] }
    var result: [String: ConvolutionAlgorithm] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n").prefix(Self.capacity) {
      let parts = line.split(separator: "\t")
      guard parts.count == 2, let algorithm = ConvolutionAlgorithm(rawValue: String(parts[0])) else { continue }
      result[String(parts[1])] = algorithm
    }
    return result
  }

  /// Adds to what the file says now, which another process may have changed. Gives up where it cannot be written: the
  /// choices then last as long as the process.
  func add(_ choices: [String: ConvolutionAlgorithm]) {
    var all = read()
    if all.count + choices.count > Self.capacity { all = [:] }
    all.merge(choices) { $1 }
    let text = all.sorted { $0.key < $1.key }.map { "\($0.value.rawValue)\t\($0.key)\n" }.joined()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
