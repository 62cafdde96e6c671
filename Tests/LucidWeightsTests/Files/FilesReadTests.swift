import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// Files that torch.save and safetensors wrote, bit for bit.
@Suite struct FilesReadTests {
  @Test(arguments: FileFixtures.expected.keys.sorted())
  func holdsWhatWasSaved(_ name: String) throws {
    let expected = try #require(FileFixtures.expected[name])
    let dict = try StateDict(contentsOf: FileFixtures.path(name))
    #expect(Set(dict.keys) == Set(expected.tensors.map(\.name)))
    if name.hasSuffix(".pth") { #expect(dict.keys == expected.tensors.map(\.name)) }
    #expect(dict.metadata == expected.metadata)
    for entry in expected.tensors {
      #expect(dict.type(of: entry.name) == TensorType(Shape(entry.shape), entry.dtype), "\(entry.name)")
      let tensor = try #require(try dict[entry.name])
      #expect(tensor.type == dict.type(of: entry.name))
      #expect(tensor.hex == entry.hex, "\(entry.name)")
    }
  }

  @Test func tellsFormatsFromBytes() throws {
    #expect(try CheckpointFormat(contentsOf: FileFixtures.path("small.safetensors")) == .safetensors)
    #expect(try CheckpointFormat(contentsOf: FileFixtures.path("small.zip.pth")) == .torchZip)
    #expect(try CheckpointFormat(contentsOf: FileFixtures.path("small.legacy.pth")) == .torchLegacy)
    let renamed = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    try FileManager.default.copyItem(atPath: FileFixtures.path("small.zip.pth"), toPath: renamed.path)
    defer { try? FileManager.default.removeItem(at: renamed) }
    #expect(try StateDict(contentsOf: renamed.path).keys == ["weight", "bias"])
  }

  @Test(arguments: [0x80, 0x0403_4b50, 0x1f] as [Int])
  func aHeaderSizeThatLooksLikeAnotherFormat(_ size: Int) throws {
    let header = "{\(SafetensorsWriter.entry("a"))}"
    let padded = header + String(repeating: " ", count: max(0, size - header.utf8.count))
    #expect(try readAll(SafetensorsWriter.file(padded, data: 8)).keys == ["a"])
  }

  @Test func tensorsOutliveTheStateDictAndTheFile() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pth")
    defer { try? FileManager.default.removeItem(at: copy) }
    try FileManager.default.copyItem(atPath: FileFixtures.path("small.zip.pth"), toPath: copy.path)
    let tensor = try #require(try StateDict(contentsOf: copy.path)["weight"])
    try FileManager.default.removeItem(at: copy)
    #expect(tensor.scalars(as: Float.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: ["small.zip.pth", "small.safetensors", "small.legacy.pth"])
  func aFileThatIsCutWhileOpenIsRefused(_ name: String) throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pth").path
    defer { unlink(copy) }
    try FileManager.default.copyItem(atPath: FileFixtures.path(name), toPath: copy)
    let dict = try StateDict(contentsOf: copy)
    #expect(truncate(copy, 20) == 0)
    #expect {
      try dict["weight"]
    } throws: { error in
      guard let error = error as? LucidError else { return false }
      return error.code == .fileUnreadable && error.description.contains("cut from") && error.problem.contains("to 20")
    }
  }

  @Test func aFileThatIsRenamedOverStaysReadable() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pth").path
    defer { unlink(copy) }
    try FileManager.default.copyItem(atPath: FileFixtures.path("small.zip.pth"), toPath: copy)
    let dict = try StateDict(contentsOf: copy)
    try Data([0]).write(to: URL(fileURLWithPath: copy), options: .atomic)
    #expect(try dict["weight"]?.scalars(as: Float.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: ["small.zip.pth", "small.safetensors", "small.legacy.pth"])
  func writingToATensorLeavesTheFileAlone(_ name: String) throws {
    let dict = try StateDict(contentsOf: FileFixtures.path(name))
    var tensor = try #require(try dict["bias"])
    tensor.withUnsafeMutableBytes { $0.storeBytes(of: 7, as: Float.self) }
    #expect(tensor.scalars(as: Float.self) == [7, -0.5])
    #expect(try dict["bias"]?.scalars(as: Float.self) == [0.5, -0.5])
  }

  @Test(arguments: ["small.zip.pth", "small.safetensors"])
  func alignedTensorsAreViewsOfTheMap(_ name: String) throws {
    let tensor = try #require(try StateDict(contentsOf: FileFixtures.path(name))["weight"])
    #expect(tensor.storage.isBorrowed)
  }

  @Test func misalignedTensorsAreCopied() throws {
    let header =
      "{\(SafetensorsWriter.entry("a", "U8", "[1]", "[0,1]")),\(SafetensorsWriter.entry("b", "F32", "[2]", "[1,9]"))}"
    var bytes = SafetensorsWriter.file(header)
    bytes += [9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    let dict = try StateDict(file: MappedFile(bytes: bytes, named: "odd"))
    let tensor = try #require(try dict["b"])
    #expect(Int(bitPattern: tensor.storage.base) % 4 == 0)
    #expect(tensor.scalars(as: Float.self) == [1, 2])
  }

  @Test func dataParallelPrefixIsRemovedWhereAllNamesHaveIt() throws {
    let dict = try StateDict(contentsOf: FileFixtures.path("module_prefix.zip.pth"))
    #expect(dict.keys.allSatisfy { $0.hasPrefix("module.") })
    #expect(dict.withoutDataParallelPrefix().keys.first == "0.weight")
    #expect(dict.withoutDataParallelPrefix().count == dict.count)
    var mixed = dict
    mixed.set("head", Tensor(1 as Float))
    #expect(mixed.withoutDataParallelPrefix().keys == mixed.keys)
    #expect(StateDict().withoutDataParallelPrefix().count == 0)
  }
}
