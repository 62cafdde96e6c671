import LucidTensor
import Testing

/// Half precision through the processor's instructions, against Swift's own conversion, which is IEEE 754's.
@Suite struct HalfConversionTests {
  @Test(arguments: [65536, 65535, 9, 8, 7, 1, 0]) func everyHalfWidens(_ count: Int) {
    let halves = (0..<count).map { Float16(bitPattern: UInt16($0)) }
    let wide = Tensor(halves).to(.float32).scalars(as: Float.self)
    for (half, value) in zip(halves, wide) {
      if half.isNaN { #expect(value.isNaN) } else { #expect(value.bitPattern == Float(half).bitPattern) }
    }
    let narrow = Tensor(wide).to(.float16).scalars(as: Float16.self)
    for (half, value) in zip(halves, narrow) {
      if half.isNaN { #expect(value.isNaN) } else { #expect(value.bitPattern == half.bitPattern) }
    }
  }

  @Test func roundingIsToTheNearestTiesToEven() {
    // Around every half: its neighbours' midpoint, and the floats on both sides of it.
    let values =
      (0..<0x7c00).flatMap { bits -> [Float] in
        let (low, high) = (Float(Float16(bitPattern: UInt16(bits))), Float(Float16(bitPattern: UInt16(bits + 1))))
        let middle = high.isFinite ? (low + high) / 2 : 65520
        return [middle, middle.nextUp, middle.nextDown, -middle]
      } + [Float.greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e6, -0.0]
    let narrow = Tensor(values).to(.float16).scalars(as: Float16.self)
    #expect(zip(values, narrow).allSatisfy { $1.bitPattern == Float16($0).bitPattern })
  }
}
