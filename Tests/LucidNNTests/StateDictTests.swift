import LucidNN
import LucidTensor
import Testing

/// The names under which a module's tensors are found.
@Suite struct StateDictTests {
  private final class Block: Module {
    let conv1 = Conv2d(2, 2, kernel: 1)
    let downsample: Sequential?
    init(hasShortcut: Bool) { downsample = hasShortcut ? Sequential(Conv2d(2, 2, kernel: 1, bias: false)) : nil }
  }

  private class Base: Module {
    let runningMean = Buffer(.zeros([2]))
    let inProjWeight = Parameter(.zeros([2]))
    let layer1 = [Block(hasShortcut: true), Block(hasShortcut: false)]
    let cpbMLP = Linear(1, 1, bias: false)
    let scale = [Parameter(.zeros([1])), Parameter(.zeros([3]))]
    let width = 3
    let name = "not a member"
  }

  private final class Derived: Base {
    let head = Linear(2, 1)
    let norm = BatchNorm2d(2)
  }

  @Test func namesFollowTheProperties() {
    // In PyTorch's order: a module's parameters, its buffers, then its modules, a superclass's first.
    #expect(
      Derived().stateDict().keys == [
        "in_proj_weight", "scale.0", "scale.1", "running_mean",
        "layer1.0.conv1.weight", "layer1.0.conv1.bias", "layer1.0.downsample.0.weight", "layer1.1.conv1.weight",
        "layer1.1.conv1.bias", "cpb_mlp.weight", "head.weight", "head.bias", "norm.weight", "norm.bias",
        "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
      ])
  }

  @Test(arguments: [
    ("fc", "fc"), ("bn1", "bn1"), ("layer1", "layer1"), ("runningMean", "running_mean"), ("Fc", "fc"),
    ("numBatchesTracked", "num_batches_tracked"), ("relativePositionBiasTable", "relative_position_bias_table"),
    ("cpbMLP", "cpb_mlp"), ("mlpHead", "mlp_head"), ("convBNRelu", "conv_bn_relu"), ("aB", "a_b"), ("_conv", "_conv"),
    ("conv_stem", "conv_stem"), ("conv2D", "conv2_d"), ("", ""),
  ]) func snakeCase(_ property: String, _ key: String) {
    #expect(Module().key(for: property) == key)
  }

  @Test func namesCanBeOverridden() {
    final class Stem: Module {
      let convStem = Conv2d(1, 1, kernel: 1, bias: false)
      let bn0 = Linear(1, 1)
      override func key(for property: String) -> String {
        property == "bn0" ? "batch.norm" : "_" + super.key(for: property)
      }
    }
    #expect(Stem().stateDict().keys == ["_conv_stem.weight", "batch.norm.weight", "batch.norm.bias"])
  }

  @Test func aNewModuleIsFoundAtOnce() {
    final class Net: Module {
      var fc: Module = Linear(2, 3)
      var extra: Linear?
    }
    let net = Net()
    #expect(net.stateDict().keys == ["fc.weight", "fc.bias"])
    net.fc = Sequential(Dropout(), Linear(2, 5, bias: false))
    net.extra = Linear(1, 1, bias: false)
    #expect(net.stateDict().keys == ["fc.1.weight", "extra.weight"])
    #expect(net.parameterCount == 11)
    net.fc = Identity()
    #expect(net.stateDict().keys == ["extra.weight"])
  }

  @Test func sharedParametersCountOnce() throws {
    final class Tied: Module {
      let encoder: Linear
      let decoder: Linear
      override init() {
        encoder = Linear(2, 2, bias: false)
        decoder = encoder
      }
    }
    let tied = Tied()
    #expect(tied.stateDict().keys == ["encoder.weight", "decoder.weight"])
    #expect(tied.parameters().count == 1 && tied.parameterCount == 4 && tied.namedParameters().count == 2)
    #expect(try tied.load(tied.stateDict()).isComplete)
  }

  @Test func modulesByName() {
    let net = Derived()
    #expect(net.children().map(\.name) == ["layer1.0", "layer1.1", "cpb_mlp", "head", "norm"])
    #expect(
      net.namedModules().map(\.name) == [
        "", "layer1.0", "layer1.0.conv1", "layer1.0.downsample", "layer1.0.downsample.0", "layer1.1", "layer1.1.conv1",
        "cpb_mlp", "head", "norm",
      ])
  }

  @Test func aStateDictIsASnapshot() throws {
    let layer = Linear(1, 1)
    let before = layer.stateDict()
    let weight = try #require(try before["weight"]).item(as: Float.self)
    layer.weight.value = Tensor([weight + 1], [1, 1])
    #expect(try before["weight"]?.item(as: Float.self) == weight)
  }
}
