import LucidTensor
import Testing

/// The rules of conversion that C leaves open, and Swift's own types.
@Suite struct ConversionTests {
  @Test func floatsThatNoIntegerHoldsSaturateAt64Bits() {
    let x = Tensor([Float.infinity, -.infinity, .nan, 1e30, -1e30])
    #expect(x.scalars(as: Int64.self) == [.max, .min, 0, .max, .min])
    #expect(x.to(.float64).scalars(as: Int64.self) == [.max, .min, 0, .max, .min])
  }

  @Test func narrowIntegersKeepTheLowBits() {
    #expect(Tensor([300.9, -1, 128] as [Double]).scalars(as: UInt8.self) == [44, 255, 128])
    #expect(Tensor([300, -129, 128] as [Int]).scalars(as: Int8.self) == [44, 127, -128])
  }

  @Test func bfloat16RoundsTiesToEven() {
    let bits = [0x3f80_7fff, 0x3f80_8000, 0x3f80_8001, 0x3f81_8000, 0x7f7f_ffff, 0x7f80_0001].map {
      BFloat16(Float(bitPattern: $0)).bitPattern
    }
    #expect(bits.prefix(5) == [0x3f80, 0x3f80, 0x3f81, 0x3f82, 0x7f80])
    #expect(BFloat16(bitPattern: bits[5]).floatValue.isNaN, "a NaN in the low bits became an infinity")
  }

  @Test func everyHalfSurvivesTheRoundTrip() {
    let all = (UInt16.min...UInt16.max).map { $0 }
    let halves = Tensor(all.map { Float16(bitPattern: $0) })
    let brains = Tensor(all.map { BFloat16(bitPattern: $0) })
    for wide in [DType.float32, .float64] {
      let half = halves.to(wide).scalars(as: Float16.self)
      let brain = brains.to(wide).scalars(as: BFloat16.self)
      #expect(zip(half, all).allSatisfy { $0.isNaN ? Float16(bitPattern: $1).isNaN : $0.bitPattern == $1 })
      #expect(
        zip(brain, all).allSatisfy {
          $0.floatValue.isNaN ? BFloat16(bitPattern: $1).floatValue.isNaN : $0.bitPattern == $1
        })
    }
  }

  @Test func boolsOfAFileMayBeAnyByte() {
    let bytes = Tensor([0, 1, 2, 255] as [UInt8])
    let bools = bytes.withUnsafeBytes {
      Tensor(
        storage: Storage(borrowing: $0, owner: Owner()), shape: [4], dtype: .bool
      ).copiedBytes()
    }
    #expect(bools.scalars(as: Bool.self) == [false, true, true, true])
    #expect(bools.scalars(as: Float.self) == [0, 1, 1, 1])
    #expect(bools.sum().item(as: Int.self) == 3)
    #expect(Tensor.where(bools, Tensor([1, 1, 1, 1]), Tensor([2, 2, 2, 2])).scalars(as: Int.self) == [2, 1, 1, 1])
    #expect(bools.logicalNot().scalars(as: Bool.self) == [true, false, false, false])
  }

  @Test func viewsConvertInTheirOwnOrder() {
    let x = Tensor([1, 2, 3, 4, 5, 6] as [Int32], [2, 3])
    #expect(x.T.to(.float64).scalars(as: Double.self) == [1, 4, 2, 5, 3, 6])
    #expect(x[.all, 1].scalars(as: UInt8.self) == [2, 5])
  }

  @Test func theSameTypeSharesItsBytes() {
    let x = Tensor([1, 2] as [Float])
    #expect(x.to(.float32).storage === x.storage)
  }

  @Test func plainNumbersWidenTypesThatCannotHoldThem() {
    let x = Tensor([5, 200] as [UInt8])
    #expect((x + 2).dtype == .uint8)
    #expect((x .< 300).scalars(as: Bool.self) == [true, true])
    #expect((x .> -1).scalars(as: Bool.self) == [true, true])
    #expect((x + 300).scalars(as: Int.self) == [305, 500])
    #expect((x * 0.5).scalars(as: Float.self) == [2.5, 100])
    #expect((x .< .infinity).scalars(as: Bool.self) == [true, true])
    #expect((Tensor(true) + 1).dtype == .float32)
    #expect((Tensor([1] as [Float16]) + 0.5).dtype == .float16)
  }
}

private final class Owner {}

extension Tensor {
  /// The same bytes in storage of their own.
  fileprivate func copiedBytes() -> Tensor {
    var copy = self
    copy.withUnsafeMutableBytes { _ in }
    return copy
  }
}
