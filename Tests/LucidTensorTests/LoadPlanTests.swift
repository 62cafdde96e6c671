import LucidTensor
import Testing

/// What a plan says of a state dict.
@Suite struct LoadPlanTests {
  private let model: [(name: String, type: TensorType)] = [
    ("conv.weight", TensorType([8, 3, 3, 3])), ("conv.bias", TensorType([8])), ("bn.steps", TensorType([], .int64)),
    ("fc.weight", TensorType([1000, 8])), ("fc.bias", TensorType([1000])),
  ]

  private func dict(_ entries: [(String, TensorType)]) -> StateDict {
    var dict = StateDict()
    for (name, type) in entries { dict.set(name, Tensor.zeros(type.shape, dtype: type.dtype)) }
    return dict
  }

  private func plan(_ dict: StateDict, namings: [Naming] = []) -> LoadPlan {
    LoadPlan(stateDict: dict, for: model, optional: ["bn.steps"], namings: namings)
  }

  private var whole: StateDict { dict(model.map { ($0.name, $0.type) }) }

  @Test func whatFitsIsComplete() {
    let plan = plan(whole)
    #expect(plan.isComplete && plan.matched == model.map(\.name) && plan.hints.isEmpty)
    #expect(plan.description == "5 of 5 fit")
    var without = whole
    without.remove("bn.steps")
    #expect(self.plan(without).isComplete)
  }

  @Test func everyKindOfDifferenceIsListed() {
    let plan = plan(
      dict([
        ("conv.weight", TensorType([8, 3, 3, 3], .float16)), ("conv.bias", TensorType([9])),
        ("fc.bias", TensorType([1000])), ("more", TensorType([1])),
      ]))
    #expect(plan.matched == ["conv.weight", "fc.bias"])
    #expect(plan.missing == ["fc.weight"] && plan.unexpected == ["more"])
    #expect(plan.shapeDifferences.map(\.name) == ["conv.bias"])
    #expect(plan.dtypeDifferences.map(\.found.dtype) == [.float16])
    #expect(!plan.isComplete)
    #expect(plan.description.contains("1 of another shape: conv.bias [9] for [8]"))
  }

  @Test func prefixesAreFound() throws {
    for prefix in ["module.", "_orig_mod.module.", "net.backbone.", "a.b.c."] {
      let hints = plan(try whole.renamed(KeyMap([.addPrefix(prefix)]))).hints
      #expect(hints.map(\.description) == ["5 of 5 match after removing `\(prefix)`"])
    }
    let inner = dict([("weight", model[0].type), ("bias", model[1].type)])
    #expect(plan(inner).hints.first?.description == "2 of 4 match after adding `conv.`")
  }

  @Test func anotherHeadAndOtherChannelsAreNamed() throws {
    let other = dict([
      ("conv.weight", TensorType([8, 1, 3, 3])), ("conv.bias", TensorType([8])), ("fc.weight", TensorType([10, 8])),
      ("fc.bias", TensorType([10])),
    ])
    let expected = [
      "fc of the checkpoint has 10 classes, the model 1000", "conv of the checkpoint takes 1 channels, the model 3",
    ]
    #expect(plan(other).hints.map(\.description) == expected)
    let prefixed = plan(try other.renamed(KeyMap("+module."))).hints.map(\.description)
    #expect(prefixed == ["1 of 4 match after removing `module.`"] + expected)
  }

  @Test func othersNamesAreRecognisedAndMapped() throws {
    let map = try KeyMap("stem.{x} => conv.{x}; head.{x} => fc.{x}")
    let naming = try Naming("their naming of it", signature: ["stem.weight", "{h}.bias"], map: map)
    let theirs = try whole.renamed(map.inverted())
    let plan = plan(theirs, namings: [naming])
    #expect(plan.hints.map(\.description).first == "it looks like their naming of it")
    #expect(plan.hints.contains(.rename(map, fits: 5, of: 5)))
    #expect(try self.plan(theirs.renamed(map)).isComplete)
    #expect(throws: LucidError.self) { try Naming("x", signature: ["{"]) }
  }

  @Test func nothingIsReadForAPlan() {
    var dict = StateDict()
    for (name, type) in model { dict.set(name, type) { fatalError("read for a plan") } }
    #expect(plan(dict).isComplete)
    #expect(plan(StateDict()).missing.count == 4)
  }
}
