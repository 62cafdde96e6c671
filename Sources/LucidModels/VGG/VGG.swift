import LucidNN
import LucidTensor

/// Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014; with batch norm,
/// as torchvision has it.
///
/// `[N, 3, H, W]`, H and W at least 32, to logits `[N, classes]`. Fine-tuning replaces `classifier[6]`.
public class VGG: Module {
  private let features: Sequential
  /// Linear, ReLU, dropout, linear, ReLU, dropout and, at 6, the linear layer to the classes.
  public let classifier: Sequential

  /// A network of five stages with `depths` 3x3 convolutions each, of 64, 128, 256, 512 and 512 channels, each stage
  /// followed by pooling.
  public init(depths: [Int], batchNorm: Bool, numClasses: Int = 1000) {
    var layers: [Module] = []
    var channels = 3
    for (depth, width) in zip(depths, [64, 128, 256, 512, 512]) {
      for _ in 0..<depth {
        layers.append(
          Conv2d(
            channels, width, kernel: 3, padding: .all(1), initializer: .kaimingNormal(.out), biasInitializer: .zeros))
        if batchNorm { layers.append(BatchNorm2d(width)) }
        layers.append(ReLU())
        channels = width
      }
      layers.append(MaxPool2d(2))
    }
    features = Sequential(layers)
    func linear(_ input: Int, _ output: Int) -> Linear {
      Linear(input, output, initializer: .normal(deviation: 0.01), biasInitializer: .zeros)
    }
    classifier = Sequential(
      linear(512 * 7 * 7, 4096), ReLU(), Dropout(0.5), linear(4096, 4096), ReLU(), Dropout(0.5),
      linear(4096, numClasses))
  }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    classifier(features(x).adaptiveAvgPool2d(7, 7).flatten(startDim: 1))
  }
}

extension VGG: AdaptableModel {
  public var head: Linear {
    get { classifier[6].expected() }
    set { classifier[6] = newValue }
  }

  public var inputConvolution: Conv2d {
    get { features[0].expected() }
    set { features[0] = newValue }
  }

  public func makeHead(classes: Int, generator: Generator) -> Linear {
    Linear(
      head.inFeatures, classes, initializer: .normal(deviation: 0.01), biasInitializer: .zeros, generator: generator)
  }
}

/// 11 layers (configuration A).
public final class VGG11: VGG, PretrainedModel {
  public typealias Weights = VGG11Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [1, 1, 2, 2, 2], batchNorm: false, numClasses: numClasses)
  }
}

/// 13 layers (configuration B).
public final class VGG13: VGG, PretrainedModel {
  public typealias Weights = VGG13Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 2, 2, 2], batchNorm: false, numClasses: numClasses)
  }
}

/// 16 layers (configuration D).
public final class VGG16: VGG, PretrainedModel {
  public typealias Weights = VGG16Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 3, 3, 3], batchNorm: false, numClasses: numClasses)
  }
}

/// 19 layers (configuration E).
public final class VGG19: VGG, PretrainedModel {
  public typealias Weights = VGG19Weights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 4, 4, 4], batchNorm: false, numClasses: numClasses)
  }
}

/// 11 layers (configuration A), batch norm after each convolution.
public final class VGG11BN: VGG, PretrainedModel {
  public typealias Weights = VGG11BNWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [1, 1, 2, 2, 2], batchNorm: true, numClasses: numClasses)
  }
}

/// 13 layers (configuration B), batch norm after each convolution.
public final class VGG13BN: VGG, PretrainedModel {
  public typealias Weights = VGG13BNWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 2, 2, 2], batchNorm: true, numClasses: numClasses)
  }
}

/// 16 layers (configuration D), batch norm after each convolution.
public final class VGG16BN: VGG, PretrainedModel {
  public typealias Weights = VGG16BNWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 3, 3, 3], batchNorm: true, numClasses: numClasses)
  }
}

/// 19 layers (configuration E), batch norm after each convolution.
public final class VGG19BN: VGG, PretrainedModel {
  public typealias Weights = VGG19BNWeights
  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    super.init(depths: [2, 2, 4, 4, 4], batchNorm: true, numClasses: numClasses)
  }
}
