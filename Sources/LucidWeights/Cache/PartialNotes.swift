/// Where the bytes of a partial file came from, noted beside them so that a later process can go on.
struct PartialOrigin: Sendable, Hashable {
  /// The SHA-256 of the address, which itself may hold a secret.
  var addressDigest: String
  /// The address for people.
  var place: String
  /// The strong validator of the answer (RFC 9110, 8.8.3), quotes included.
  var etag: String?
  /// The size of the whole file.
  var byteCount: Int?

  init(addressDigest: String, place: String, etag: String?, byteCount: Int?) {
    (self.addressDigest, self.place, self.etag, self.byteCount) = (addressDigest, place, etag, byteCount)
  }

  /// Reads what `text` wrote; nil if it is anything else.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 6, lines[0] == "lucid-partial 1", lines[1].isHexadecimal(count: 64...64) else { return nil }
    addressDigest = String(lines[1])
    place = String(lines[2])
    etag = lines[3].isEmpty ? nil : String(lines[3])
    byteCount = Int(lines[4])
  }

  /// The note as text.
  var text: String {
    "lucid-partial 1\n\(addressDigest)\n\(place)\n\(etag ?? "")\n\(byteCount.map(String.init) ?? "")\n"
  }
}

/// A part of a file: the bytes from `start` up to `next` are there, those from there up to `end` are not.
struct PartialPiece: Sendable, Hashable {
  var start: Int
  var end: Int
  var next: Int

  var isWhole: Bool { next == end }

  /// The piece as a line of fixed length, so that it can be written over in place.
  var line: String {
    [start, end, next].map { String(repeating: "0", count: 19 - String($0).count) + "\($0)" }.joined(separator: " ")
      + "\n"
  }
  static let lineLength = 60

  /// Reads the lines of pieces that follow each other from 0 to `byteCount`; nil for anything else.
  static func read(_ text: String, byteCount: Int) -> [PartialPiece]? {
    var pieces: [PartialPiece] = []
    for line in text.split(separator: "\n") {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 3, numbers[0] == pieces.last?.end ?? 0, numbers[0] < numbers[1],
        (numbers[0]...numbers[1]).contains(numbers[2])
      else { return nil }
      pieces.append(PartialPiece(start: numbers[0], end: numbers[1], next: numbers[2]))
    }
    return pieces.last?.end == byteCount ? pieces : nil
  }
}
