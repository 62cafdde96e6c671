import CImageCodecs
import LucidTensor

/// A format's decoder: the three C functions that it consists of.
struct Codec: Sendable {
  let format: String
  private let open:
    @convention(c) (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<lucid_codec_fault>?) ->
      UnsafeMutablePointer<lucid_picture>?
  private let read:
    @convention(c) (
      UnsafeMutablePointer<lucid_picture>?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<lucid_codec_fault>?
    ) -> Bool
  private let close: @convention(c) (UnsafeMutablePointer<lucid_picture>?) -> Void

  static let jpeg = Codec(format: "JPEG", open: lucid_jpeg_open, read: lucid_jpeg_read, close: lucid_jpeg_close)
  static let png = Codec(format: "PNG", open: lucid_png_open, read: lucid_png_read, close: lucid_png_close)
  static let webp = Codec(format: "WebP", open: lucid_webp_open, read: lucid_webp_read, close: lucid_webp_close)

  /// The picture as stored, and how it is to be turned.
  func decode(
    _ bytes: UnsafeRawBufferPointer, doing: String, maximumPixelCount: Int
  ) throws -> (Image, Orientation) {
    var fault = lucid_codec_fault()
    guard let picture = open(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &fault) else {
      throw error(fault, doing: doing)
    }
    defer { close(picture) }
    let (width, height) = (picture.pointee.width, picture.pointee.height)
    guard width > 0 && height > 0 else {
      throw LucidError(.invalidImage, doing: doing, problem: "its size is \(width)x\(height): it has no pixels.")
    }
    let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow && pixelCount <= min(maximumPixelCount, Int.max / 4) else {
      throw LucidError(
        .invalidImage, doing: doing,
        problem: "its header promises \(width)x\(height) pixels; at most \(maximumPixelCount) are allowed.",
        advice: "If you trust the file, raise DecodingOptions.maximumPixelCount.")
    }
    let image = try Image(height: height, width: width) { pixels in
      guard read(picture, pixels, &fault) else { throw error(fault, doing: doing) }
    }
    let exif = UnsafeRawBufferPointer(start: picture.pointee.exif, count: picture.pointee.exif_count)
    return (image, Orientation(exif: exif))
  }

  private func error(_ fault: lucid_codec_fault, doing: String) -> LucidError {
    let text = withUnsafeBytes(of: fault.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return fault.unsupported
      ? LucidError(
        .unsupportedFormat, doing: doing, problem: "this kind of \(format) file is not supported: \(text).",
        advice: "Save it again as an ordinary \(format) file.")
      : LucidError(
        .invalidImage, doing: doing, problem: "the \(format) file is damaged: \(text).",
        advice: "Check that it was copied or downloaded completely.")
  }
}
