import Foundation
import LucidTensor
import Testing

@testable import LucidTesting

/// The vectors are those of the reference implementation, which is written with NumPy.
@Suite struct FillerTests {
  @Test func hashesAndRandomNumbersAreTheReferences() {
    #expect(fnv1a64("".utf8) == 0xcbf2_9ce4_8422_2325)
    #expect(fnv1a64("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(fnv1a64("input".utf8) == 0x1ebb_ae8f_5810_b65b)
    #expect(splitmix64(0) == 0xe220_a839_7b1d_cdaf)
  }

  @Test(
    arguments: [
      ("input", 0x1ebb_ae8f_5810_b65b, [1_641_119, 2_474_280, 9_631_538, 14_306_398]),
      ("conv1.weight", 0x69a2_9a2c_ee47_d254, [9_144_840, 1_255_183, 16_106_444, 14_154_694]),
    ] as [(String, UInt64, [UInt64])])
  func rawStream(key: String, hash: UInt64, stream: [UInt64]) {
    #expect(fnv1a64(key.utf8) == hash)
    #expect((0..<4).map { splitmix64(hash &+ $0) >> 40 } == stream)
  }

  struct Vector: Sendable, CustomTestStringConvertible {
    let key: String
    let shape: [Int]
    let gain: Double
    let hash: UInt64
    let first: [UInt32]
    let last: UInt32
    let sha256: String

    var testDescription: String { key }

    init(
      _ key: String, _ shape: [Int], gain: Double = 1, _ hash: UInt64, _ first: [UInt32], _ last: UInt32,
      _ sha256: String
    ) {
      (self.key, self.shape, self.gain, self.hash) = (key, shape, gain, hash)
      (self.first, self.last, self.sha256) = (first, last, sha256)
    }

    static let all = [
      Vector(
        "conv1.weight", [64, 3, 7, 7], gain: 1.05, 0x69a2_9a2c_ee47_d254,
        [0x3c5d_8d66, 0xbe02_9dee, 0x3e0d_515b, 0x3dd3_290e], 0xbd5f_8d50, "550de505245ffa99"),
      Vector(
        "bn1.weight", [64], 0x5c52_d611_251d_c092,
        [0x3f6e_1b2a, 0x3f7a_ea74, 0x3f64_07e8, 0x3f99_fe54], 0x3f6d_9f84, "eb613122176fdfac"),
      Vector(
        "bn1.bias", [64], 0xe531_92a1_6f79_ee4f,
        [0xbda7_d5e6, 0xbde3_1f00, 0xbd02_7b6c, 0xbd82_3aa6], 0x3dce_3a0c, "0d296ada0b4499d5"),
      Vector(
        "bn1.running_mean", [64], 0x9d45_64a3_b27e_b0ef,
        [0x3d70_13a4, 0xbd05_a254, 0x3d19_ce2c, 0x3db8_61be], 0xbcaf_89c0, "e1de383f739ed2c2"),
      Vector(
        "bn1.running_var", [64], 0xe3fa_2b74_6164_3d5f,
        [0x3f92_3722, 0x3f7c_1c4b, 0x3f16_cbf6, 0x3f8b_e037], 0x3fa4_bf51, "78ef5c4686221bd6"),
      Vector(
        "fc.weight", [1000, 512], gain: 1.05, 0x79fb_28a7_5603_c7a0,
        [0xbb21_c0c9, 0x3d39_beb7, 0xbd74_0b5a, 0xbd39_f7a4], 0x3da2_122f, "837b5cdc639f72c1"),
      Vector(
        "class_token", [1, 1, 768], 0xabd1_c519_6796_ee75,
        [0xbe58_55dc, 0xbe20_600c, 0x3ed7_b746, 0x3ea0_a0cc], 0xbe73_e318, "9d9b0b8c46178e2a"),
      Vector(
        "encoder.layers.encoder_layer_0.self_attention.in_proj_weight", [2304, 768], 0xfc04_e330_a4d5_a5a3,
        [0xbce4_7354, 0xbc3a_8e00, 0xbc9b_f380, 0x3d14_27e6], 0x3c17_4718, "9e70c5fedf773b03"),
      Vector(
        "features.1.0.attn.relative_position_bias_table", [169, 3], 0x9870_ea07_d21f_1e65,
        [0xbf2d_a4b2, 0x3f15_1c1c, 0x3f3e_4154, 0x3f68_eaf2], 0x3e27_d5e0, "8c4d4226b9cede0a"),
      Vector(
        "features.1.0.layer_scale", [96, 1, 1], 0x5a2b_d9e2_a872_f12b,
        [0x3f14_5de8, 0x3f35_c88e, 0x3f2a_4a26, 0x3ee2_e190], 0x3ea8_ff51, "b4c283c82755bf75"),
      Vector(
        "features.1.0.attn.logit_scale", [3, 1, 1], 0xd8bc_b316_aab9_2dca,
        [0x3fb2_a32c, 0x3fce_2290, 0x3fb0_0d95], 0x3fb0_0d95, "2f4cf6aef1a2c045"),
    ]
  }

  @Test(arguments: Vector.all)
  func tensorsAreTheReferencesBitForBit(vector: Vector) throws {
    let tensor = try #require(Filler(gain: vector.gain).tensor(vector.key, Shape(vector.shape)))
    let bits = tensor.scalars(as: Float.self).map(\.bitPattern)
    #expect(tensor.shape == Shape(vector.shape))
    #expect(fnv1a64(vector.key.utf8) == vector.hash)
    #expect(Array(bits.prefix(vector.first.count)) == vector.first)
    #expect(bits.last == vector.last)
    #expect(sha256(of: tensor).hasPrefix(vector.sha256))
  }

  @Test func inputIsTheReferencesBitForBit() {
    let input = Filler.input([1, 3, 224, 224])
    let bits = input.scalars(as: Float.self).prefix(4).map(\.bitPattern)
    #expect(bits == [0xbfcd_eac2, 0xbfb4_7db0, 0x3e97_b990, 0x3fb4_98bc])
    #expect(sha256(of: input) == "63817271fca42302a72aee538c5a3d703abfd8041bba541c08ed7cc0a1a0fb85")
  }

  @Test func firstPictureOfABatchIsTheOneOfBatchOne() {
    let one = Filler.input([1, 3, 8, 9]).scalars(as: Float.self)
    let two = Filler.input([2, 3, 8, 9]).scalars(as: Float.self)
    #expect(Array(two.prefix(one.count)) == one)
    #expect(Array(two.suffix(one.count)) != one)
  }

  @Test func countersAreZeroAndDerivedBuffersAreKept() throws {
    let filler = Filler(gain: 1)
    let counter = try #require(filler.tensor("bn1.num_batches_tracked", [], dtype: .int64))
    #expect(counter.dtype == .int64 && counter.item(as: Int64.self) == 0)
    #expect(filler.tensor("features.1.0.attn.relative_position_index", [2401], dtype: .int64) == nil)
    let entries: [(String, TensorType)] = [
      ("conv.weight", TensorType([4, 3, 2, 2])), ("attn.relative_coords_table", TensorType([1, 15, 15, 2])),
      ("bn.num_batches_tracked", TensorType([], .int64)), ("bn.bias", TensorType([4])),
    ]
    #expect(filler.stateDict(entries).keys == ["conv.weight", "bn.num_batches_tracked", "bn.bias"])
    #expect(filler.digest(entries).elementCount == 52)
  }

  private func sha256(of tensor: Tensor) -> String {
    var hash = StreamingSHA256()
    tensor.withUnsafeBytes { hash.update($0) }
    return hash.finalize()
  }
}
