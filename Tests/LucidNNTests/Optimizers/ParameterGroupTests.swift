import LucidNN
import LucidTensor
import Testing

/// Parameters in groups.
@Suite struct ParameterGroupTests {
  private final class Block: Module {
    let conv = Conv2d(2, 2, kernel: 1, bias: false)
    let norm = BatchNorm2d(2)
  }

  private final class Net: Module {
    let token = Parameter(.zeros([1, 2]))
    let stem = Conv2d(2, 2, kernel: 1)
    let activation = ReLU()
    let stages = Sequential(Block(), Sequential(Block()))
    let head = Linear(2, 3)
  }

  @Test func normsAndBiasesDoNotDecay() {
    let groups = Net().parameterGroups(learningRate: 0.1, weightDecay: 0.05)
    #expect(groups.map(\.name) == ["decay", "no_decay"])
    #expect(groups.map(\.weightDecay) == [0.05, 0] && groups.map(\.learningRate) == [0.1, 0.1])
    #expect(
      groups[0].parameters.map(\.name) == [
        "token", "stem.weight", "stages.0.conv.weight", "stages.1.0.conv.weight", "head.weight",
      ])
    #expect(
      groups[1].parameters.map(\.name) == [
        "stem.bias", "stages.0.norm.weight", "stages.0.norm.bias", "stages.1.0.norm.weight", "stages.1.0.norm.bias",
        "head.bias",
      ])
  }

  @Test func whatDecaysCanBeSaid() {
    let groups = Net().parameterGroups(learningRate: 1, weightDecay: 1) { name, _ in name == "head.bias" }
    #expect(groups[0].parameters.map(\.name) == ["head.bias"] && groups[1].parameters.count == 10)
  }

  @Test func layersNearTheInputLearnMoreSlowly() {
    let net = Net()
    let groups = net.parameterGroups(learningRate: 1, weightDecay: 0.5, layerDecay: 0.5)
    // Four layers: the stem with the token, two blocks, the head.
    #expect(
      groups.map { "\($0.name) \($0.learningRate) \($0.weightDecay)" } == [
        "stem.decay 0.125 0.5", "stem.no_decay 0.125 0.0", "stages.0.decay 0.25 0.5", "stages.0.no_decay 0.25 0.0",
        "stages.1.0.decay 0.5 0.5", "stages.1.0.no_decay 0.5 0.0", "head.decay 1.0 0.5", "head.no_decay 1.0 0.0",
      ])
    #expect(groups[0].parameters.map(\.name) == ["token", "stem.weight"])
    #expect(Set(groups.flatMap { $0.parameters.map(\.name) }) == Set(net.namedParameters().map(\.name)))
  }

  @Test func sharedParametersAreInOneGroup() {
    final class Tied: Module {
      let encoder = Linear(2, 2, bias: false)
      let decoder: Linear
      override init() { decoder = encoder }
    }
    for decay in [1, 0.5] {
      let groups = Tied().parameterGroups(learningRate: 1, layerDecay: decay)
      #expect(groups.flatMap { $0.parameters.map(\.name) } == ["encoder.weight"])
    }
    #expect(SGD(Tied(), learningRate: 1).parameters.count == 1)
  }

  @Test func aModuleWithNothingButParameters() {
    final class Scale: Module { let scale = Parameter(.ones([2])) }
    #expect(Scale().parameterGroups(learningRate: 1, layerDecay: 0.5).map(\.name) == ["no_decay"])
    #expect(ReLU().parameterGroups(learningRate: 1, layerDecay: 0.5).isEmpty)
  }
}
