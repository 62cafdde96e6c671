import ArgumentParser
import Foundation
import Lucid

struct CheckpointInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a checkpoint: names, shapes, element types, sizes.",
    discussion: """
      Only the file's header is read, unless --stats asks for the numbers. Of an address (https, or
      hf://owner/repo@revision/path) only the header is fetched: a few kilobytes of a safetensors file or of the shards of
      an index. Element types that cannot be read are shown as the file calls them.

      EXAMPLES:
        lucid checkpoint inspect resnet50.pth
        lucid checkpoint inspect model.safetensors --stats --json | jq '.tensors[0]'
        lucid checkpoint inspect training.pth --key model_ema --depth 1
        lucid checkpoint inspect hf://timm/resnet50.a1_in1k/model.safetensors
      """)

  @Argument(help: "The file, the folder of a sharded checkpoint, or an address.")
  var file: String

  @Option(help: "Which dictionary of a training checkpoint, as in model_ema.")
  var key: String?

  @Flag(help: "Read the numbers: the smallest, the largest and the mean.")
  var stats = false

  @Option(help: "How many parts of the names to show; what is deeper is added up.")
  var depth: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let depth, depth < 1 { throw ValidationError("--depth must be at least 1, not \(depth).") }
    if stats, CheckpointInput.isAddress(file) {
      throw ValidationError("--stats reads the numbers, and of an address only the header is fetched.")
    }
  }

  private struct Report: Encodable {
    let file, format: String
    let metadata: [String: String]
    let tensorCount, elementCount, byteCount: Int
    let tensors: [TensorFacts]
  }

  struct TensorFacts: Encodable {
    let name, dtype: String
    let shape: [Int]
    let byteCount: Int
    var stats: TensorStats?
  }

  func run() async throws {
    let input = try await CheckpointInput(file, key: key)
    let dict = input.dict
    var tensors: [TensorFacts] = []
    for name in dict.keys {
      let type = dict.type(of: name)!
      var facts = TensorFacts(
        name: name, dtype: type.dtype.rawValue, shape: type.shape.dimensions,
        byteCount: type.shape.elementCount * type.dtype.byteCount)
      if stats, let tensor = try dict[name] { facts.stats = TensorStats(tensor) }
      tensors.append(facts)
    }
    for tensor in dict.unreadable {
      tensors.append(
        TensorFacts(
          name: tensor.name, dtype: tensor.dtype, shape: tensor.shape.dimensions, byteCount: tensor.byteCount))
    }
    let report = Report(
      file: file, format: input.format, metadata: dict.metadata, tensorCount: tensors.count,
      elementCount: tensors.reduce(0) { $0 + $1.shape.reduce(1, *) },
      byteCount: tensors.reduce(0) { $0 + $1.byteCount }, tensors: tensors)
    if json { return try Console.printJSON(report) }
    try Console.print(
      "\(file): \(input.format), \(tensors.count) tensors, \(millions(report.elementCount)) numbers, \(bytesText(report.byteCount))"
    )
    for (key, value) in dict.metadata.sorted(by: { $0.key < $1.key }) { try Console.print("  \(key): \(value)") }
    for line in NameTree(tensors).lines(depth: depth ?? .max) { try Console.print(line) }
  }
}

/// The smallest, the largest and the mean of a tensor's finite numbers; nil where there are none.
struct TensorStats: Encodable {
  let min, max, mean: Double?
  /// How many numbers are infinite or no numbers.
  let nonFinite: Int

  init(_ tensor: Tensor) {
    var (least, most, sum, finite, other) = (Double.infinity, -Double.infinity, 0.0, 0, 0)
    tensor.to(.float64).withUnsafeBytes { bytes in
      for value in bytes.bindMemory(to: Double.self) {
        guard value.isFinite else {
          other += 1
          continue
        }
        (least, most, sum, finite) = (Swift.min(least, value), Swift.max(most, value), sum + value, finite + 1)
      }
    }
    (min, max, mean) = finite > 0 ? (least, most, sum / Double(finite)) : (nil, nil, nil)
    nonFinite = other
  }

  var text: String {
    func number(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "-" }
    return "min \(number(min)), max \(number(max)), mean \(number(mean))"
      + (nonFinite > 0 ? ", \(nonFinite) not finite" : "")
  }
}

/// The names of a checkpoint as the tree that their dots make.
private struct NameTree {
  private final class Node {
    var tensor: CheckpointInspectCommand.TensorFacts?
    var children: [(name: String, node: Node)] = []
    var places: [String: Int] = [:]

    func child(_ name: String) -> Node {
      if let place = places[name] { return children[place].node }
      places[name] = children.count
      children.append((name, Node()))
      return children[children.count - 1].node
    }

    var total: (tensors: Int, bytes: Int) {
      children.reduce((tensor == nil ? 0 : 1, tensor?.byteCount ?? 0)) { sum, child in
        let total = child.node.total
        return (sum.0 + total.tensors, sum.1 + total.bytes)
      }
    }
  }

  private let root = Node()

  init(_ tensors: [CheckpointInspectCommand.TensorFacts]) {
    for tensor in tensors {
      // Names of more parts than these are no module's.
      let parts = tensor.name.split(separator: ".", maxSplits: 31, omittingEmptySubsequences: false)
      parts.reduce(root) { $0.child(String($1)) }.tensor = tensor
    }
  }

  func lines(depth: Int) -> [String] { lines(root, indent: 1, depth) }

  private func lines(_ node: Node, indent: Int, _ depth: Int) -> [String] {
    node.children.flatMap { name, child -> [String] in
      let margin = String(repeating: "  ", count: indent)
      var result: [String] = []
      if let tensor = child.tensor {
        let stats = tensor.stats.map { "  \($0.text)" } ?? ""
        result.append(
          "\(margin)\(name)  \(tensor.dtype) \(Shape(tensor.shape))  \(bytesText(tensor.byteCount))\(stats)")
      }
      guard !child.children.isEmpty else { return result }
      let (tensors, bytes) = child.total
      result.append("\(margin)\(name).  \(tensors) tensor\(tensors == 1 ? "" : "s"), \(bytesText(bytes))")
      return depth > 1 ? result + lines(child, indent: indent + 1, depth - 1) : result
    }
  }
}
