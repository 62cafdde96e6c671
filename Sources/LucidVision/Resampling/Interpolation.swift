import Foundation

/// How the pixels of a resized picture are computed from those of the original, as PIL computes them.
///
/// All but ``nearest`` are separable filters that widen by the scale factor when a picture shrinks ("antialias").
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The pixel that the centre falls on; no filter.
  case nearest
  /// The mean of the pixels covered; support 0.5.
  case box
  /// A triangle; support 1.
  case bilinear
  /// A raised cosine window of a sinc; support 1.
  case hamming
  /// Keys's cubic convolution with a = -0.5; support 2.
  case bicubic
  /// A sinc windowed by a sinc; support 3.
  case lanczos

  /// Half the width of the filter in pixels of the larger picture.
  var support: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter's value at `position`. The order of the operations decides the last bit, so it is PIL's.
  func weight(at position: Double) -> Double {
    let x = abs(position)
    switch self {
    case .nearest: return 1
    case .box: return position > -0.5 && position <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .hamming:
      if x == 0 { return 1 }
      if x >= 1 { return 0 }
      let angle = x * .pi
      return sin(angle) / angle * (Double(Float(0.54)) + Double(Float(0.46)) * cos(angle))
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos: return position >= -3 && position < 3 ? sinc(position) * sinc(position / 3) : 0
    }
  }
}

private func sinc(_ x: Double) -> Double {
  if x == 0 { return 1 }
  let angle = x * .pi
  return sin(angle) / angle
}
