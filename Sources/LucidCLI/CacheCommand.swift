import ArgumentParser
import Foundation
import Lucid

struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Show, shrink and check what was fetched.",
    subcommands: [List.self, Remove.self, Prune.self, Doctor.self], defaultSubcommand: List.self)

  /// The root of the cache.
  fileprivate static func root() throws -> String {
    guard let root = FetchEnvironment.process.cacheRoot else {
      throw LucidError(
        .fileUnreadable, doing: "looking at the cache", problem: "there is no home directory",
        advice: "Set LUCID_HOME to a folder of your own.")
    }
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: root, isDirectory: &isFolder)
    if isThere, !isFolder.boolValue || access(root, R_OK | X_OK) != 0 {
      throw LucidError(
        .fileUnreadable, doing: "looking at the cache \(root)",
        problem: isFolder.boolValue ? "the folder may not be read" : "it is a file, not a folder",
        advice: "Set LUCID_HOME to a folder of your own.")
    }
    return root
  }

  fileprivate static func date(_ seconds: Int) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List what is in the cache.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Row: Encodable {
      let name, sha256, path, state: String
      let bytes: Int
      let lastUsed: String
    }

    func run() async throws {
      let inventory = CacheInventory(root: try CacheCommand.root())
      let rows =
        inventory.blobs().map {
          Row(
            name: $0.names.first ?? "", sha256: $0.sha256, path: $0.path, state: "whole", bytes: $0.byteCount,
            lastUsed: CacheCommand.date($0.lastUsed / 1_000_000_000))
        }
        + inventory.partials().map {
          Row(
            name: $0.place?.split(separator: "/").last.map(String.init) ?? "", sha256: $0.key, path: $0.path,
            state: $0.isAbandoned ? "abandoned" : "under way", bytes: $0.byteCount,
            lastUsed: CacheCommand.date($0.modified))
        }
      if json { return try Console.printJSON(rows) }
      if !rows.isEmpty {
        try Console.printTable(
          ["sha256", "size", "last used", "state", "name"],
          rows.map { [String($0.sha256.prefix(12)), bytes($0.bytes), $0.lastUsed, $0.state, $0.name] },
          rightAligned: [1])
      }
      try Console.print("\(bytes(rows.reduce(0) { $0 + $1.bytes })) in \(inventory.layout.root)")
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Remove files from the cache.",
      discussion:
        "EXAMPLE:\n  lucid cache rm resnet18-f37072fd.pth\n  lucid cache rm f37072fd\n  lucid cache rm resnet18")

    @Argument(help: "File names or first digits (8 or more) as `lucid cache ls` shows, or names of checkpoints.")
    var names: [String]

    func run() async throws {
      let inventory = CacheInventory(root: try CacheCommand.root())
      let blobs = inventory.blobs()
      // All are looked up before any goes.
      let chosen = try names.map { name in
        let sources = (try? WeightCatalog.builtIn.weights(named: name))?.weights.entry.sources ?? []
        let found = blobs.filter { blob in
          blob.names.contains(name) || (name.count >= 8 && blob.sha256.hasPrefix(name.lowercased()))
            || sources.contains { $0.digest.matches(blob.sha256) }
        }
        guard !found.isEmpty else {
          throw LucidError(
            .unknownName, doing: "removing \(name)", problem: "nothing in \(inventory.layout.root) goes by that name",
            advice: "`lucid cache ls` shows names and first digits; of the digits, at least 8 are needed.")
        }
        return found
      }
      for blob in Set(chosen.joined()).sorted(by: { $0.sha256 < $1.sha256 }) {
        try inventory.remove(blob)
        try Console.print("removed \(blob.names.first ?? blob.sha256) (\(bytes(blob.byteCount)))")
      }
    }
  }

  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Make the cache no larger than asked.",
      discussion: """
        What was not finished and abandoned goes first, then the files that were used the longest ago. All of it can be \
        fetched again.

        EXAMPLE:
          lucid cache prune --max-size 5GB
        """)

    @Option(help: "The size to stay within, such as 500MB or 5GB; 0 empties the cache.")
    var maxSize: ByteCount

    @Flag(help: "Only say what would go.")
    var dryRun = false

    func run() async throws {
      let inventory = CacheInventory(root: try CacheCommand.root())
      var lines: [String] = []
      let freed = try inventory.prune(to: maxSize.value, isDry: dryRun) { name, size in
        lines.append("\(dryRun ? "would remove" : "removed") \(name) (\(bytes(size)))")
      }
      for line in lines { try Console.print(line) }
      try Console.print("\(bytes(freed)) \(dryRun ? "would be freed" : "freed")")
    }
  }

  struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Check every file in the cache, and find leftovers.",
      discussion: "Reads all files. The exit status is 1 where one is damaged and was not removed.")

    @Flag(help: "Remove what is safe to remove: damaged files, abandoned partial files, dangling names.")
    var fix = false

    @Flag(help: "Print JSON.")
    var json = false

    private struct Row: Encodable {
      let kind, path, problem: String
      let bytes: Int
      let isSafeToRemove, isRemoved: Bool
    }

    func run() async throws {
      let doctor = CacheDoctor(root: try CacheCommand.root())
      let findings = try doctor.examine()
      if fix { for finding in findings { try doctor.remove(finding) } }
      if json {
        try Console.printJSON(
          findings.map {
            Row(
              kind: $0.kind, path: $0.path, problem: $0.problem, bytes: $0.byteCount, isSafeToRemove: $0.isSafeToRemove,
              isRemoved: fix && $0.isSafeToRemove)
          })
      } else {
        for finding in findings {
          let fate = finding.isSafeToRemove ? (fix ? "removed" : "safe to remove") : "left alone"
          try Console.print("\(finding.kind): \(finding.path): \(finding.problem) (\(fate))")
        }
        let count = doctor.inventory.blobs().count
        let files = "\(count) \(count == 1 ? "file" : "files")"
        if findings.isEmpty {
          try Console.print("\(files), all as they should be")
        } else if !findings.contains(where: \.isSafeToRemove) {
          try Console.print(files)
        } else if fix {
          try Console.print("\(files) left; what was removed is fetched again when it is used")
        } else {
          try Console.print("\(files); `lucid cache doctor --fix` removes what is safe to remove")
        }
      }
      if !fix, findings.contains(where: { $0.kind == "damaged" }) { throw ExitCode.failure }
    }
  }
}

/// A size as a person types it.
struct ByteCount: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    let text = argument.uppercased().filter { !$0.isWhitespace }
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let units: [Substring: Double] = [
      "": 1, "B": 1, "K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9, "T": 1e12, "TB": 1e12,
      "KIB": 1024, "MIB": 1_048_576, "GIB": 1_073_741_824, "TIB": 1_099_511_627_776,
    ]
    guard let number = Double(digits), let unit = units[text.dropFirst(digits.count)], number >= 0,
      number * unit < 1e18
    else { return nil }
    value = Int(number * unit)
  }
}

/// 46830571 as "46.8 MB".
func bytes(_ count: Int) -> String {
  switch Double(count) {
  case 1e9...: String(format: "%.2f GB", Double(count) / 1e9)
  case 1e6...: String(format: "%.1f MB", Double(count) / 1e6)
  case 1e3...: String(format: "%.1f kB", Double(count) / 1e3)
  default: "\(count) B"
  }
}
