import Foundation
import LucidTensor

/// Pictures that a file of comma-separated values (RFC 4180) lists, one a line with its label:
///
/// ```
/// path,label
/// robins/1.jpg,robin
/// "wrens/1, in the garden.jpg",wren
/// ```
///
/// Paths are relative to the file's folder. Labels are names, which become the classes in the order of their bytes; where
/// every label is a whole number from 0, they are places, and the classes are called "0", "1", ….
public struct ImageTable: ImageDataset {
  /// How the columns are found.
  public enum Header: Sendable, Hashable {
    /// The first line names the columns where it has a field `path`, and else is a picture's.
    case automatic
    /// The first line names the columns.
    case present
    /// The first line is a picture's; the path is the first field, the label the second.
    case absent
  }

  public let classes: [String]
  /// The paths of the pictures.
  public let paths: [String]
  private let labels: [Int]
  /// How they are decoded.
  public var decoding: Image.DecodingOptions

  /// Reads the list; the pictures are only opened when asked for.
  ///
  /// - Parameters:
  ///   - pathColumn, labelColumn: what the header calls the two columns; there may be others.
  ///   - classes: the classes and their order, where they are known already. Labels are then names out of it, or places.
  /// - Throws: ``LucidError`` where the file cannot be read (`fileUnreadable`), breaks the rules of its format (`corruptFile`),
  ///   lists nothing, lacks a column or a field, or has a label that is no known class (`invalidInput`).
  public init(
    _ file: String, header: Header = .automatic, pathColumn: String = "path", labelColumn: String = "label",
    classes known: [String]? = nil, decoding: Image.DecodingOptions = .init()
  ) throws {
    let doing = "reading the list of pictures \(file)"
    func misfit(_ problem: String, _ advice: String? = nil) -> LucidError {
      LucidError(.invalidInput, doing: doing, problem: problem, advice: advice)
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    } catch {
      throw LucidError(.fileUnreadable, doing: doing, problem: error.localizedDescription)
    }
    var records = try CSVText(bytes, doing: doing).records
    var (pathPlace, labelPlace) = (0, 1)
    let first = records.first?.fields ?? []
    if header == .present || (header == .automatic && first.contains(pathColumn)) {
      let advice =
        "The first line is \(first.joined(separator: ",")); it must name the columns \(pathColumn) and \(labelColumn)."
      guard let path = first.firstIndex(of: pathColumn) else { throw misfit("it has no column \(pathColumn)", advice) }
      guard let label = first.firstIndex(of: labelColumn) else {
        throw misfit("it has no column \(labelColumn)", advice)
      }
      (pathPlace, labelPlace) = (path, label)
      records.removeFirst()
    }
    guard !records.isEmpty else { throw misfit("it lists no pictures.") }

    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().relativePath
    var (paths, texts): ([String], [String]) = ([], [])
    for record in records {
      let fields = record.fields
      guard fields.count > max(pathPlace, labelPlace), !fields[pathPlace].isEmpty, !fields[labelPlace].isEmpty else {
        throw misfit("line \(record.line) has no path or no label.", "Each line reads path,label.")
      }
      paths.append(fields[pathPlace].hasPrefix("/") ? fields[pathPlace] : "\(folder)/\(fields[pathPlace])")
      texts.append(fields[labelPlace])
    }
    let numbers = texts.compactMap { text in text.allSatisfy(\.isWholeNumber) ? Int(text) : nil }
    let areNumbers = numbers.count == texts.count
    let sorted = Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !areNumbers || (numbers.max() ?? 0) < 1_000_000 else {
      throw misfit("it has the label \(numbers.max() ?? 0), and so too many classes.", "Number the classes from 0.")
    }
    let names = known ?? (areNumbers ? (0...(numbers.max() ?? 0)).map(String.init) : sorted)
    let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    let labels = try zip(records, texts).enumerated().map { index, pair in
      if let place = places[pair.1] { return place }
      if areNumbers, names.indices.contains(numbers[index]) { return numbers[index] }
      throw misfit("the label \(pair.1) in line \(pair.0.line) is none of the \(names.count) known classes.")
    }
    (self.classes, self.paths, self.labels, self.decoding) = (names, paths, labels, decoding)
  }

  public var count: Int { paths.count }
  public func label(at index: Int) -> Int { labels[index] }
  public func name(at index: Int) -> String { paths[index] }
  public func image(at index: Int) throws -> Image { try Image(contentsOf: paths[index], options: decoding) }
}
