import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// Checkpoints of several files.
@Suite struct ShardTests {
  private func dict(_ sizes: [Int]) -> StateDict {
    var dict = StateDict()
    for (index, size) in sizes.enumerated() {
      dict.set("t\(index)", Tensor([Float](repeating: Float(index), count: size)))
    }
    return dict
  }

  @Test func aLargeCheckpointIsSplitAndReadBack() throws {
    let dict = dict([10, 10, 100, 10, 5, 5])
    try withFolder { folder in
      let files = try dict.write(to: "\(folder)/model.safetensors", maxShardSize: 80)
      #expect(
        files.map { $0.dropFirst(folder.count + 1) } == [
          "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors",
          "model.safetensors.index.json",
        ])
      for path in [folder, try #require(files.last)] {
        let back = try StateDict(contentsOf: path)
        #expect(Set(back.keys) == Set(dict.keys))
        for name in dict.keys { #expect(try back.tensor(name).hex == dict.tensor(name).hex) }
      }
    }
  }

  @Test func aSmallCheckpointIsOneFile() throws {
    try withFolder { folder in
      let files = try dict([10]).write(to: "\(folder)/m.safetensors", maxShardSize: 40)
      #expect(files == ["\(folder)/m.safetensors"])
      #expect(try StateDict(contentsOf: folder).keys == ["t0"])
    }
  }

  @Test func onlyTheShardsThatAreNeededAreOpened() throws {
    try withFolder { folder in
      let files = try dict([10, 10, 10]).write(to: "\(folder)/m.safetensors", maxShardSize: 40)
      try FileManager.default.removeItem(atPath: files[1])
      let some = try StateDict(contentsOf: files[3]) { $0 != "t1" }
      #expect(some.keys == ["t0", "t2"])
      #expect(try some.tensor("t2").scalars(as: Float.self).first == 2)
      let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: files[3]) }
      #expect(error?.code == .fileUnreadable)
      #expect(error?.description.contains(files[1]) == true)
    }
  }

  /// An index beside a good shard and, one folder up, a file that it must not reach.
  private func expectRefusal(_ code: LucidError.Code, index: String, saying words: String) throws {
    try withFolder { folder in
      try dict([2]).write(to: "\(folder)/secret.safetensors")
      let inner = "\(folder)/model"
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
      try dict([2]).write(to: "\(inner)/m.safetensors")
      let path = "\(inner)/model.safetensors.index.json"
      try Data(index.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: path) }
      #expect(error?.code == code, "\(error as Any)")
      #expect(error?.description.contains(words) == true, "\(error as Any)")
    }
  }

  @Test(arguments: [
    "../secret.safetensors", "/etc/passwd", "..", ".", "", "./m.safetensors", "model/../m.safetensors",
    "m.safetensors\\u0000", "..\\/secret.safetensors",
  ])
  func noPathLeadsOutOfTheFolder(_ name: String) throws {
    try expectRefusal(.unsafeFile, index: #"{"weight_map": {"t0": "\#(name)"}}"#, saying: "not a file beside it")
  }

  @Test(arguments: [
    (#"{"weight_map": {"t0": "m.safetensors", "t0": "m.safetensors"}}"#, "twice"),
    (#"{"weight_map": {}, "weight_map": {}}"#, "weight_map twice"),
    (#"{"weight_map": {"t7": "m.safetensors"}}"#, "does not have it"),
    (#"{"weight_map": {"t0": 3}}"#, "JSON"), (#"{"weight_map": ["t0"]}"#, "JSON"),
    (#"{"metadata": [1, {"a": 2], "weight_map": {}}"#, "bracket"), (#"{"metadata": , "weight_map": {}}"#, "value"),
    (#"{"weight_map": {}} x"#, "follows"), (#"{"weight_map": {"#, "JSON"),
    (#"{"metadata": "# + String(repeating: "[", count: 100_000), "does not end"),
  ])
  func damagedIndexesAreRefused(_ index: String, _ words: String) throws {
    try expectRefusal(.corruptFile, index: index, saying: words)
  }

  @Test func whatIsNoIndexIsSaid() throws {
    try expectRefusal(.unsupportedFormat, index: #"{"hidden_size": 768}"#, saying: "weight_map")
    try expectRefusal(
      .unsupportedFormat, index: #"{"weight_map": {"t0": "model.safetensors.index.json"}}"#, saying: "shard-index")
    #expect(throws: LucidError.self) {
      try StateDict(checkpoint: Array(#"{"weight_map": {"a": "b"}}"#.utf8), named: "memory")
    }
  }

  @Test func aFolderWithSeveralOrNoneIsRefused() throws {
    try withFolder { folder in
      #expect(throws: LucidError.self) { try StateDict(contentsOf: folder) }
      for name in ["a", "b"] { try dict([1]).write(to: "\(folder)/\(name).safetensors") }
      let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: folder) }
      #expect(error?.description.contains("a.safetensors, b.safetensors") == true)
    }
  }
}
