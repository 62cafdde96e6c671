import LucidModels
import LucidNN
import LucidTensor
import LucidVision

/// Small pictures that a small network learns to tell apart in a second: noise with a bright stripe, whose place is the
/// class.
enum Stripes {
  static let classes = ["top", "middle", "bottom"]
  static let recipe = ImagePreprocessing(
    resize: nil, crop: ImageSize(square: 12), mean: [0.3], std: [0.25])

  static func dataset(count: Int, seed: UInt64) -> TensorDataset {
    var random = RandomStream(seed)
    let labels = (0..<count).map { $0 % 3 }
    let images = Tensor(shape: [count, 1, 12, 12], of: UInt8.self) { pixels in
      for (index, label) in labels.enumerated() {
        for place in 0..<144 {
          let isStripe = place / 12 / 4 == label
          pixels[index * 144 + place] = UInt8(random.below(120)) + (isStripe ? 70 : 0)
        }
      }
    }
    return TensorDataset(images: images, labels: labels, classes: classes)
  }

  static func loader(
    _ count: Int = 48, batch: Int = 8, seed: UInt64 = 1, trains: Bool = true, mixing: BatchMixing? = nil
  ) -> DataLoader {
    let augmented = TrainingPreprocessing(
      [CenterCropping(recipe), RandomAffine(degrees: -3...3, interpolation: .bilinear)], for: recipe)
    let data = dataset(count: count, seed: trains ? 11 : 12)
    return trains
      ? DataLoader(data, augmented, batchSize: batch, shuffles: true, seed: seed, mixing: mixing)
      : DataLoader(data, recipe, batchSize: batch)
  }
}

/// A network with all that makes resuming hard: running statistics, dropout, a head.
final class StripeNet: Module {
  let conv = Conv2d(1, 6, kernel: 3, padding: .all(1), generator: Generator(seed: 3))
  let norm = BatchNorm2d(6)
  let dropout: Dropout
  let head: Linear

  init(seed: UInt64 = 4, generator: Generator = .default) {
    dropout = Dropout(0.2, generator: generator)
    head = Linear(6 * 9, 3, generator: Generator(seed: seed))
  }

  override var isTraceable: Bool { true }

  override func forward(_ x: Tensor) -> Tensor {
    head(dropout(norm(conv(x)).relu().adaptiveAvgPool2d(3, 3).flatten(startDim: 1)))
  }
}

/// The numbers of all parameters and buffers, to be compared bit for bit.
func bits(_ stateDict: StateDict) throws -> [String: [UInt8]] {
  var result: [String: [UInt8]] = [:]
  for key in stateDict.keys { result[key] = try stateDict[key]!.withUnsafeBytes { Array($0) } }
  return result
}
