import Foundation
import LucidTesting
import Testing

/// The built program `lucid`, run as a person runs it, with a cache of its own and no network.
struct Program: Sendable {
  /// How a run ended.
  struct Outcome: Sendable {
    /// The exit status; 128 plus the signal's number where one ended it, as shells count.
    let status: Int32
    let output: String
    let errors: String

    /// The output as JSON.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed) }
  }

  /// The folder of the test, which is the working directory.
  let folder: Scratch
  /// Environment variables on top of the usual ones; an empty one is taken away.
  let variables: [String: String]

  init(in folder: Scratch, _ variables: [String: String] = [:]) {
    self.folder = folder
    self.variables = variables
  }

  /// The path of the program, beside that of the tests.
  static let path: String = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let bundle = Bundle.main.bundleURL
    let folders = [tests.deletingLastPathComponent(), bundle, bundle.deletingLastPathComponent()]
    let paths = folders.map { $0.appending(path: "lucid").path }
    guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      preconditionFailure("the program lucid is in none of \(paths)")
    }
    return path
  }()

  /// Runs `lucid` to its end.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs `lucid` to its end.
  func run(_ arguments: [String]) throws -> Outcome { try start(Self.path, arguments).end() }

  /// Runs a line of shell to its end, in which `$lucid` is the program.
  func shell(_ script: String) throws -> Outcome { try start("/bin/sh", ["-c", script]).end() }

  /// Starts a program.
  func start(_ program: String, _ arguments: [String]) throws -> Running {
    var environment = ProcessInfo.processInfo.environment
    for name in environment.keys where name.hasPrefix("LUCID_") || name == "HF_HUB_OFFLINE" { environment[name] = nil }
    environment.merge(["LUCID_HOME": folder.path("home"), "LUCID_OFFLINE": "1", "lucid": Self.path]) { $1 }
    environment.merge(variables) { $1 }
    return try Running(program, arguments, environment.filter { !$0.value.isEmpty }, folder)
  }
}

/// A program that has been started. Its output goes to files, so that no pipe can fill up.
struct Running {
  let process = Process()
  private let output: String
  private let errors: String

  fileprivate init(
    _ program: String, _ arguments: [String], _ environment: [String: String], _ folder: Scratch
  ) throws {
    output = folder.path("stdout-\(UUID().uuidString)")
    errors = folder.path("stderr-\(UUID().uuidString)")
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
  }

  /// Waits for its end.
  func end() throws -> Program.Outcome {
    process.waitUntilExit()
    let base: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return Program.Outcome(
      status: base + process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}

/// Expects a failure that is said once, on standard error, in words for a person.
func expectError(
  _ outcome: Program.Outcome, status: Int32 = 1, output: String = "", saying words: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let errors = outcome.errors
  #expect(outcome.status == status, "\(errors)", sourceLocation: sourceLocation)
  #expect(outcome.output == output, sourceLocation: sourceLocation)
  #expect(errors.hasPrefix("error: "), "\(errors)", sourceLocation: sourceLocation)
  #expect(errors.components(separatedBy: "error: ").count == 2, "\(errors)", sourceLocation: sourceLocation)
  #expect(errors.contains("Usage:") == (status == 64), "\(errors)", sourceLocation: sourceLocation)
  for word in words { #expect(errors.contains(word), "\(errors)", sourceLocation: sourceLocation) }
  for noise in ["LucidError(", "Error Domain", "Fatal error", "Precondition", "Backtrac", "Optional("] {
    #expect(!errors.contains(noise), "\(errors)", sourceLocation: sourceLocation)
  }
}
