import LucidNN
import LucidTensor

/// EfficientNet-Lite: Tan and Le's EfficientNet (2019) without squeeze-and-excite and with ReLU6, as
/// github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite defines it.
///
/// `[N, 3, H, W]` to logits `[N, classes]`. The published parameters are TensorFlow's, so the padding is SAME and the
/// batch norms' ε is 1e-3; with symmetric padding the same file loads and answers wrongly. Names in state dicts are those
/// of the PyTorch files, with an underscore before each. Fine-tuning replaces ``fc``.
public class EfficientNetLite: Module {
  private var convStem: Conv2d
  private let bn0: BatchNorm2d
  private let blocks: [Block]
  private let convHead: Conv2d
  private let bn1: BatchNorm2d
  private let dropout: Dropout
  /// The classifier.
  public var fc: Linear

  /// A network with the base's channels times `width` and its blocks times `depth`.
  ///
  /// The stem, the first and the last stage's depth and the head are not scaled, which is what sets Lite apart.
  public init(width: Double, depth: Double, dropout: Double, numClasses: Int = 1000) {
    // EfficientNet-B0's stages: blocks, kernel, stride of the first, expansion, channels.
    let stages = [
      (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
      (1, 3, 1, 6, 320),
    ]
    var channels = 32
    convStem = conv(3, channels, kernel: 3, stride: 2)
    bn0 = norm(channels)
    blocks = stages.enumerated().flatMap { index, stage in
      let (count, kernel, stride, expansion, base) = stage
      let isScaled = index > 0 && index < stages.count - 1
      let repeats = isScaled ? Int((Double(count) * depth).rounded(.up)) : count
      return (0..<repeats).map { block in
        let input = channels
        channels = scaled(base, by: width)
        return Block(input, channels, kernel: kernel, stride: block == 0 ? stride : 1, expansion: expansion)
      }
    }
    convHead = conv(channels, 1280, kernel: 1)
    bn1 = norm(1280)
    self.dropout = Dropout(dropout)
    fc = Linear(1280, numClasses)
  }

  public override func key(for property: String) -> String { "_" + super.key(for: property) }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    let body = blocks.reduce(bn0(convStem(x)).relu6()) { $1($0) }
    let head = bn1(convHead(body)).relu6().adaptiveAvgPool2d(1, 1).flatten(startDim: 1)
    return fc(dropout(head))
  }
}

extension EfficientNetLite: AdaptableModel {
  public var head: Linear {
    get { fc }
    set { fc = newValue }
  }

  public var inputConvolution: Conv2d {
    get { convStem }
    set { convStem = newValue }
  }
}

/// The nearest multiple of 8, but not less than 90 % of what was asked for.
private func scaled(_ channels: Int, by width: Double) -> Int {
  let target = Double(channels) * width
  let rounded = max(8, Int(target + 4) / 8 * 8)
  return Double(rounded) < 0.9 * target ? rounded + 8 : rounded
}

private func conv(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Conv2d {
  Conv2d(
    input, output, kernel: kernel, stride: stride, padding: .same, groups: groups, bias: false,
    initializer: .kaimingNormal(.out))
}

private func norm(_ channels: Int) -> BatchNorm2d { BatchNorm2d(channels, eps: 1e-3, momentum: 0.01) }

/// MBConv without squeeze-and-excite: a 1x1 convolution to more channels, one of each channel by itself, and a 1x1 one
/// to few without activation.
private final class Block: Module {
  let expandConv: Conv2d?, bn0: BatchNorm2d?
  let depthwiseConv: Conv2d, bn1: BatchNorm2d
  let projectConv: Conv2d, bn2: BatchNorm2d
  private let isResidual: Bool

  init(_ input: Int, _ output: Int, kernel: Int, stride: Int, expansion: Int) {
    let hidden = input * expansion
    expandConv = expansion == 1 ? nil : conv(input, hidden, kernel: 1)
    bn0 = expansion == 1 ? nil : norm(hidden)
    depthwiseConv = conv(hidden, hidden, kernel: kernel, stride: stride, groups: hidden)
    bn1 = norm(hidden)
    projectConv = conv(hidden, output, kernel: 1)
    bn2 = norm(output)
    isResidual = stride == 1 && input == output
  }

  override func key(for property: String) -> String { "_" + super.key(for: property) }

  override func forward(_ x: Tensor) -> Tensor {
    var hidden = x
    if let expandConv, let bn0 { hidden = bn0(expandConv(x)).relu6() }
    hidden = bn2(projectConv(bn1(depthwiseConv(hidden)).relu6()))
    return isResidual ? x + hidden : hidden
  }
}

/// 224x224, 4.65 M parameters.
public final class EfficientNetLite0: EfficientNetLite, PretrainedModel {
  public typealias Weights = EfficientNetLite0Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(width: 1, depth: 1, dropout: 0.2, numClasses: numClasses) }
}

/// 240x240, 5.42 M parameters.
public final class EfficientNetLite1: EfficientNetLite, PretrainedModel {
  public typealias Weights = EfficientNetLite1Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(width: 1, depth: 1.1, dropout: 0.2, numClasses: numClasses) }
}

/// 260x260, 6.09 M parameters.
public final class EfficientNetLite2: EfficientNetLite, PretrainedModel {
  public typealias Weights = EfficientNetLite2Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) { super.init(width: 1.1, depth: 1.2, dropout: 0.3, numClasses: numClasses) }
}
