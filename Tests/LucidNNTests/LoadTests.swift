import LucidNN
import LucidTensor
import Testing

/// `load(_:strict:)`: what it takes, what it refuses, and that a refusal changes nothing.
@Suite struct LoadTests {
  private final class Net: Module {
    let conv = Conv2d(1, 2, kernel: 1, bias: false)
    let bn = BatchNorm2d(2)
    var fc = Linear(2, 3)
  }

  private func dict(_ entries: [(String, Tensor)]) -> StateDict {
    var result = StateDict()
    for (key, tensor) in entries { result.set(key, tensor) }
    return result
  }

  private func bits(_ net: Module) throws -> [[UInt8]] {
    let state = net.stateDict()
    return try state.keys.map { try state[$0]!.withUnsafeBytes(Array.init) }
  }

  @Test func whatFitsIsLoadedInTheModulesOrder() throws {
    let (source, target) = (Net(), Net())
    var reversed = StateDict()
    for key in source.stateDict().keys.reversed() { reversed.set(key, try source.stateDict()[key]!) }
    let report = try target.load(reversed)
    #expect(report.loaded == source.stateDict().keys && report.isComplete)
    #expect(try bits(source) == bits(target))
    #expect("\(report)" == "8 loaded")
  }

  @Test func strictNamesEveryFault() throws {
    let net = Net()
    let before = try bits(net)
    var state = net.stateDict()
    state.remove("conv.weight")
    state.set("fc.bias", .zeros([5]))
    state.set("head.bias", .zeros([1]))
    let error = try #require(#expect(throws: LucidError.self) { try net.load(state) })
    #expect(error.code == .stateDictMismatch)
    #expect(
      error.description
        == "loading a state dict into Net: 1 name has another shape: fc.bias is [5] in the state dict, [3] in the module; "
        + "1 name is missing from the state dict: conv.weight; 1 name of the state dict is not in the module: head.bias. "
        + "load(_:strict: false) loads what fits and reports the rest.")
    #expect(try bits(net) == before)
  }

  @Test func longListsAreCut() throws {
    let net = Net()
    let error = try #require(#expect(throws: LucidError.self) { try net.load(StateDict()) })
    #expect(
      error.problem
        == "7 names are missing from the state dict: conv.weight, bn.weight, bn.bias, bn.running_mean, bn.running_var, …"
    )
  }

  @Test func notStrictReportsWhatItLeft() throws {
    let net = Net()
    let before = net.conv.weight.value.scalars(as: Float.self)
    let report = try net.load(
      dict([
        ("fc.weight", .ones([3, 2])), ("fc.bias", .ones([4])), ("other", .ones([])), ("bn.running_var", .full([2], 3)),
      ]), strict: false)
    #expect(report.loaded == ["bn.running_var", "fc.weight"])
    #expect(report.missing == ["conv.weight", "bn.weight", "bn.bias", "bn.running_mean"])
    #expect(report.mismatched == ["fc.bias"] && report.unexpected == ["other"] && !report.isComplete)
    #expect(
      "\(report)"
        == "2 loaded, 4 missing (conv.weight, bn.weight, bn.bias, bn.running_mean), 1 unexpected (other), 1 mismatched (fc.bias)"
    )
    #expect(net.conv.weight.value.scalars(as: Float.self) == before)
    #expect(net.fc.weight.value.scalars(as: Float.self) == [1, 1, 1, 1, 1, 1])
    #expect(net.bn.runningVar.value.scalars(as: Float.self) == [3, 3])
  }

  @Test func aReadThatThrowsHalfWayChangesNothing() throws {
    struct Unreadable: Error {}
    let (net, source) = (Net(), Net())
    let before = try bits(net)
    var state = source.stateDict()
    state.set("fc.weight", TensorType([3, 2])) { throw Unreadable() }
    #expect(throws: Unreadable.self) { try net.load(state) }
    #expect(throws: Unreadable.self) { try net.load(state, strict: false) }
    #expect(try bits(net) == before)
  }

  @Test func nothingIsReadOfWhatDoesNotFit() {
    struct WasRead: Error {}
    var state = StateDict()
    state.set("weight", TensorType([2, 2])) { throw WasRead() }
    let error = #expect(throws: LucidError.self) { try Linear(2, 2).load(state) }
    #expect(error?.code == .stateDictMismatch)
  }

  @Test func oldFilesLackTheCounterOfBatches() throws {
    let net = Net()
    var state = Net().stateDict()
    state.remove("bn.num_batches_tracked")
    let report = try net.load(state)
    #expect(report.isComplete && !report.loaded.contains("bn.num_batches_tracked"))
  }

  @Test func elementTypesAreConverted() throws {
    let layer = Linear(2, 2)
    let whole = Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float16], [2, 4])
    try layer.load(dict([("weight", whole[.all, 1..<3].T), ("bias", Tensor([1, 2] as [Double]))]))
    #expect(layer.weight.dtype == .float32 && layer.bias?.dtype == .float32)
    #expect(layer.weight.value.scalars(as: Float.self) == [2, 6, 3, 7])
    #expect(layer([1, 0]).scalars(as: Float.self) == [3, 5])
  }

  @Test func dataParallelNamesAreRecognised() throws {
    let net = Net()
    var state = StateDict()
    for key in net.stateDict().keys { state.set("module." + key, try net.stateDict()[key]!) }
    let error = try #require(#expect(throws: LucidError.self) { try net.load(state) })
    #expect(error.advice?.contains("load renamed(KeyMap(\"-module.\"))") == true, "\(error)")
    #expect(try net.load(state.renamed(KeyMap("-module."))).isComplete)
    #expect(try net.load(state.removingPrefix("module.")).isComplete)
  }

  @Test func aNewHeadKeepsItsValues() throws {
    let student = Net()
    student.fc = Linear(student.fc.inFeatures, 10)
    let head = student.fc.weight.value.scalars(as: Float.self)
    let teacher = Net().stateDict()
    let report = try student.load(teacher, strict: false)
    #expect(report.mismatched == ["fc.weight", "fc.bias"] && report.missing == [] && report.unexpected == [])
    #expect(report.loaded.count == 6)
    #expect(student.fc.weight.value.scalars(as: Float.self) == head)
    #expect(try student.conv.weight.value.scalars(as: Float.self) == teacher["conv.weight"]?.scalars(as: Float.self))
    student.freeze()
    student.fc.unfreeze()
    #expect(student.namedParameters().filter(\.parameter.requiresGrad).map(\.name) == ["fc.weight", "fc.bias"])
  }

  @Test func aNewLayerInASequence() throws {
    let classifier = Sequential(Linear(2, 4), ReLU(), Linear(4, 3))
    let old = classifier.stateDict()
    classifier[2] = Linear(4, 7)
    let report = try classifier.load(old, strict: false)
    #expect(report.loaded == ["0.weight", "0.bias"] && report.mismatched == ["2.weight", "2.bias"])
    #expect(classifier(.zeros([1, 2])).shape == [1, 7])
  }
}

extension Linear {
  fileprivate func callAsFunction(_ numbers: [Float]) -> Tensor { self(Tensor(numbers)) }
}
