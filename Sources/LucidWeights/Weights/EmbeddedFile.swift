import Foundation
import LucidTensor

/// A small file that is part of the program itself, so that it is there with no network, no disk and no folder beside the
/// executable. `scripts/embed` writes the Swift of one.
public struct EmbeddedFile: Sendable {
  /// What the file would be called, such as `lenet5-mnist5k.safetensors`.
  public let name: String
  private let base64: StaticString

  /// A file of these bytes, in base 64 (RFC 4648); line ends do not count.
  public init(name: String, base64: StaticString) {
    self.name = name
    self.base64 = base64
  }

  /// The file's bytes. Traps where the text is not base 64, which `scripts/embed` does not write.
  public var bytes: Data {
    let text = base64.withUTF8Buffer { Data($0) }
    guard let bytes = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
      preconditionFailure("the embedded file \(name) is not base 64")
    }
    return bytes
  }

  /// The bytes, once they were found to be what a source promises.
  ///
  /// - Throws: ``LucidError`` with ``LucidError/Code/digestMismatch``.
  func verifiedBytes(for source: WeightSource) throws -> Data {
    let bytes = bytes
    let hash = try IncrementalSHA256()
    try bytes.withUnsafeBytes { try hash.update($0) }
    let found = try hash.finish()
    guard source.digest.matches(found), source.byteCount ?? bytes.count == bytes.count else {
      throw LucidError(
        .digestMismatch, doing: "reading the embedded file \(name)",
        problem: "it has \(bytes.count) bytes and sha256:\(found), expected \(source.digest)",
        advice: "The program was built from sources that do not belong together: take them anew and build again.")
    }
    return bytes
  }
}

extension EmbeddedFile: Hashable {
  public static func == (left: EmbeddedFile, right: EmbeddedFile) -> Bool {
    left.name == right.name
      && left.base64.withUTF8Buffer { left in right.base64.withUTF8Buffer { left.elementsEqual($0) } }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
