import LucidNN
import LucidTensor

/// LeNet-5 in its modern form: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document
/// Recognition", 1998, with ReLU in place of the scaled tanh, maxima in place of learned means, every map of the second
/// convolution seeing every one before it, and a linear layer to the classes.
///
/// `[N, 1, 28, 28]` to logits `[N, classes]`; 61,706 parameters for ten classes. The pictures of MNIST are padded by two
/// pixels to the 32x32 of the paper. Of pictures of another size, at least 12x12, the last maps are averaged to the 5x5
/// that those of MNIST have. Fine-tuning replaces ``fc3``.
public final class LeNet5: Module, PretrainedModel {
  public typealias Weights = LeNet5Weights

  private var conv1: Conv2d
  private let conv2: Conv2d
  private let fc1: Linear
  private let fc2: Linear
  /// The classifier.
  public var fc3: Linear

  /// The network with random parameters.
  public init(numClasses: Int = 10) {
    conv1 = Conv2d(1, 6, kernel: 5, padding: .all(2))
    conv2 = Conv2d(6, 16, kernel: 5)
    fc1 = Linear(16 * 5 * 5, 120)
    fc2 = Linear(120, 84)
    fc3 = Linear(84, numClasses)
  }

  public override var isTraceable: Bool { true }

  public override func forward(_ x: Tensor) -> Tensor {
    var maps = pooled(conv2(pooled(conv1(x))))
    if maps.shape[2] != 5 || maps.shape[3] != 5 { maps = maps.adaptiveAvgPool2d(5, 5) }
    return fc3(fc2(fc1(maps.flatten(startDim: 1)).relu()).relu())
  }

  private func pooled(_ x: Tensor) -> Tensor { x.relu().maxPool2d(kernel: (2, 2), stride: (2, 2)) }
}

extension LeNet5: AdaptableModel {
  public var head: Linear {
    get { fc3 }
    set { fc3 = newValue }
  }

  public var inputConvolution: Conv2d {
    get { conv1 }
    set { conv1 = newValue }
  }
}
