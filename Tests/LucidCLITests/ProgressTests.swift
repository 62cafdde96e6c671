import Foundation
import LucidTesting
import Testing

/// The line of progress on a terminal, played by `script`.
@Suite(.enabled(if: access("/usr/bin/script", X_OK) == 0, "needs the program script")) struct ProgressTests {
  private let bytes = [UInt8](repeating: 7, count: 3_000_000)

  /// What a terminal gets to see of a fetch; the server breaks off once.
  private func fetch(_ variables: [String: String]) throws -> String {
    let server = try LoopbackServer([
      "/m.bin": [.late(0.3, .file(bytes, etag: "\"a\"", cut: 2_000_000)), .late(0.3, .file(bytes, etag: "\"a\""))]
    ])
    let program = Program(
      in: try Scratch(), ["LUCID_OFFLINE": "", "TERM": "xterm", "SHELL": "/bin/sh"].merging(variables) { $1 })
    let command = "\"$lucid\" weights fetch \(server.url("/m.bin")) --sha256 \(sha256(Data(bytes)))"
    let outcome = try program.shell("script -qec '\(command)' /dev/null < /dev/null")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("home/files/m-"), "\(outcome.output)")
    return outcome.output
  }

  @Test func aTerminalShowsABarWithRateAndTheRest() throws {
    let seen = try fetch([:])
    #expect(seen.contains("█") && seen.contains("3.0 MB of 3.0 MB"), "\(seen)")
    #expect(seen.contains("asking http://127.0.0.1"))
    #expect(seen.contains("warning: ") && seen.contains("trying again"))
    let drawn = seen.components(separatedBy: "\r\u{1b}[K").dropFirst()
    #expect(drawn.count > 2)
    for line in drawn { #expect(!line.hasPrefix("asking") || line.count < 80) }
  }

  @Test func progressThatIsNotWantedIsNotShown() throws {
    let seen = try fetch(["LUCID_PROGRESS": "0"])
    #expect(!seen.contains("█") && !seen.contains("\u{1b}") && !seen.contains("asking"))
    #expect(seen.contains("warning: "), "what a person should know is said all the same")
  }
}
