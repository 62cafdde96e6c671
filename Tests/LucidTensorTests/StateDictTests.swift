import LucidTensor
import Testing

/// Named tensors: their order, what is read when, and renaming.
@Suite struct StateDictTests {
  private func dict(_ keys: String...) -> StateDict {
    var result = StateDict()
    for (index, key) in keys.enumerated() { result.set(key, Tensor(index)) }
    return result
  }

  @Test func namesKeepTheirOrder() throws {
    var state = dict("b", "a", "c")
    #expect(state.keys == ["b", "a", "c"] && state.count == 3)
    state.set("a", Tensor(9))
    state.remove("b")
    state.remove("not there")
    state.set("b", Tensor(7))
    #expect(state.keys == ["a", "c", "b"])
    #expect(try state["a"]?.item(as: Int.self) == 9 && state["x"] == nil)
    #expect(state.contains("c") && !state.contains("x") && state.type(of: "x") == nil)
    #expect(state.type(of: "c") == TensorType([], .int64))
  }

  @Test func tensorsAreReadWhenAskedFor() throws {
    struct WasRead: Error {}
    var state = StateDict()
    state.set("big", TensorType([2, 3], .float16)) { throw WasRead() }
    #expect(state.type(of: "big") == TensorType([2, 3], .float16))
    let renamed = try state.renamed { "x." + $0 }
    #expect(renamed.keys == ["x.big"])
    #expect(throws: WasRead.self) { try renamed["x.big"] }
  }

  @Test func renaming() throws {
    var state = dict("module.a", "module.b", "c")
    state.metadata["format"] = "pt"
    let plain = try state.removingPrefix("module.")
    #expect(plain.keys == ["a", "b", "c"] && plain.metadata == ["format": "pt"])
    #expect(try state.renamed { $0 == "c" ? nil : $0 }.keys == ["module.a", "module.b"])
    let error = #expect(throws: LucidError.self) { try dict("module.a", "a").removingPrefix("module.") }
    #expect(error?.code == .stateDictMismatch)
    #expect(error?.description == "renaming a: two tensors would be called a.")
  }

  @Test func copiesAreIndependent() throws {
    var state = dict("a")
    let copy = state
    state.set("b", Tensor(1))
    state.set("a", Tensor(5))
    #expect(copy.keys == ["a"])
    #expect(try copy["a"]?.item(as: Int.self) == 0)
  }

  @Test func errorsReadAsSentences() {
    let error = LucidError(.corruptFile, doing: "reading x.pth", problem: "it is empty", advice: "Fetch it again.")
    #expect("\(error)" == "reading x.pth: it is empty. Fetch it again.")
    #expect("\(LucidError(.unknownName, doing: "looking", problem: "did you mean y?"))" == "looking: did you mean y?")
  }
}
