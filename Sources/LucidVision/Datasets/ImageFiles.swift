import Foundation
import LucidTensor

/// Picture files without labels, such as those to classify.
public struct ImageFiles: ImageDataset {
  /// The paths.
  public let paths: [String]
  /// How they are decoded.
  public var decoding: Image.DecodingOptions

  /// The pictures at these paths.
  public init(_ paths: [String], decoding: Image.DecodingOptions = .init()) {
    (self.paths, self.decoding) = (paths, decoding)
  }

  /// The pictures in a folder and the folders below it, in the order of their paths; see ``ImageFolder`` for which files
  /// count as pictures. Throws ``LucidError`` where it cannot be read or has no pictures.
  public init(folder: String, decoding: Image.DecodingOptions = .init()) throws {
    let doing = "reading the pictures in \(folder)"
    let paths = try PictureTree.files(in: folder, doing: doing)
    guard !paths.isEmpty else { throw PictureTree.empty(folder, doing: doing) }
    self.init(paths, decoding: decoding)
  }

  public var count: Int { paths.count }
  public var classes: [String] { [] }
  public func label(at index: Int) -> Int { Self.unlabelled }
  public func name(at index: Int) -> String { paths[index] }
  public func image(at index: Int) throws -> Image { try Image(contentsOf: paths[index], options: decoding) }
}
