import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// What is written is what was there, to the last bit, in the same bytes every time.
@Suite struct CheckpointWriteTests {
  static let sources = ["dtypes.zip.pth", "views.zip.pth", "dtypes.safetensors", "program.torchscript.pt"]
  static let endings = ["safetensors", "pth", "npz"]

  private func expectSame(_ a: StateDict, _ b: StateDict, bfloat16As other: DType? = nil) throws {
    #expect(a.keys == b.keys)
    for name in a.keys {
      let (x, y) = (try a.tensor(name), try b.tensor(name))
      let expected = x.dtype == .bfloat16 ? x.to(other ?? .bfloat16) : x
      #expect(y.type == expected.type, "\(name)")
      #expect(y.hex == expected.hex, "\(name)")
    }
  }

  @Test(arguments: sources, endings) func comesBackBitForBit(_ source: String, _ ending: String) throws {
    let dict = try StateDict(contentsOf: FileFixtures.path(source))
    try withFolder { folder in
      let path = "\(folder)/out.\(ending)"
      #expect(try dict.write(to: path) == [path])
      #expect(try names(in: folder) == ["out.\(ending)"])
      try expectSame(dict, StateDict(contentsOf: path), bfloat16As: ending == "npz" ? .float32 : nil)
    }
  }

  /// The digests of files that scripts/check-interop has seen torch, safetensors and numpy read bit for bit.
  @Test(arguments: [
    ("dtypes.zip.pth", "safetensors", "11043ac4a6af931bf60f685e2136cdd29201ac0cc6d8c9d5497ca1912f8d785c"),
    ("dtypes.zip.pth", "pth", "54c8dae6577321266b3c4c9211f2333946894d80875cc8a5ca56de09e75f000a"),
    ("dtypes.zip.pth", "npz", "f3da7ece32dc0147b0039b9ff1b8dc5d4aab57fc51aaadb62d713dda0b2543c4"),
    ("views.zip.pth", "safetensors", "b88d30e7ed945b61b71a9cdda3cced8dbd70759da498c26a71d48e18898e1dc6"),
    ("views.zip.pth", "pth", "1bbabae9a061148913bf8fa918c78979dbe973f616fdde32da1d4f5d21821072"),
    ("views.zip.pth", "npz", "3d190fcc78356eed74043baf043837ae64874cb1d4855f5d3f3b4bb3d6a3ebf4"),
  ])
  func bytesAreThoseThatOthersHaveRead(_ source: String, _ ending: String, _ digest: String) throws {
    try withFolder { folder in
      let path = "\(folder)/out.\(ending)"
      try StateDict(contentsOf: FileFixtures.path(source)).write(to: path)
      #expect(try sha256(contents(path)) == digest)
    }
  }

  @Test func safetensorsAreAlignedAndKeepTheirOrderAndMetadata() throws {
    var dict = StateDict()
    dict.metadata = ["note": "größer \"than\" \\ \u{1}\n"]
    dict.set("flag", Tensor([true]))
    dict.set("double", Tensor([1, 2] as [Double]))
    dict.set("half", Tensor([1, 2, 3] as [Float]).to(.float16))
    dict.set("größe \"x\"", Tensor([1] as [Float]))
    try withFolder { folder in
      let path = "\(folder)/out.safetensors"
      try dict.write(to: path)
      let back = try StateDict(contentsOf: path)
      #expect(back.keys == dict.keys)
      #expect(back.metadata == dict.metadata.merging(["format": "pt"]) { a, _ in a })
      let bytes = try contents(path)
      let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect((8 + header) % 8 == 0)
      // A view of the map, not a copy: possible only where the element is aligned.
      for name in back.keys {
        let tensor = try back.tensor(name)
        #expect(tensor.storage.isBorrowed)
      }
    }
  }

  @Test func tiedTensorsStayTiedInTorchFiles() throws {
    var dict = StateDict()
    let shared = Tensor([Float](repeating: 1, count: 4096))
    for name in ["a", "b", "c"] { dict.set(name, shared) }
    dict.set("half", shared.slice(dim: 0, from: 0, to: 2048))
    try withFolder { folder in
      try dict.write(to: "\(folder)/tied.pth")
      #expect(try contents("\(folder)/tied.pth").count < 4096 * 4 + 2048 * 4 + 2048)
      try expectSame(dict, StateDict(contentsOf: "\(folder)/tied.pth"))
    }
  }

  @Test(arguments: [1, 64, 3000]) func zip64FieldsAreReadBack(_ limit: Int) throws {
    let dict = try StateDict(contentsOf: FileFixtures.path("views.zip.pth"))
    try withFolder { folder in
      try TorchZipWriter.write(dict, to: "\(folder)/long.pth", zip64From: limit)
      try expectSame(dict, StateDict(contentsOf: "\(folder)/long.pth"))
      try NPZWriter.write(dict, to: "\(folder)/long.npz", zip64From: limit)
      try expectSame(dict, StateDict(contentsOf: "\(folder)/long.npz"))
    }
  }

  @Test(arguments: endings) func anEmptyCheckpointIsOne(_ ending: String) throws {
    try withFolder { folder in
      let path = "\(folder)/empty.\(ending)"
      try StateDict().write(to: path)
      if ending == "safetensors" { #expect(try StateDict(contentsOf: path).count == 0) }
    }
  }

  @Test func aMappedFileIsReplacedByWhatWasReadFromIt() throws {
    try withFolder { folder in
      let path = "\(folder)/same.safetensors"
      try StateDict(contentsOf: FileFixtures.path("dtypes.zip.pth")).write(to: path)
      let before = try StateDict(contentsOf: path)
      try before.write(to: path)
      try expectSame(before, StateDict(contentsOf: path))
    }
  }

  @Test func conversionIsDoneWhenAsked() throws {
    let dict = try StateDict(contentsOf: FileFixtures.path("dtypes.zip.pth")).converted(to: .bfloat16)
    #expect(dict.type(of: "float64.values") == TensorType([3, 5], .bfloat16))
    #expect(dict.type(of: "int32.values")?.dtype == .int32)
    try withFolder { folder in
      try dict.write(to: "\(folder)/b.safetensors")
      try expectSame(dict, StateDict(contentsOf: "\(folder)/b.safetensors"))
    }
  }
}

/// Writing that fails leaves what was there.
@Suite struct CheckpointWriteFailureTests {
  private struct Broken: Error {}

  @Test(arguments: ["safetensors", "pth", "npz"]) func aTensorThatCannotBeRead(_ ending: String) throws {
    var dict = StateDict()
    dict.set("good", Tensor([1, 2] as [Float]))
    dict.set("bad", TensorType([2], .float32)) { throw Broken() }
    try withFolder { folder in
      let path = "\(folder)/out.\(ending)"
      try Data("before".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: Broken.self) { try dict.write(to: path) }
      #expect(try contents(path) == Array("before".utf8))
      #expect(try names(in: folder) == ["out.\(ending)"])
      if ending == "safetensors" {
        #expect(throws: Broken.self) { try dict.write(to: path, maxShardSize: 8) }
        #expect(try names(in: folder) == ["out.\(ending)"])
      }
    }
  }

  @Test func pathsThatCannotBe() throws {
    let dict = try StateDict(contentsOf: FileFixtures.path("small.zip.pth"))
    try withFolder { folder in
      for path in ["\(folder)/none/a.pth", "\(folder)/none/a.safetensors"] {
        let error = #expect(throws: LucidError.self) { try dict.write(to: path) }
        #expect(error?.code == .fileUnreadable)
        #expect(error?.description.contains("writing \(path)") == true)
      }
      for path in ["\(folder)/a", "\(folder)/a.txt", "\(folder)/safetensors"] {
        #expect(throws: LucidError.self) { try dict.write(to: path) }
      }
      #expect(throws: LucidError.self) { try dict.write(to: "\(folder)/a.pth", maxShardSize: 1) }
      #expect(try names(in: folder).isEmpty)
      try dict.write(to: "\(folder)/named", format: .torch)
      #expect(try CheckpointFormat(contentsOf: "\(folder)/named") == .torchZip)
    }
  }
}
