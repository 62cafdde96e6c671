import Foundation

/// Random numbers for one sample or one batch: the same ones again from the same keys, wherever and whenever they are
/// drawn, so that what an augmentation does depends on seed, epoch and sample and never on which thread was faster.
///
/// The bits are SplitMix64's (Steele, Lea and Flood, 2014), begun from the keys mixed one after the other. What is made
/// of them is written out here rather than left to the standard library, whose ways of drawing may change.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream of these keys, such as seed, epoch and place in the data set.
  public init(_ keys: UInt64...) {
    state = 0x6a09_e667_f3bc_c908
    for key in keys {
      state ^= key
      state = next()
    }
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// One of the 2⁵³ evenly spaced numbers in [0, 1).
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the uniform distribution on a range; its only number where it has no length.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// One of `0..<count`, each as probable as another (Lemire, 2019). Traps unless `count` is positive.
  public mutating func below(_ count: Int) -> Int {
    precondition(count > 0, "there is nothing to draw from \(count) possibilities")
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// `0..<count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }

  /// A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller, 1958).
  public mutating func normal() -> Double {
    (-2 * log(1 - unit())).squareRoot() * cos(2 * Double.pi * unit())
  }

  /// A number from the distribution Beta(alpha, alpha), as the share of one of two gamma variates.
  public mutating func beta(_ alpha: Double) -> Double {
    let (first, second) = (gamma(alpha), gamma(alpha))
    // Of a tiny alpha both may underflow; the distribution is then all but two points.
    return first + second > 0 ? first / (first + second) : Double(below(2))
  }

  /// A gamma variate of this shape and scale 1 (Marsaglia and Tsang, 2000).
  private mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 { return gamma(shape + 1) * pow(1 - unit(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(1 - unit()) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
    }
  }
}
