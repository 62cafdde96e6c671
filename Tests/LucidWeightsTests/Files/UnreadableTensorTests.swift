import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Files with element types that there is no computing with: they stay readable but for those tensors.
@Suite struct UnreadableTensorTests {
  private typealias Writer = SafetensorsWriter

  private func mixed(_ dtype: String = "F8_E4M3", _ shape: String = "[2,2]", count: Int = 4) throws -> StateDict {
    let header = "{\(Writer.entry("a")),\(Writer.entry("b", dtype, shape, "[8,\(8 + count)]"))}"
    return try StateDict(file: MappedFile(bytes: Writer.file(header, data: 8 + count), named: "mixed.safetensors"))
  }

  @Test(arguments: [
    ("float8.safetensors", "F8_E4M3"), ("uint32.safetensors", "U32"), ("complex.pth", "complex64"),
    ("uint16.pth", "uint16"),
  ])
  func filesOfTheReferenceAreOpened(_ name: String, _ dtype: String) throws {
    let path = FileFixtures.path(name)
    let dict = try StateDict(contentsOf: path)
    let tensor = try #require(dict.unreadable.first { $0.dtype == dtype })
    let error = #expect(throws: LucidError.self) { try dict[tensor.name] }
    #expect(error?.code == .unsupportedFormat)
    for words in [path, tensor.name.quoted, dtype] { #expect(error?.description.contains(words) == true) }
  }

  @Test(arguments: [
    ("F4", "[4]", 2), ("F6_E2M3", "[4]", 3), ("F6_E3M2", "[2,2]", 3), ("F8_E5M2", "[3]", 3), ("F8_E4M3", "[]", 1),
    ("F8_E8M0", "[1]", 1), ("F8_E4M3FNUZ", "[5]", 5), ("F8_E5M2FNUZ", "[5]", 5), ("U16", "[3]", 6), ("U32", "[3]", 12),
    ("U64", "[1,2]", 16), ("C64", "[2]", 16), ("F4", "[0,3]", 0),
  ])
  func theRestIsRead(_ dtype: String, _ shape: String, _ count: Int) throws {
    let dict = try mixed(dtype, shape, count: count)
    #expect(dict.keys == ["a"] && dict.type(of: "b") == nil)
    #expect(try dict["a"]?.elementCount == 2)
    let tensor = try #require(dict.unreadable.first)
    #expect(tensor.name == "b" && tensor.dtype == dtype && tensor.byteCount == count)
    #expect(throws: LucidError.self) { try dict["b"] }
  }

  @Test(arguments: [
    ("F4", "[3]", 2), ("F6_E2M3", "[3]", 3), ("U16", "[3]", 5), ("C64", "[1]", 4), ("F8_E4M3", "[2]", 1),
  ])
  func sizesAreChecked(_ dtype: String, _ shape: String, _ count: Int) {
    let header = "{\(Writer.entry("b", dtype, shape, "[0,\(count)]"))}"
    expectRefusal(.corruptFile, of: Writer.file(header, data: count), saying: "\"b\"", dtype)
  }

  /// What scripts/fixtures/checkpoint_elements.py says: every type that PyTorch saves, under its name there.
  private struct Elements: Decodable {
    struct Entry: Decodable {
      let name: String
      let dtype: String
      let shape: [Int]
      let hex: String
    }
    let tensors: [Entry]
  }

  @Test(arguments: ["elements.zip.pth", "elements.legacy.pth"], [MappedFile.Access.mapped, .read])
  func everyTypeOfPyTorchIsListed(_ name: String, _ access: MappedFile.Access) throws {
    let all = try JSONDecoder().decode([String: Elements].self, from: Data(FileFixtures.bytes("elements.json")))
    let expected = try #require(all[name]).tensors
    let dict = try StateDict(file: MappedFile(path: FileFixtures.path(name), access: access))
    #expect(dict.keys == ["before", "after"])
    #expect(expected.count == 14 && dict.unreadable.map(\.name) == expected.dropFirst().dropLast().map(\.name))
    for entry in expected {
      if let tensor = dict.unreadable.first(where: { $0.name == entry.name }) {
        #expect(tensor.dtype == entry.dtype && Array(tensor.shape) == entry.shape)
        #expect(tensor.byteCount == entry.hex.utf8.count / 2)
        let error = #expect(throws: LucidError.self) { try dict[entry.name] }
        #expect(error?.code == .unsupportedFormat && error?.problem.contains(entry.dtype) == true)
      } else {
        #expect(try dict[entry.name]?.hex == entry.hex, "\(entry.name)")
      }
    }
    #expect(throws: LucidError.self) { try dict.write(to: "/nowhere/out.safetensors") }
  }

  /// A tensor of two complex numbers that are said to have a shape.
  private func complex(_ pickle: inout PickleWriter, shape: [Int], strides: [Int] = [1], offset: Int = 0) {
    pickle.global("torch._utils", "_rebuild_tensor_v2")
    pickle.op("(")
    pickle.storage(count: 2, class: "ComplexFloatStorage")
    pickle.int(offset)
    pickle.tuple(shape)
    pickle.tuple(strides)
    pickle.raw(0x89, 0x4e)
    pickle.op("t")
    pickle.op("R")
  }

  @Test func theirPlacesAreCheckedAllTheSame() throws {
    func file(_ shape: [Int], _ strides: [Int] = [1], _ offset: Int = 0) -> [UInt8] {
      ZipWriter.checkpoint(
        pickle: PickleWriter.dictionary { complex(&$0, shape: shape, strides: strides, offset: offset) }
      ).bytes
    }
    #expect(try readAll(file([2])).unreadable.map(\.byteCount) == [16])
    for (shape, strides, offset) in [
      ([3], [1], 0), ([2], [2], 0), ([2], [1], 1), ([-1], [1], 0), ([2], [1, 1], 0), ([1 << 60, 16], [0, 0], 0),
      ([1 << 30], [0], 0),
    ] {
      expectRefusal(.corruptFile, of: file(shape, strides, offset), saying: "tensor \"a\"")
    }
  }

  @Test func twoOfOneNameAreRefused() {
    let pickle = PickleWriter.build {
      $0.op("}")
      for _ in 0..<2 {
        $0.text("a")
        complex(&$0, shape: [2])
        $0.op("s")
      }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "two tensors")
  }

  @Test func aTypeThatTheFormatLacksIsRefused() {
    expectRefusal(
      .unsupportedFormat, of: Writer.file("{\(Writer.entry("a", "F12"))}", data: 8), saying: "\"a\"", "\"F12\"")
  }

  @Test func namesChangeWithTheOthers() throws {
    let dict = try mixed().renamed(KeyMap("+model."))
    #expect(dict.keys == ["model.a"] && dict.unreadable.map(\.name) == ["model.b"])
    #expect(throws: LucidError.self) { try dict.renamed { _ in "same" } }
    #expect(try dict.renamed { $0.hasSuffix("a") ? $0 : nil }.unreadable.isEmpty)
    var replaced = dict
    replaced.set("model.b", Tensor(1 as Float))
    #expect(replaced.unreadable.isEmpty && replaced.count == 2)
  }

  @Test func writingThemIsRefused() throws {
    let folder = try Scratch()
    for ending in ["safetensors", "pth", "npz"] {
      let error = #expect(throws: LucidError.self) { try mixed().write(to: folder.path("out.\(ending)")) }
      #expect(error?.description.contains("F8_E4M3") == true)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aLoadPlanNamesThem() throws {
    let type = TensorType([2, 2], .float32)
    let plan = LoadPlan(stateDict: try mixed(), for: [("a", TensorType([2], .float32)), ("b", type)])
    #expect(plan.matched == ["a"] && plan.missing.isEmpty && !plan.isComplete)
    #expect(plan.unreadable.map(\.name) == ["b"] && plan.unreadable.map(\.dtype) == ["F8_E4M3"])
    #expect(plan.description.contains("1 of 2 fit\n1 of an element type that cannot be read: b F8_E4M3"))
    #expect(LoadPlan(stateDict: try mixed(), for: [("a", type)]).unexpected == ["b"])
  }
}
