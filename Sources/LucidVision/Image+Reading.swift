import Foundation
import LucidTensor

extension Image {
  /// How a file becomes a picture.
  public struct DecodingOptions: Sendable, Hashable {
    /// The most pixels that a picture may have. A few bytes can promise a gigantic picture, so the header is checked
    /// against this before memory is taken. The default, 178,956,970, is where PIL gives up too: 512 MiB of RGB.
    public var maximumPixelCount = 178_956_970
    /// The longest file that is read, in bytes: 1 GiB.
    public var maximumByteCount = 1 << 30
    /// Whether a picture is turned upright as its Exif orientation says. PIL and torchvision do not unless asked to.
    public var appliesOrientation = true

    /// The defaults.
    public init() {}
  }

  /// Reads a JPEG, PNG or WebP file; its first bytes, not its name, tell which. Of an animation it is the first frame.
  ///
  /// Grey, palette, CMYK and transparent pictures become RGB as by PIL's `convert("RGB")`: alpha is dropped, not blended.
  /// Of 16-bit samples the upper 8 bits are kept. Throws ``LucidError`` naming the file and the fault when it cannot be
  /// read (`fileUnreadable`), is damaged, cut short or too large (`invalidImage`), or is of another format
  /// (`unsupportedFormat`).
  public init(contentsOf path: String, options: DecodingOptions = DecodingOptions()) throws {
    let bytes = try readFile(path, doing: "reading the picture \(path)", limit: options.maximumByteCount)
    try self.init(data: bytes, named: path, options: options)
  }

  /// Reads a JPEG, PNG or WebP file, as ``init(contentsOf:options:)-(String,_)`` does. The URL must be a `file:` URL.
  public init(contentsOf url: URL, options: DecodingOptions = DecodingOptions()) throws {
    guard url.isFileURL else {
      throw LucidError(
        .fileUnreadable, doing: "reading the picture \(url.absoluteString)",
        problem: "only files of this machine can be read.", advice: "Download it first, then give its path.")
    }
    try self.init(contentsOf: url.path, options: options)
  }

  /// Decodes the bytes of a JPEG, PNG or WebP file, as ``init(contentsOf:options:)-(String,_)`` does; `name` is what an
  /// error calls them.
  public init(
    data: some ContiguousBytes, named name: String = "picture", options: DecodingOptions = DecodingOptions()
  ) throws {
    self = try data.withUnsafeBytes { try Image.decode($0, doing: "decoding \(name)", options: options) }
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, doing: String, options: DecodingOptions
  ) throws -> Image {
    let codec: Codec
    switch ImageFormat(sniffing: bytes) {
    case .jpeg: codec = .jpeg
    case .png: codec = .png
    case .webp: codec = .webp
    case .other(let name):
      throw LucidError(
        .unsupportedFormat, doing: doing, problem: "it is \(name), not JPEG, PNG or WebP.",
        advice: "Convert it to one of these first.")
    case nil:
      throw LucidError(
        .invalidImage, doing: doing,
        problem: bytes.isEmpty ? "it is empty." : "its first bytes are not those of a JPEG, PNG or WebP file.",
        advice: "Check that it is a picture and was copied or downloaded completely.")
    }
    let (image, orientation) = try codec.decode(bytes, doing: doing, maximumPixelCount: options.maximumPixelCount)
    return options.appliesOrientation ? image.oriented(orientation) : image
  }
}

/// The bytes of a file; a pipe will do, a folder or more than `limit` bytes will not.
private func readFile(_ path: String, doing: String, limit: Int) throws -> [UInt8] {
  func unreadable(_ problem: String) -> LucidError { LucidError(.fileUnreadable, doing: doing, problem: problem) }
  func unreadable(_ number: Int32) -> LucidError {
    unreadable(number == ENOENT ? "there is no such file." : String(cString: strerror(number)))
  }

  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw unreadable(errno) }
  defer { close(descriptor) }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0 else { throw unreadable(errno) }
  if facts.st_mode & S_IFMT == S_IFDIR { throw unreadable("it is a folder; a picture was expected.") }

  var bytes: [UInt8] = []
  bytes.reserveCapacity(min(max(Int(facts.st_size), 0), limit) + 1)
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw unreadable(errno) }
    guard count > 0 else { return bytes }
    bytes.append(contentsOf: chunk[..<count])
    guard bytes.count <= limit else {
      throw LucidError(
        .invalidImage, doing: doing, problem: "it has more than \(limit) bytes.",
        advice: "If it really is a picture, raise DecodingOptions.maximumByteCount.")
    }
  }
}
