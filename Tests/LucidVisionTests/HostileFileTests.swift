import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

private let samples = [
  "png-kind2-depth8.png", "png-kind3-depth4-interlaced.png", "exif-2.png", "jpeg-420.jpg", "jpeg-444-progressive.jpg",
  "jpeg-cmyk.jpg", "jpeg-restarts.jpg", "webp-lossy.webp", "webp-lossless.webp", "webp-lossy-alpha.webp",
  "webp-animated.webp", "exif-3.webp",
]

private func failure(_ body: () throws -> Image) -> LucidError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? LucidError
  }
}

@Suite("Hostile and damaged files are refused")
struct HostileFileTests {
  @Test("cut short at every tenth byte", arguments: samples)
  func truncated(name: String) throws {
    let bytes = try Fixtures.bytes("images/\(name)")
    for count in stride(from: 0, to: bytes.count, by: 10) {
      let error = failure { try Image(data: Array(bytes.prefix(count)), named: name) }
      #expect(error?.code == .invalidImage, "\(count) of \(bytes.count) bytes")
      #expect(error?.description.contains(name) == true)
    }
  }

  /// A flip may hit a colour and go unnoticed; it must not crash, and an error must be ours and name the file.
  @Test("each bit of each third byte flipped", arguments: samples)
  func flipped(name: String) throws {
    let bytes = try Fixtures.bytes("images/\(name)")
    var refused = 0
    for index in stride(from: 0, to: bytes.count, by: 3) {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << bit
        do {
          let image = try Image(data: damaged, named: name)
          #expect(image.pixels.count == image.width * image.height * 3)
        } catch let error as LucidError {
          refused += 1
          #expect(error.code == .invalidImage || error.code == .unsupportedFormat)
          #expect(error.doing.contains(name))
        }
      }
    }
    #expect(refused > 0)
  }

  @Test(
    "a header that promises too many pixels", arguments: ["png-kind2-depth8.png", "jpeg-420.jpg", "webp-lossy.webp"])
  func limit(name: String) throws {
    var options = Image.DecodingOptions()
    options.maximumPixelCount = 23 * 17 - 1
    let error = failure { try Image(contentsOf: Fixtures.path("images/\(name)"), options: options) }
    #expect(error?.code == .invalidImage)
    #expect(error?.problem.contains("at most 390 are allowed") == true)
    #expect(error?.advice?.contains("maximumPixelCount") == true)
    let expected = try #require(decodedImages[name])
    options.maximumPixelCount = expected.width * expected.height
    #expect(try Image(contentsOf: Fixtures.path("images/\(name)"), options: options).width == expected.width)
  }

  @Test("bombs: a few bytes that promise gigapixels")
  func bombs() throws {
    var jpeg = try Fixtures.bytes("images/jpeg-420.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let jpegError = failure { try Image(data: jpeg, named: "bomb.jpg") }
    #expect(jpegError?.problem.contains("65500x65500") == true)

    // A valid header, its checksum included, of 2147483647 x 2147483647 pixels.
    let header: [UInt8] = [0x49, 0x48, 0x44, 0x52, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 2, 0, 0, 0]
    let checksum: [UInt8] = crc32(header)
    let rest = try Fixtures.bytes("images/png-kind2-depth8.png")
    let png = Array(rest[0..<12]) + header + checksum + Array(rest[33...])
    let pngError = failure { try Image(data: png, named: "bomb.png") }
    #expect(pngError?.problem.contains("2147483647x2147483647") == true, "\(String(describing: pngError))")
    #expect(pngError?.code == .invalidImage)
  }

  @Test("a picture without pixels")
  func empty() throws {
    var jpeg = try Fixtures.bytes("images/jpeg-420.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0, 0, 0, 0])
    #expect(failure { try Image(data: jpeg, named: "none.jpg") }?.code == .invalidImage)
  }

  @Test("12-bit JPEG is named as unsupported")
  func precision() throws {
    var jpeg = try Fixtures.bytes("images/jpeg-420.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg[frame + 4] = 12
    let error = failure { try Image(data: jpeg, named: "twelve.jpg") }
    #expect(error?.code == .unsupportedFormat)
    #expect(error?.description.contains("twelve.jpg") == true)
  }

  @Test("a pixel that names a missing colour")
  func palette() throws {
    // kind 3, depth 4, with the palette's length cut from 16 to 15 colours and a fresh checksum
    let bytes = try Fixtures.bytes("images/png-kind3-depth4.png")
    let start = try #require(bytes.indices.first { Array(bytes[$0..<min($0 + 4, bytes.count)]) == Array("PLTE".utf8) })
    let palette = Array(bytes[start..<start + 4 + 45])
    let damaged =
      Array(bytes[..<(start - 4)]) + [0, 0, 0, 45] + palette + crc32(palette) + bytes[(start + 4 + 48 + 4)...]
    #expect(failure { try Image(data: damaged) }?.problem.contains("palette") == true)
  }

  /// The checksum of a PNG chunk (ISO 3309), big-endian.
  private func crc32(_ bytes: [UInt8]) -> [UInt8] {
    var state: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? 0xEDB8_8320 ^ (state >> 1) : state >> 1 }
    }
    return withUnsafeBytes(of: (~state).bigEndian) { Array($0) }
  }
}

@Suite("Files that are no pictures are refused")
struct WrongFileTests {
  @Test(
    "other formats are named",
    arguments: [
      ("GIF89a............", "GIF"), ("BM..............", "BMP"), ("II*\0............", "TIFF"),
      ("MM\0*............", "TIFF"), ("\0\0\0\u{18}ftypheic....", "HEIC"), ("\0\0\0\u{18}ftypavif....", "AVIF"),
      ("\0\0\0\u{18}ftypisom....", "video"), ("%PDF-1.7", "PDF"), ("<!DOCTYPE html><html>", "web page"),
      ("\n <svg width='1'>", "SVG"), ("P6\n2 2\n255\n", "PNM"), ("8BPS....", "Photoshop"), ("qoif....", "QOI"),
      ("\0\0\0\u{0C}JXL ....", "JPEG XL"), ("\0\0\u{01}\0....", "icon"),
    ])
  func otherFormats(text: String, name: String) {
    let error = failure { try Image(data: Array(text.utf8), named: "some.file") }
    #expect(error?.code == .unsupportedFormat)
    #expect(error?.problem.contains(name) == true)
    #expect(error?.doing.contains("some.file") == true)
  }

  @Test("nothing known", arguments: ["", "a", "hello, world", "\0\0\0\0\0\0\0\0"])
  func unknown(text: String) {
    let error = failure { try Image(data: Array(text.utf8), named: "notes.txt") }
    #expect(error?.code == .invalidImage)
    #expect(error?.problem.contains(text.isEmpty ? "empty" : "first bytes") == true)
  }

  @Test("a missing file, a folder, a URL of the web, a file that is too long")
  func unreadable() throws {
    let missing = failure { try Image(contentsOf: "/nowhere/cat.jpg") }
    #expect(missing?.code == .fileUnreadable)
    #expect(missing?.description.contains("/nowhere/cat.jpg") == true)
    let folder = failure { try Image(contentsOf: FileManager.default.temporaryDirectory.path) }
    #expect(folder?.code == .fileUnreadable)
    #expect(folder?.problem.contains("folder") == true)
    let web = failure { try Image(contentsOf: URL(string: "https://example.org/cat.jpg")!) }
    #expect(web?.code == .fileUnreadable)
    var options = Image.DecodingOptions()
    options.maximumByteCount = 100
    let long = failure { try Image(contentsOf: Fixtures.path("images/jpeg-420.jpg"), options: options) }
    #expect(long?.problem.contains("more than 100 bytes") == true)
    #expect(failure { try Image(contentsOf: "/dev/null") }?.problem == "it is empty.")
  }
}
