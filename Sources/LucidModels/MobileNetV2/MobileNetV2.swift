import LucidNN
import LucidTensor

/// Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, at width 1.
///
/// `[N, 3, H, W]` to logits `[N, classes]`. Fine-tuning replaces `classifier[1]`.
public final class MobileNetV2: Module, PretrainedModel {
  public typealias Weights = MobileNetV2Weights

  private let features: Sequential
  /// Dropout and, at 1, the linear layer to the classes.
  public let classifier: Sequential

  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    // Table 2 of the paper: expansion, channels, blocks, stride of the first.
    let stages = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]
    var channels = 32
    var layers: [Module] = [convNormReLU6(3, channels, kernel: 3, stride: 2)]
    for (expansion, width, count, stride) in stages {
      for block in 0..<count {
        layers.append(InvertedResidual(channels, width, stride: block == 0 ? stride : 1, expansion: expansion))
        channels = width
      }
    }
    layers.append(convNormReLU6(channels, 1280, kernel: 1))
    features = Sequential(layers)
    classifier = Sequential(
      Dropout(0.2), Linear(1280, numClasses, initializer: .normal(deviation: 0.01), biasInitializer: .zeros))
  }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    classifier(features(x).adaptiveAvgPool2d(1, 1).flatten(startDim: 1))
  }
}

extension MobileNetV2: AdaptableModel {
  public var head: Linear {
    get { classifier[1].expected() }
    set { classifier[1] = newValue }
  }

  public var inputConvolution: Conv2d {
    get { stem[0].expected() }
    set { stem[0] = newValue }
  }

  private var stem: Sequential { features[0].expected() }

  public func makeHead(classes: Int, generator: Generator) -> Linear {
    Linear(
      head.inFeatures, classes, initializer: .normal(deviation: 0.01), biasInitializer: .zeros, generator: generator)
  }
}

private func conv(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Conv2d {
  Conv2d(
    input, output, kernel: kernel, stride: stride, padding: .all(kernel / 2), groups: groups, bias: false,
    initializer: .kaimingNormal(.out))
}

private func convNormReLU6(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Sequential {
  Sequential(conv(input, output, kernel: kernel, stride: stride, groups: groups), BatchNorm2d(output), ReLU6())
}

/// A 1x1 convolution to more channels, a 3x3 one of each channel by itself, and a 1x1 one to few without activation.
private final class InvertedResidual: Module {
  let conv: Sequential
  private let isResidual: Bool

  init(_ input: Int, _ output: Int, stride: Int, expansion: Int) {
    let hidden = input * expansion
    var layers: [Module] = expansion == 1 ? [] : [convNormReLU6(input, hidden, kernel: 1)]
    layers += [
      convNormReLU6(hidden, hidden, kernel: 3, stride: stride, groups: hidden),
      LucidModels.conv(hidden, output, kernel: 1), BatchNorm2d(output),
    ]
    conv = Sequential(layers)
    isResidual = stride == 1 && input == output
  }

  override func forward(_ x: Tensor) -> Tensor { isResidual ? x + conv(x) : conv(x) }
}
