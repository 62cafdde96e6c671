import LucidNN
import LucidTensor
import LucidTesting
import Testing

/// What every module promises, for every layer; see ``expectModuleLaws(_:_:sourceLocation:)``.
@Suite struct ModuleLawsTests {
  @Test func layersOfPictures() throws {
    let x = Tensor.randn([2, 4, 6, 6], generator: Generator(seed: 1))
    try expectModuleLaws({ Conv2d(4, 6, kernel: 3, padding: .all(1), groups: 2) }, x)
    try expectModuleLaws({ Conv2d(4, 3, kernel: (1, 3), stride: (2, 1), padding: .same, bias: false) }, x)
    try expectModuleLaws({ BatchNorm2d(4) }, x)
    try expectModuleLaws({ MaxPool2d(2) }, x)
    try expectModuleLaws({ AvgPool2d(3, stride: 1, padding: 1) }, x)
    try expectModuleLaws({ AdaptiveAvgPool2d(1, 1) }, x)
    try expectModuleLaws({ AdaptiveMaxPool2d(4, 5) }, x)
    try expectModuleLaws({ Upsample(scaleFactor: 2, mode: .bicubic) }, x)
    try expectModuleLaws({ Flatten() }, x)
  }

  @Test func layersOfVectors() throws {
    let x = Tensor.randn([3, 5], generator: Generator(seed: 2))
    try expectModuleLaws({ Linear(5, 4) }, x)
    try expectModuleLaws({ Linear(5, 4, bias: false) }, x)
    try expectModuleLaws({ LayerNorm([5]) }, x)
    try expectModuleLaws({ Dropout(0.5) }, x)
    try expectModuleLaws({ Identity() }, x)
    for kind in [
      Activation.Kind.relu, .relu6, .silu, .sigmoid, .tanh, .hardSwish, .hardSigmoid, .gelu(), .gelu(tanh: true),
      .leakyRelu(), .softmax(), .logSoftmax(dim: 0),
    ] {
      try expectModuleLaws({ Activation(kind) }, x)
    }
  }

  @Test func sequencesOfLayers() throws {
    try expectModuleLaws(
      {
        Sequential(
          Conv2d(3, 8, kernel: 3), BatchNorm2d(8), ReLU(), Dropout(0.3),
          Sequential([AdaptiveAvgPool2d(1, 1), Flatten(), LayerNorm([8]), Linear(8, 5)]))
      }, .randn([2, 3, 9, 9], generator: Generator(seed: 3)))
  }
}
