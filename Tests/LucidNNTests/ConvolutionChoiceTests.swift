import Foundation
import LucidTesting
import Synchronization
import Testing

@testable import LucidNN
@testable import LucidTensor

@Suite("The choice of algorithms for convolutions")
struct ConvolutionChoiceTests {
  private final class Net: Module {
    let first = Conv2d(3, 16, kernel: 3, padding: .all(1), generator: Generator(seed: 1))
    let second = Conv2d(16, 32, kernel: 3, padding: .all(1), generator: Generator(seed: 2))
    let third = Conv2d(32, 32, kernel: 3, padding: .all(1), generator: Generator(seed: 3))
    let strided = Conv2d(32, 16, kernel: 3, stride: 2, padding: .all(1), generator: Generator(seed: 4))
    override var isTraceable: Bool { true }
    override func forward(_ x: Tensor) -> Tensor {
      let y = second(first(x).relu()).relu()
      return strided((third(y) + y).relu())
    }
  }

  private let shape: Shape = [2, 3, 30, 29]
  private var graph: Graph {
    Recorder.record([TensorType(shape)]) { [Net().eval().forward($0[0])] }
      .foldingBatchNorm().fusingResiduals().fusingActivations().removingUnused()
  }
  private var path: String { FileManager.default.temporaryDirectory.path + "/choices-\(UUID())/a/b.txt" }

  private func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: String(path.dropLast("/a/b.txt".count)))
  }

  @Test("Every policy computes what the module does", arguments: Convolutions.allCases)
  func agrees(policy: Convolutions) {
    let net = Net().eval()
    let x = Tensor.randn(shape, generator: Generator(seed: 5))
    let expected = net.forward(x).scalars(as: Double.self)
    let greatest = expected.lazy.map(abs).max() ?? 0
    let plan = Plan(net, inputShape: shape, convolutions: policy)
    let first = plan(x).scalars(as: Float.self)
    expectClose(first, expected, tolerance: policy == .direct ? 2e-6 : 1e-4 * greatest)
    #expect(plan(x).scalars(as: Float.self) == first)
  }

  @Test("Winograd takes windows of 3x3 with stride 1 whose channels fill a block, and nothing else")
  func candidates() {
    #expect(graph.algorithms(.direct).isEmpty)
    // The first has 3 channels, the last a stride of 2.
    #expect(graph.algorithms(.winograd).count == 2)
  }

  @Test("A profile names the kernel of each convolution", arguments: [Convolutions.direct, .winograd])
  func profileNamesKernels(policy: Convolutions) {
    let plan = Plan(Net().eval(), inputShape: shape, convolutions: policy)
    let layers = plan.profile(.randn(shape, generator: Generator(seed: 5)), runs: 1).layers
    let kernels = layers.filter { $0.operation == "FusedConvolution" }.map { $0.kernel ?? "" }
    #expect(kernels.count == 4)
    #expect(kernels.count { $0.contains("winograd") } == graph.algorithms(policy).count)
    #expect(kernels.allSatisfy { $0.contains("winograd") != $0.contains("direct ") })
  }

  @Test("A choice is measured once, and remembered in the file")
  func remembers() {
    let path = path
    defer { remove(path) }
    let chosen = graph.algorithms(.measured, choices: ConvolutionChoices(file: ChoiceFile(path: path)))
    let written = ChoiceFile(path: path).read()
    #expect(chosen.count == 4 - 1 && written.count == chosen.count)
    // Whatever the file says is done: that nothing is measured again is seen from choices that are turned around.
    let turned = written.mapValues { $0 == .direct ? ConvolutionAlgorithm.smallWinograd : .direct }
    ChoiceFile(path: path).add(turned)
    let again = graph.algorithms(.measured, choices: ConvolutionChoices(file: ChoiceFile(path: path)))
    #expect(again.allSatisfy { $0.value != chosen[$0.key] })
  }

  @Test("A damaged file, and one that cannot be written, do no harm")
  func damage() throws {
    let path = path
    defer { remove(path) }
    let file = ChoiceFile(path: path)
    file.add(["a": .direct, "b": .winograd])
    #expect(file.read() == ["a": .direct, "b": .winograd])
    var bytes = try #require(FileManager.default.contents(atPath: path))
    bytes.append(Data("fastest\tc\nwinograd\nwinograd\td\te\n\u{0}\n".utf8) + Data([0xff, 0xfe, 0x0a]))
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(file.read() == ["a": .direct, "b": .winograd])
    file.add(["b": .direct])
    #expect(file.read() == ["a": .direct, "b": .direct])
    let blocked = ChoiceFile(path: path + "/no/folder.txt")
    blocked.add(["a": .direct])
    #expect(blocked.read().isEmpty)
  }

  @Test("The file is where checkpoints are kept")
  func folder() {
    #expect(ChoiceFile.folder(["LUCID_HOME": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(ChoiceFile.folder(["LUCID_HOME": "~/a", "HOME": "/c"]) == "/c/a")
    #expect(ChoiceFile.folder(["LUCID_HOME": "", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/lucid")
    #expect(ChoiceFile.folder(["XDG_CACHE_HOME": "b", "HOME": "/c"]) == "/c/.cache/lucid")
    #expect(ChoiceFile.folder([:]) == nil)
  }

  @Test("LUCID_CONV names a policy, and anything else is refused by name")
  func variable() async {
    #expect(Convolutions(variable: nil) == .measured && Convolutions(variable: "") == .measured)
    #expect(Convolutions(variable: "auto") == .measured && Convolutions(variable: "direct") == .direct)
    #expect(Convolutions(variable: "winograd") == .winograd)
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Convolutions(variable: "fast")
    }
    expectMessage(result, naming: "LUCID_CONV", "\"fast\"", "direct, winograd, auto")
  }
}
