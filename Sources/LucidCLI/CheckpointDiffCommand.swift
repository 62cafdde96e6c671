import ArgumentParser
import Lucid

struct CheckpointDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two checkpoints: names, shapes, element types and numbers.",
    discussion: """
      The exit status is 0 where they are the same to the last bit and 1 where they differ, or where a tensor cannot be
      compared because its element type cannot be read. With --against, it also says how each fits a model.

      EXAMPLES:
        lucid checkpoint diff before.pth after.safetensors
        lucid checkpoint diff mine.pth theirs.pth --against resnet50
      """)

  @Argument(help: "The first file.")
  var first: String

  @Argument(help: "The second file.")
  var second: String

  @Option(help: "A model that both are compared with: a name that `lucid models list` shows.")
  var against: String?

  @Option(
    parsing: .unconditional, help: "Rules that rename the first file's names; see `lucid checkpoint convert --help`.")
  var map: String?

  @Flag(help: "Compare names and types alone, without reading the numbers.")
  var typesOnly = false

  @Flag(help: "Print JSON.")
  var json = false

  private struct Change: Encodable {
    let name: String
    let first, second: String
    /// Between numbers of the same place, where both have the same shape.
    var largestDifference: Double?
    var differingNumbers: Int?
  }

  private struct Report: Encodable {
    var onlyInFirst: [String] = []
    var onlyInSecond: [String] = []
    var changed: [Change] = []
    /// Names of an element type that cannot be read, the same in both.
    var notCompared: [String] = []
    var same = 0
    var against: [CheckpointFit]?

    var isEmpty: Bool { onlyInFirst.isEmpty && onlyInSecond.isEmpty && changed.isEmpty && notCompared.isEmpty }
  }

  func run() async throws {
    var a = try StateDict(contentsOf: first)
    if let map { a = try a.renamed(keyMap(from: map)) }
    let b = try StateDict(contentsOf: second)
    var report = Report()
    let (left, right) = (Self.types(a), Self.types(b))
    report.onlyInFirst = left.names.filter { right.types[$0] == nil }
    report.onlyInSecond = right.names.filter { left.types[$0] == nil }
    for name in left.names {
      guard let first = left.types[name], let second = right.types[name] else { continue }
      if a.contains(name), b.contains(name) {
        if let change = try compare(name, a, b) { report.changed.append(change) } else { report.same += 1 }
      } else if first != second {
        report.changed.append(Change(name: name, first: first, second: second))
      } else if typesOnly {
        report.same += 1
      } else {
        report.notCompared.append(name)
      }
    }
    if let against {
      let entry = try WeightCatalog.builtIn.model(named: against)
      report.against = try [(first, a), (second, b)].map { try CheckpointFit($0, $1, entry, classes: nil) }
    }
    if json { try Console.printJSON(report) } else { try show(report) }
    if !report.isEmpty { throw ExitCode.failure }
  }

  /// The names of a checkpoint, those that cannot be read last, and what each is.
  private static func types(_ dict: StateDict) -> (names: [String], types: [String: String]) {
    var types: [String: String] = [:]
    for name in dict.keys { types[name] = dict.type(of: name).map { "\($0)" } }
    for tensor in dict.unreadable { types[tensor.name] = "\(tensor.dtype)\(tensor.shape)" }
    return (dict.keys + dict.unreadable.map(\.name), types)
  }

  private func compare(_ name: String, _ a: StateDict, _ b: StateDict) throws -> Change? {
    let (left, right) = (a.type(of: name)!, b.type(of: name)!)
    var change = Change(name: name, first: "\(left)", second: "\(right)")
    guard left.shape == right.shape, !typesOnly else { return left == right ? nil : change }
    guard let x = try a[name], let y = try b[name] else { return nil }
    if left == right {
      let isSame = x.withUnsafeBytes { left in y.withUnsafeBytes { left.elementsEqual($0) } }
      if isSame { return nil }
    }
    var (largest, count) = (0.0, 0)
    x.to(.float64).withUnsafeBytes { x in
      y.to(.float64).withUnsafeBytes { y in
        for (x, y) in zip(x.bindMemory(to: Double.self), y.bindMemory(to: Double.self)) where x != y {
          count += 1
          if (x - y).isFinite { largest = max(largest, abs(x - y)) }
        }
      }
    }
    (change.largestDifference, change.differingNumbers) = (largest, count)
    return change
  }

  private func show(_ report: Report) throws {
    for name in report.onlyInFirst { try Console.print("- \(name)") }
    for name in report.onlyInSecond { try Console.print("+ \(name)") }
    for change in report.changed {
      var line = "~ \(change.name)  \(change.first)"
      if change.first != change.second { line += " -> \(change.second)" }
      if let count = change.differingNumbers, let largest = change.largestDifference {
        line += "  \(count) numbers differ, by at most \(largest)"
      }
      try Console.print(line)
    }
    for name in report.notCompared { try Console.print("? \(name)  of an element type that cannot be read") }
    var counts = [
      "\(report.onlyInFirst.count) only in \(first)", "\(report.onlyInSecond.count) only in \(second)",
      "\(report.changed.count) changed", "\(report.same) the same",
    ]
    if !report.notCompared.isEmpty { counts.append("\(report.notCompared.count) not compared") }
    try Console.print(report.isEmpty ? "the same: \(report.same) tensors" : counts.joined(separator: ", "))
    for fit in report.against ?? [] { try Console.print("\n\(fit.text)") }
  }
}
