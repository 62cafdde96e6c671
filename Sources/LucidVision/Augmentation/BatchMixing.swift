import LucidTensor

/// How the pictures of a batch are mixed, each with the one before it (the first with the last), so that targets become
/// shares of classes: regularisation for training from little data.
public enum BatchMixing: Sendable, Hashable, Codable {
  /// Mixup (Zhang et al., 2018): `λ x + (1 - λ) x'` with one λ from Beta(alpha, alpha) for the batch, as torchvision's
  /// `v2.MixUp`.
  case mixup(alpha: Double)
  /// CutMix (Yun et al., 2019): a rectangle of x' in place of x's, of the share 1 - λ of the area where it is not cut off by the
  /// edge, with λ from Beta(alpha, alpha), as torchvision's `v2.CutMix`; targets go by the area that it really has.
  case cutmix(alpha: Double)
  /// One of the two for each batch, each as probable as the other, as torchvision's references train.
  case either(mixup: Double, cutmix: Double)

  /// The inputs `[N, C, H, W]` mixed, and the targets `[N, classes]`. Traps where an alpha is not positive.
  public func mixed(
    _ images: Tensor, labels: [Int], classCount: Int, using random: inout RandomStream
  ) -> (images: Tensor, targets: Tensor) {
    precondition(
      images.rank == 4 && images.shape[0] == labels.count && images.dtype == .float32 && !labels.isEmpty,
      "mixing needs a float32 batch [N, C, H, W] and N labels, not a \(images.type) and \(labels.count)")
    var images = images
    let share: Double
    switch self {
    case .mixup(let alpha): share = Self.blend(&images, Self.checked(alpha), &random)
    case .cutmix(let alpha): share = Self.cut(&images, Self.checked(alpha), &random)
    case .either(let mixup, let cutmix):
      share =
        random.below(2) == 0
        ? Self.blend(&images, Self.checked(mixup), &random) : Self.cut(&images, Self.checked(cutmix), &random)
    }
    let targets = Tensor(shape: [labels.count, classCount], of: Float.self) { target in
      target.initialize(repeating: 0)
      for (row, label) in labels.enumerated() {
        target[row * classCount + label] += Float(share)
        target[row * classCount + labels[(row + labels.count - 1) % labels.count]] += Float(1 - share)
      }
    }
    return (images, targets)
  }

  private static func checked(_ alpha: Double) -> Double {
    precondition(alpha > 0, "the alpha of a beta distribution is positive, not \(alpha)")
    return alpha
  }

  private static func blend(_ images: inout Tensor, _ alpha: Double, _ random: inout RandomStream) -> Double {
    let share = random.beta(alpha)
    let count = images.shape[0]
    let size = images.elementCount / count
    images.withUnsafeMutableBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      let last = Array(values[(count - 1) * size..<count * size])
      let (own, other) = (Float(share), Float(1 - share))
      // From the end, so that the picture before is still as it was.
      for row in stride(from: count - 1, through: 0, by: -1) {
        for place in 0..<size {
          let before = row == 0 ? last[place] : values[(row - 1) * size + place]
          values[row * size + place] = values[row * size + place] * own + before * other
        }
      }
    }
    return share
  }

  private static func cut(_ images: inout Tensor, _ alpha: Double, _ random: inout RandomStream) -> Double {
    let (count, channels, height, width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
    let box = CutBox(height: height, width: width, share: random.beta(alpha), using: &random)
    let size = channels * height * width
    images.withUnsafeMutableBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      let last = Array(values[(count - 1) * size..<count * size])
      for row in stride(from: count - 1, through: 0, by: -1) {
        for channel in 0..<channels {
          for line in box.rows {
            for column in box.columns {
              let place = (channel * height + line) * width + column
              values[row * size + place] = row == 0 ? last[place] : values[(row - 1) * size + place]
            }
          }
        }
      }
    }
    return box.remainingShare
  }
}

/// The rectangle of CutMix.
struct CutBox: Equatable {
  let rows: Range<Int>
  let columns: Range<Int>
  /// The share of the area outside of it.
  let remainingShare: Double

  /// A rectangle around a random pixel whose sides are `sqrt(1 - share)` of the picture's, cut off at the edges.
  init(height: Int, width: Int, share: Double, using random: inout RandomStream) {
    let (column, row) = (random.below(width), random.below(height))
    let half = 0.5 * (1 - share).squareRoot()
    let (halfWidth, halfHeight) = (Int(half * Double(width)), Int(half * Double(height)))
    rows = max(row - halfHeight, 0)..<min(row + halfHeight, height)
    columns = max(column - halfWidth, 0)..<min(column + halfWidth, width)
    remainingShare = 1 - Double(rows.count * columns.count) / Double(width * height)
  }
}
