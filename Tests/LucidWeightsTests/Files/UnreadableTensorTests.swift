import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidWeights

/// Safetensors files with element types that there is no computing with: they stay readable but for those tensors.
@Suite struct UnreadableTensorTests {
  private typealias Writer = SafetensorsWriter

  private func mixed(_ dtype: String = "F8_E4M3", _ shape: String = "[2,2]", count: Int = 4) throws -> StateDict {
    let header = "{\(Writer.entry("a")),\(Writer.entry("b", dtype, shape, "[8,\(8 + count)]"))}"
    return try StateDict(file: MappedFile(bytes: Writer.file(header, data: 8 + count), named: "mixed.safetensors"))
  }

  @Test(arguments: [("float8.safetensors", "F8_E4M3"), ("uint32.safetensors", "U32")])
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
