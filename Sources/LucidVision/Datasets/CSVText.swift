import LucidTensor

/// The records of a text with comma-separated values (RFC 4180): fields may be in double quotes, within which commas, line
/// ends and doubled quotes are text. Lines end with LF or CRLF; empty lines and a byte order mark are left out.
struct CSVText {
  struct Record: Equatable {
    /// The line on which it begins, from 1.
    let line: Int
    var fields: [String]
  }

  private(set) var records: [Record] = []

  /// Throws ``LucidError`` (`corruptFile`) naming the line where a quote is where none may be, or is not closed.
  init(_ bytes: some Sequence<UInt8>, separator: UInt8 = UInt8(ascii: ","), doing: String) throws(LucidError) {
    let (quote, lineFeed, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    func fault(_ problem: String) -> LucidError { LucidError(.corruptFile, doing: doing, problem: problem) }

    var text = Array(bytes)[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    var (line, begin) = (1, 1)
    var (fields, field): ([String], [UInt8]) = ([], [])
    var wasQuoted = false

    func isEnd(_ byte: UInt8?) -> Bool { byte == nil || byte == separator || byte == lineFeed }
    while true {
      let byte = text.popFirst()
      if byte == quote {
        guard field.isEmpty && !wasQuoted else {
          throw fault("line \(line) has a quote inside of a field that does not begin with one")
        }
        wasQuoted = true
        while true {
          guard let inner = text.popFirst() else { throw fault("the quote in line \(begin) is not closed") }
          if inner == quote {
            guard text.first == quote else { break }
            text.removeFirst()
          }
          if inner == lineFeed { line += 1 }
          field.append(inner)
        }
        let next = text.first == carriageReturn ? text.dropFirst().first : text.first
        guard isEnd(next) else { throw fault("line \(line) has text after a closing quote") }
      } else if byte == carriageReturn && (text.first == lineFeed || text.isEmpty) {
        continue
      } else if isEnd(byte) {
        fields.append(String(decoding: field, as: UTF8.self))
        if byte != separator {
          if fields.count > 1 || !fields[0].isEmpty || wasQuoted { records.append(Record(line: begin, fields: fields)) }
          fields = []
          line += 1
          begin = line
        }
        field = []
        wasQuoted = false
        guard byte != nil else { return }
      } else if let byte {
        field.append(byte)
      }
    }
  }

  /// A field as it is written: in quotes where it needs them.
  static func quoted(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { ",\"\n\r".utf8.contains($0) }
    return needsQuotes
      ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : field
  }
}
