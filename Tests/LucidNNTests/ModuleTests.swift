import LucidNN
import LucidTensor
import LucidTesting
import Testing

@Suite struct ModuleTests {
  private final class Net: Module {
    let features = Sequential(Conv2d(3, 8, kernel: 3, stride: 2, padding: .all(1), bias: false), BatchNorm2d(8), ReLU())
    let blocks = [Block(), Block()]
    let dropout = Dropout(0.2)
    let fc: Linear? = Linear(8, 1000)
    let logitScale = Parameter(.ones([]))
    override var settings: String { "depth: 2" }
  }
  private final class Block: Module {
    let proj = Linear(8, 8, bias: false)
  }

  @Test func theDescriptionIsATree() {
    #expect(
      Net().description == """
        Net(depth: 2)  # logit_scale [], 9,361 parameters
          features: Sequential  # 232 parameters
            0: Conv2d(3, 8, kernel: 3x3, stride: 2x2, padding: all(1), bias: false)  # weight [8, 3, 3, 3], 216 parameters
            1: BatchNorm2d(8, eps: 1e-05, momentum: 0.1)  # weight [8], bias [8], running_mean [8], running_var [8], \
        num_batches_tracked [], 16 parameters
            2: Activation(relu)
          blocks.0: Block  # 64 parameters
            proj: Linear(8, 8, bias: false)  # weight [8, 8], 64 parameters
          blocks.1: Block  # 64 parameters
            proj: Linear(8, 8, bias: false)  # weight [8, 8], 64 parameters
          dropout: Dropout(0.2)
          fc: Linear(8, 1000)  # weight [1000, 8], bias [1000], 9,000 parameters
        """)
  }

  @Test func aLayerDescribesItself() {
    #expect(Linear(1, 1, bias: false).description == "Linear(1, 1, bias: false)  # weight [1, 1], 1 parameter")
    #expect(MaxPool2d(3, stride: 2, padding: 1).description == "MaxPool2d(3, stride: 2, padding: 1)")
    #expect(
      Conv2d(4, 6, kernel: (1, 3), padding: .same, dilation: (1, 2), groups: 2).settings
        == "4, 6, kernel: 1x3, padding: same, dilation: 1x2, groups: 2")
  }

  @Test func trainingReachesEveryPart() {
    let net = Net()
    #expect(net.namedModules().allSatisfy { $0.module.isTraining })
    net.blocks[1].eval()
    #expect(net.isTraining && !net.blocks[1].proj.isTraining && net.blocks[0].proj.isTraining)
    net.eval()
    #expect(net.namedModules().allSatisfy { !$0.module.isTraining })
    net.train()
    #expect(net.namedModules().allSatisfy { $0.module.isTraining })
  }

  @Test func freezingReachesEveryPart() {
    let net = Net()
    net.freeze()
    #expect(net.parameters().allSatisfy { !$0.requiresGrad })
    net.blocks[0].unfreeze()
    #expect(net.namedParameters().filter(\.parameter.requiresGrad).map(\.name) == ["blocks.0.proj.weight"])
  }

  @Test func aModuleStaysWhereThereIsNoDevice() throws {
    let net = Net()
    let weight = net.blocks[0].proj.weight.value
    #expect(try net.to(.cpu) === net)
    let error = #expect(throws: LucidError.self) { try net.to(.gpu) }
    #expect(error?.code == .deviceUnavailable && error?.description.contains("Device.gpu.isAvailable") == true)
    #expect(
      net.parameters().allSatisfy { $0.device == .cpu } && net.blocks[0].proj.weight.value.storage === weight.storage)
  }

  @Test func sequentialsAreLists() {
    let list = Sequential(Linear(2, 3), ReLU())
    #expect(list.count == 2 && list[1] is Activation)
    list[1] = Linear(3, 1)
    #expect(list(.zeros([4, 2])).shape == [4, 1] && Sequential()(.ones([2])).shape == [2])
    #expect(list.stateDict().keys == ["0.weight", "0.bias", "1.weight", "1.bias"])
  }

  @Test func wrongUsesAreNamed() async {
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Linear(2, 3).weight.value = .zeros([2, 3])
    }
    expectMessage(shape, naming: "[3, 2]", "[2, 3]")
    let groups = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2d(3, 4, kernel: 1, groups: 2)
    }
    expectMessage(groups, naming: "Conv2d", "3", "2 groups")
    let forward = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Module()(.zeros([1]))
    }
    expectMessage(forward, naming: "Module does not override forward")
  }
}
