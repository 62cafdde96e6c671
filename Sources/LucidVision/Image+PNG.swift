import CImageCodecs
import Foundation
import LucidTensor

extension Image {
  /// The picture as an 8-bit RGB PNG file. Throws ``LucidError`` when it is too large for the format.
  public func pngData() throws -> Data {
    var fault = lucid_codec_fault()
    var count = 0
    let bytes = pixels.withUnsafeBufferPointer { lucid_png_encode($0.baseAddress, width, height, &count, &fault) }
    guard let bytes else {
      let text = withUnsafeBytes(of: fault.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw LucidError(.invalidImage, doing: "encoding \(self) as PNG", problem: text)
    }
    return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
  }

  /// Writes the picture as a PNG file, replacing one that is there only when the new one is complete. Throws
  /// ``LucidError`` when it cannot be written.
  public func writePNG(to path: String) throws {
    let data = try pngData()
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw LucidError(
        .fileUnreadable, doing: "writing the picture \(path)", problem: error.localizedDescription,
        advice: "Check that the folder exists and may be written to.")
    }
  }
}
