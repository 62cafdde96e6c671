import ArgumentParser
import Foundation
import Lucid

/// Standard output and standard error, written at once and with every failure noticed.
enum Console {
  /// Opens what the caller has closed of the three standard files, so that no file opened later takes its number and is
  /// printed into. Standard output is opened for reading, for a write to it to fail as it should. A file that grows beyond
  /// what `ulimit -f` allows is an error from here on, not the end of the program with half a file left.
  static func prepare() {
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
    }
  }

  /// Prints a line to standard output. Names come from files of strangers: control characters, which a terminal obeys, are
  /// printed as escapes.
  ///
  /// - Throws: ``LucidError`` where it cannot be written; `ExitCode` with 141, which says nothing, where whoever read
  ///   it has left, as after `| head`.
  static func print(_ line: String) throws {
    switch write(visible(line) + "\n", to: STDOUT_FILENO) {
    case 0: return
    case EPIPE: throw ExitCode(128 + SIGPIPE)
    case let code:
      throw LucidError(
        .fileUnreadable, doing: "writing to standard output", problem: String(cString: strerror(code)))
    }
  }

  /// Prints a value as JSON with sorted keys.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try print(String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// Prints rows in columns as wide as they need to be.
  static func printTable(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) throws {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    for row in [header] + rows {
      let cells = row.enumerated().map { column, cell in
        rightAligned.contains(column)
          ? String(repeating: " ", count: widths[column] - cell.count) + cell : cell.padded(to: widths[column])
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      try print(line)
    }
  }

  /// Prints a line to standard error; where that cannot be done, there is nobody to tell.
  static func printError(_ message: String) { _ = write(visible(message) + "\n", to: STDERR_FILENO) }

  /// Writes to standard error what is not a line, such as a line of progress to be drawn over.
  static func draw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// The number of columns of the terminal that standard error is, if it is one.
  static var columns: Int? {
    var size = winsize()
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  private static func visible(_ text: String) -> String {
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    return text.unicodeScalars.map { isHidden($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }

  /// Writes a text; 0, or the system's number of the error.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return errno }
      bytes = bytes.dropFirst(max(count, 0))
    }
    return 0
  }
}
