import LucidNN
import LucidTensor

/// Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014: the one-column variant of the
/// network that won ImageNet in 2012.
///
/// `[N, 3, H, W]`, H and W at least 63, to logits `[N, classes]`. Fine-tuning replaces `classifier[6]`.
public final class AlexNet: Module, PretrainedModel {
  public typealias Weights = AlexNetWeights

  private let features: Sequential
  /// Dropout, linear, ReLU, dropout, linear, ReLU and, at 6, the linear layer to the classes.
  public let classifier: Sequential

  /// The network with random parameters.
  public init(numClasses: Int = 1000) {
    features = Sequential(
      Conv2d(3, 64, kernel: 11, stride: 4, padding: .all(2)), ReLU(), MaxPool2d(3, stride: 2),
      Conv2d(64, 192, kernel: 5, padding: .all(2)), ReLU(), MaxPool2d(3, stride: 2),
      Conv2d(192, 384, kernel: 3, padding: .all(1)), ReLU(),
      Conv2d(384, 256, kernel: 3, padding: .all(1)), ReLU(),
      Conv2d(256, 256, kernel: 3, padding: .all(1)), ReLU(), MaxPool2d(3, stride: 2))
    classifier = Sequential(
      Dropout(0.5), Linear(256 * 6 * 6, 4096), ReLU(),
      Dropout(0.5), Linear(4096, 4096), ReLU(), Linear(4096, numClasses))
  }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    classifier(features(x).adaptiveAvgPool2d(6, 6).flatten(startDim: 1))
  }
}

extension AlexNet: AdaptableModel {
  public var head: Linear {
    get { classifier[6].expected() }
    set { classifier[6] = newValue }
  }

  public var inputConvolution: Conv2d {
    get { features[0].expected() }
    set { features[0] = newValue }
  }
}
