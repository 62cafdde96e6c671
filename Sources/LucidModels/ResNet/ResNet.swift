import LucidNN
import LucidTensor

/// Residual networks: He et al., "Deep Residual Learning for Image Recognition", 2015; wide ones: Zagoruyko and
/// Komodakis, "Wide Residual Networks", 2016; with grouped convolutions: Xie et al., "Aggregated Residual
/// Transformations for Deep Neural Networks", 2016.
///
/// `[N, 3, H, W]` to logits `[N, classes]`. As torchvision's, the stride of a bottleneck is on its 3x3 convolution.
/// Fine-tuning replaces ``fc``.
public class ResNet: Module {
  private var conv1: Conv2d
  private let bn1: BatchNorm2d
  private let layer1, layer2, layer3, layer4: Sequential
  /// The classifier.
  public var fc: Linear

  /// A network of four stages with `depths` blocks each, of 64, 128, 256 and 512 planes.
  ///
  /// - Parameters:
  ///   - bottleneck: whether blocks are 1x1, 3x3 and 1x1 convolutions rather than two of 3x3.
  ///   - groups: parts in which the 3x3 convolution of a bottleneck works.
  ///   - widthPerGroup: its channels for each part, at 64 planes.
  public init(
    depths: [Int], bottleneck: Bool, groups: Int = 1, widthPerGroup: Int = 64, numClasses: Int = 1000
  ) {
    var channels = 64
    func stage(_ index: Int) -> Sequential {
      let planes = 64 << index
      return Sequential(
        (0..<depths[index]).map { block in
          let stride = block == 0 && index > 0 ? 2 : 1
          let input = channels
          channels = bottleneck ? planes * 4 : planes
          return bottleneck
            ? Bottleneck(input, planes, stride, groups, widthPerGroup) : BasicBlock(input, planes, stride)
        })
    }
    conv1 = conv(3, 64, kernel: 7, stride: 2)
    bn1 = BatchNorm2d(64)
    (layer1, layer2, layer3, layer4) = (stage(0), stage(1), stage(2), stage(3))
    fc = Linear(channels, numClasses)
  }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    fc(features(x).adaptiveAvgPool2d(1, 1).flatten(startDim: 1))
  }

  /// The last stage's output, `[N, C, H / 32, W / 32]`.
  public func features(_ x: Tensor) -> Tensor {
    let stem = bn1(conv1(x)).relu().maxPool2d(kernel: (3, 3), stride: (2, 2), padding: (1, 1))
    return layer4(layer3(layer2(layer1(stem))))
  }
}

extension ResNet: AdaptableModel {
  public var head: Linear {
    get { fc }
    set { fc = newValue }
  }

  public var inputConvolution: Conv2d {
    get { conv1 }
    set { conv1 = newValue }
  }
}

/// A convolution without bias that keeps the size at stride 1, started as residual networks are.
private func conv(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Conv2d {
  Conv2d(
    input, output, kernel: kernel, stride: stride, padding: .all(kernel / 2), groups: groups, bias: false,
    initializer: .kaimingNormal(.out))
}

/// What a block's input goes through before it is added to the output: nothing where the shapes agree.
private func shortcut(_ input: Int, _ output: Int, _ stride: Int) -> Sequential? {
  stride == 1 && input == output
    ? nil : Sequential(conv(input, output, kernel: 1, stride: stride), BatchNorm2d(output))
}

/// Two 3x3 convolutions.
private final class BasicBlock: Module {
  let conv1: Conv2d, bn1: BatchNorm2d
  let conv2: Conv2d, bn2: BatchNorm2d
  let downsample: Sequential?

  init(_ input: Int, _ planes: Int, _ stride: Int) {
    conv1 = conv(input, planes, kernel: 3, stride: stride)
    bn1 = BatchNorm2d(planes)
    conv2 = conv(planes, planes, kernel: 3)
    bn2 = BatchNorm2d(planes)
    downsample = shortcut(input, planes, stride)
  }

  override func forward(_ x: Tensor) -> Tensor {
    (bn2(conv2(bn1(conv1(x)).relu())) + (downsample?(x) ?? x)).relu()
  }
}

/// A 1x1 convolution to fewer channels, a 3x3 one, and a 1x1 one to four times the planes.
private final class Bottleneck: Module {
  let conv1: Conv2d, bn1: BatchNorm2d
  let conv2: Conv2d, bn2: BatchNorm2d
  let conv3: Conv2d, bn3: BatchNorm2d
  let downsample: Sequential?

  init(_ input: Int, _ planes: Int, _ stride: Int, _ groups: Int, _ widthPerGroup: Int) {
    let width = planes * widthPerGroup / 64 * groups
    conv1 = conv(input, width, kernel: 1)
    bn1 = BatchNorm2d(width)
    conv2 = conv(width, width, kernel: 3, stride: stride, groups: groups)
    bn2 = BatchNorm2d(width)
    conv3 = conv(width, planes * 4, kernel: 1)
    bn3 = BatchNorm2d(planes * 4)
    downsample = shortcut(input, planes * 4, stride)
  }

  override func forward(_ x: Tensor) -> Tensor {
    let inner = bn2(conv2(bn1(conv1(x)).relu())).relu()
    return (bn3(conv3(inner)) + (downsample?(x) ?? x)).relu()
  }
}

/// 18 layers, basic blocks.
public final class ResNet18: ResNet, PretrainedModel {
  public typealias Weights = ResNet18Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(depths: [2, 2, 2, 2], bottleneck: false, numClasses: numClasses) }
}

/// 34 layers, basic blocks.
public final class ResNet34: ResNet, PretrainedModel {
  public typealias Weights = ResNet34Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(depths: [3, 4, 6, 3], bottleneck: false, numClasses: numClasses) }
}

/// 50 layers, bottlenecks.
public final class ResNet50: ResNet, PretrainedModel {
  public typealias Weights = ResNet50Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(depths: [3, 4, 6, 3], bottleneck: true, numClasses: numClasses) }
}

/// 101 layers, bottlenecks.
public final class ResNet101: ResNet, PretrainedModel {
  public typealias Weights = ResNet101Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(depths: [3, 4, 23, 3], bottleneck: true, numClasses: numClasses) }
}

/// 152 layers, bottlenecks.
public final class ResNet152: ResNet, PretrainedModel {
  public typealias Weights = ResNet152Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(depths: [3, 8, 36, 3], bottleneck: true, numClasses: numClasses) }
}

/// ``ResNet50`` with twice the channels inside its bottlenecks.
public final class WideResNet50_2: ResNet, PretrainedModel {
  public typealias Weights = WideResNet50_2Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [3, 4, 6, 3], bottleneck: true, widthPerGroup: 128, numClasses: numClasses)
  }
}

/// ``ResNet101`` with twice the channels inside its bottlenecks.
public final class WideResNet101_2: ResNet, PretrainedModel {
  public typealias Weights = WideResNet101_2Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [3, 4, 23, 3], bottleneck: true, widthPerGroup: 128, numClasses: numClasses)
  }
}

/// 50 layers, bottlenecks in 32 groups of 4 channels.
public final class ResNeXt50_32x4d: ResNet, PretrainedModel {
  public typealias Weights = ResNeXt50_32x4dWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [3, 4, 6, 3], bottleneck: true, groups: 32, widthPerGroup: 4, numClasses: numClasses)
  }
}

/// 101 layers, bottlenecks in 32 groups of 8 channels.
public final class ResNeXt101_32x8d: ResNet, PretrainedModel {
  public typealias Weights = ResNeXt101_32x8dWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [3, 4, 23, 3], bottleneck: true, groups: 32, widthPerGroup: 8, numClasses: numClasses)
  }
}

/// 101 layers, bottlenecks in 64 groups of 4 channels.
public final class ResNeXt101_64x4d: ResNet, PretrainedModel {
  public typealias Weights = ResNeXt101_64x4dWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [3, 4, 23, 3], bottleneck: true, groups: 64, widthPerGroup: 4, numClasses: numClasses)
  }
}
