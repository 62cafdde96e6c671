/// The format of a file, told by its first bytes.
enum ImageFormat: Equatable {
  case jpeg, png, webp
  /// A format that is known by name but not supported.
  case other(String)

  /// Nil when the bytes are of no known format.
  init?(sniffing bytes: UnsafeRawBufferPointer) {
    func has(_ signature: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + signature.count && signature.indices.allSatisfy { bytes[offset + $0] == signature[$0] }
    }
    func has(_ signature: String, at offset: Int = 0) -> Bool { has(Array(signature.utf8), at: offset) }

    if has([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if has("RIFF") && has("WEBP", at: 8) {
      self = .webp
    } else if has("ftyp", at: 4) {
      self = .other(ImageFormat.isoMediaName(brand: String(decoding: bytes[8..<min(12, bytes.count)], as: UTF8.self)))
    } else if let name = ImageFormat.signatures.first(where: { has($0.signature) })?.name {
      self = .other(name)
    } else if let name = ImageFormat.textName(bytes) {
      self = .other(name)
    } else {
      return nil
    }
  }

  private static let signatures: [(signature: [UInt8], name: String)] = [
    (Array("GIF8".utf8), "a GIF file"),
    (Array("BM".utf8), "a BMP file"),
    (Array("II*\0".utf8), "a TIFF or camera raw file"),
    (Array("MM\0*".utf8), "a TIFF or camera raw file"),
    (Array("II+\0".utf8), "a BigTIFF file"),
    (Array("MM\0+".utf8), "a BigTIFF file"),
    ([0xFF, 0x0A], "a JPEG XL file"),
    ([0, 0, 0, 0x0C] + Array("JXL ".utf8), "a JPEG XL file"),
    ([0, 0, 0, 0x0C] + Array("jP  ".utf8), "a JPEG 2000 file"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 file"),
    ([0, 0, 1, 0], "an icon (ICO) file"),
    (Array("8BPS".utf8), "a Photoshop file"),
    (Array("qoif".utf8), "a QOI file"),
    (Array("DDS ".utf8), "a DDS file"),
    ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR file"),
    (Array("%PDF".utf8), "a PDF file"),
  ]

  private static func isoMediaName(brand: String) -> String {
    switch brand {
    case "avif", "avis": "an AVIF file"
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": "a HEIC file"
    default: "a video or another ISO media file"
    }
  }

  private static func textName(_ bytes: UnsafeRawBufferPointer) -> String? {
    let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased().drop { $0.isWhitespace }
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return "a web page" }
    if start.hasPrefix("<svg") || start.hasPrefix("<?xml") { return "an SVG or another XML file" }
    let digits = start.dropFirst()
    if start.hasPrefix("p"), let digit = digits.first, "1"..."7" ~= digit,
      digits.dropFirst().first?.isWhitespace == true
    {
      return "a PNM file"
    }
    return nil
  }
}
