import Foundation
import LucidTensor

/// A map from the pixels of a result to places in the picture: column `a x + b y + c`, row `d x + e y + f`, as the six numbers
/// of PIL's `Image.transform(AFFINE)`.
struct AffineMap: Sendable, Hashable {
  var a, b, c, d, e, f: Double

  /// The inverse of translate ∘ centre ∘ rotate, scale and shear ∘ centre⁻¹, angles in degrees: torchvision's
  /// `_get_inverse_affine_matrix`, whose order of operations decides the last bit.
  init(
    center: (x: Double, y: Double), angle: Double, translation: (x: Double, y: Double), scale: Double,
    shear: (x: Double, y: Double)
  ) {
    func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }
    let (turn, sx, sy) = (radians(angle), radians(shear.x), radians(shear.y))
    let forward = (
      a: cos(turn - sy) / cos(sy), b: -cos(turn - sy) * tan(sx) / cos(sy) - sin(turn),
      c: sin(turn - sy) / cos(sy), d: -sin(turn - sy) * tan(sx) / cos(sy) + cos(turn)
    )
    (a, b, d, e) = (forward.d / scale, -forward.b / scale, -forward.c / scale, forward.a / scale)
    c = a * (-center.x - translation.x) + b * (-center.y - translation.y) + center.x
    f = d * (-center.x - translation.x) + e * (-center.y - translation.y) + center.y
  }

  /// A rotation around the middle, counter-clockwise by degrees: that of PIL's `Image.rotate`, which rounds to 15 decimals.
  init(rotating degrees: Double, in size: ImageSize) {
    // Through decimal digits, as Python rounds.
    func rounded(_ value: Double) -> Double { Double(String(format: "%.15f", value)) ?? value }
    let turn = -(degrees * (Double.pi / 180))
    let (cosine, sine) = (rounded(cos(turn)), rounded(sin(turn)))
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    (a, b, d, e) = (cosine, sine, rounded(-sin(turn)), cosine)
    c = a * -x + b * -y + 0 + x
    f = d * -x + e * -y + 0 + y
  }
}

extension Image {
  /// The picture turned around its middle, counter-clockwise by degrees, in its size, black around it: PIL's `Image.rotate`.
  /// Filters are ``Interpolation/nearest``, ``Interpolation/bilinear`` and ``Interpolation/bicubic``; traps for others.
  public func rotated(degrees: Double, interpolation: Interpolation = .nearest, fill: SIMD3<UInt8> = .zero) -> Image {
    var angle = fmod(degrees, 360)
    if angle < 0 { angle += 360 }
    if angle == 0 { return self }
    if angle == 180 { return oriented(.upsideDown) }
    if width == height && angle == 90 { return oriented(.turnLeft) }
    if width == height && angle == 270 { return oriented(.turnRight) }
    return mapped(AffineMap(rotating: angle, in: size), interpolation, fill)
  }

  /// The picture turned (clockwise, in degrees), scaled, sheared (degrees) and moved (pixels to the right and down), in its
  /// size: torchvision's `F.affine` of PIL images.
  ///
  /// - Parameter center: what stays in place, as column and row; nil is the middle.
  public func affine(
    angle: Double = 0, translation: (x: Double, y: Double) = (0, 0), scale: Double = 1,
    shear: (x: Double, y: Double) = (0, 0), center: (x: Double, y: Double)? = nil,
    interpolation: Interpolation = .nearest, fill: SIMD3<UInt8> = .zero
  ) -> Image {
    precondition(scale > 0, "a picture is scaled by a positive number, not \(scale)")
    let middle = (x: Double(width) * 0.5, y: Double(height) * 0.5)
    return mapped(
      AffineMap(center: center ?? middle, angle: angle, translation: translation, scale: scale, shear: shear),
      interpolation, fill)
  }

  private func mapped(_ map: AffineMap, _ interpolation: Interpolation, _ fill: SIMD3<UInt8>) -> Image {
    pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width) { target in
        for index in 0..<height * width {
          (target[index * 3], target[index * 3 + 1], target[index * 3 + 2]) = (fill.x, fill.y, fill.z)
        }
        let sampler = AffineSampler(source: source.baseAddress!, width: width, height: height, target: target)
        switch interpolation {
        case .nearest: sampler.nearest(map)
        case .bilinear: sampler.filtered(map, taps: 2)
        case .bicubic: sampler.filtered(map, taps: 4)
        default: preconditionFailure("pictures are turned with nearest, bilinear or bicubic, not \(interpolation)")
        }
      }
    }
  }
}

/// Writes those pixels of a result that come from inside the picture.
private struct AffineSampler {
  let source: UnsafePointer<UInt8>
  let width, height: Int
  let target: UnsafeMutablePointer<UInt8>

  private func copy(row: Int, column: Int, to index: Int) {
    let pixel = source + (row * width + column) * 3
    (target[index * 3], target[index * 3 + 1], target[index * 3 + 2]) = (pixel[0], pixel[1], pixel[2])
  }

  /// The pixel that the centre falls on. PIL steps in double precision where the axes stay apart, and in fixed point with 16
  /// fractional bits where they do not and the numbers fit.
  func nearest(_ map: AffineMap) {
    if map.b == 0 && map.d == 0 {
      var y = map.f + map.e * 0.5
      for row in 0..<height {
        var x = map.c + map.a * 0.5
        if y >= 0 && y < Double(height) {
          for column in 0..<width {
            if x >= 0 && x < Double(width) { copy(row: Int(y), column: Int(x), to: row * width + column) }
            x += map.a
          }
        }
        y += map.e
      }
      return
    }
    func fits(_ x: Double, _ y: Double) -> Bool {
      abs(x * map.a + y * map.b + map.c) < 32768 && abs(x * map.d + y * map.e + map.f) < 32768
    }
    let (w, h) = (Double(width), Double(height))
    if fits(0, 0) && fits(w, h) && fits(0, h) && fits(w, 0) { nearestInFixedPoint(map) } else { nearestInDouble(map) }
  }

  private func nearestInFixedPoint(_ map: AffineMap) {
    func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
    let (a, b, d, e) = (fixed(map.a), fixed(map.b), fixed(map.d), fixed(map.e))
    let c = fixed(map.c + map.a * 0.5 + map.b * 0.5)
    let f = fixed(map.f + map.d * 0.5 + map.e * 0.5)
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = ((c + b * row + a * column) >> 16, (f + e * row + d * column) >> 16)
        if x >= 0 && x < width && y >= 0 && y < height { copy(row: y, column: x, to: row * width + column) }
      }
    }
  }

  private func nearestInDouble(_ map: AffineMap) {
    var (startX, startY) = (map.c + map.a * 0.5 + map.b * 0.5, map.f + map.d * 0.5 + map.e * 0.5)
    for row in 0..<height {
      var (x, y) = (startX, startY)
      for column in 0..<width {
        if x >= 0 && x < Double(width) && y >= 0 && y < Double(height) {
          copy(row: Int(y), column: Int(x), to: row * width + column)
        }
        (x, y) = (x + map.a, y + map.d)
      }
      (startX, startY) = (startX + map.b, startY + map.e)
    }
  }

  /// A bilinear (2 taps) or cubic (4 taps, a = -1) filter over the pixels around, the edge's repeated, in double precision.
  func filtered(_ map: AffineMap, taps: Int) {
    let before = taps / 2 - 1
    for row in 0..<height {
      for column in 0..<width {
        let (outX, outY) = (Double(column) + 0.5, Double(row) + 0.5)
        var x = map.a * outX + map.b * outY + map.c
        var y = map.d * outX + map.e * outY + map.f
        guard x >= 0 && x < Double(width) && y >= 0 && y < Double(height) else { continue }
        (x, y) = (x - 0.5, y - 0.5)
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (dx, dy) = (x - left, y - top)
        let (firstColumn, firstRow) = (Int(left) - before, Int(top) - before)
        for channel in 0..<3 {
          func sample(_ line: Int, _ tap: Int) -> Double {
            let place = min(max(firstColumn + tap, 0), width - 1)
            return Double(source[(line * width + place) * 3 + channel])
          }
          func across(_ tap: Int) -> Double {
            let line = min(max(firstRow + tap, 0), height - 1)
            return taps == 2
              ? linear(sample(line, 0), sample(line, 1), dx)
              : cubic(sample(line, 0), sample(line, 1), sample(line, 2), sample(line, 3), dx)
          }
          let value =
            taps == 2 ? linear(across(0), across(1), dy) : cubic(across(0), across(1), across(2), across(3), dy)
          target[(row * width + column) * 3 + channel] = UInt8(min(max(value, 0), 255))
        }
      }
    }
  }

  private func linear(_ a: Double, _ b: Double, _ d: Double) -> Double { a + (b - a) * d }

  private func cubic(_ v1: Double, _ v2: Double, _ v3: Double, _ v4: Double, _ d: Double) -> Double {
    let p2 = -v1 + v3
    let p3 = 2 * (v1 - v2) + v3 - v4
    let p4 = -v1 + v2 - v3 + v4
    return v2 + d * (p2 + d * (p3 + d * p4))
  }
}
