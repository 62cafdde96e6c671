import Dispatch
import Foundation
import LucidTensor

/// Parameters for a model that are the same on every machine and in every language, so that its output can be compared
/// with that of another implementation: element `i` of the tensor `key` is a function of `key` and `i` alone.
///
/// ```
/// u(key, i) = splitmix64(fnv1a64(utf8(key)) + i) >> 40        24 bits; i counts in row-major order
/// v(key, i) = u(key, i) / 2^24                                in [0, 1)
/// value     = float32((v + offset) * scale)                   offset and scale by ``Rule``, arithmetic in float64
/// ```
///
/// scripts/fixtures/goldens.py writes the fixtures whose models were filled like this.
public struct Filler: Sendable {
  /// The factor on the weights of convolutions and linear layers, chosen for each model so that activations neither
  /// vanish nor explode.
  public let gain: Double

  /// A filler with the gain of a ``Golden``.
  public init(gain: Double) { self.gain = gain }

  /// The tensor under `key` of a state dict; nil where the module's own value is to be kept, because it is derived from
  /// the architecture (`relative_position_index`, `relative_coords_table`).
  public func tensor(_ key: String, _ shape: Shape, dtype: DType = .float32) -> Tensor? {
    switch Rule(key, shape) {
    case .keep: nil
    case .zero: Tensor([Int64](repeating: 0, count: shape.elementCount), shape).to(dtype)
    case .affine(let offset, let scale): Self.values(key, shape, offset: offset, scale: scale).to(dtype)
    case .fanIn(let count):
      Self.values(key, shape, offset: -0.5, scale: (3 / Double(count)).squareRoot() * gain * 2).to(dtype)
    }
  }

  /// A state dict with a tensor for each of the entries that are filled, in their order.
  public func stateDict(_ entries: [(key: String, type: TensorType)]) -> StateDict {
    var result = StateDict()
    for (key, type) in entries {
      if let tensor = tensor(key, type.shape, dtype: type.dtype) { result.set(key, tensor) }
    }
    return result
  }

  /// The input of the goldens: `(v("input", i) - 0.5) * 4`. The first picture of a batch is the one of batch 1.
  public static func input(_ shape: Shape, name: String = "input") -> Tensor {
    values(name, shape, offset: -0.5, scale: 4)
  }

  /// The SHA-256, as hexadecimal digits, over the little-endian float32 bytes of the tensors that a filler fills, in the
  /// order of the entries; and how many numbers those were.
  public func digest(_ entries: [(key: String, type: TensorType)]) -> (sha256: String, elementCount: Int) {
    var hash = StreamingSHA256()
    var count = 0
    for (key, type) in entries where type.dtype == .float32 {
      guard let tensor = tensor(key, type.shape) else { continue }
      tensor.withUnsafeBytes { hash.update($0) }
      count += tensor.elementCount
    }
    return (hash.finalize(), count)
  }

  private static func values(_ key: String, _ shape: Shape, offset: Double, scale: Double) -> Tensor {
    let seed = fnv1a64(key.utf8)
    return Tensor(shape: shape) { (target: UnsafeMutableBufferPointer<Float>) in
      let chunk = 1 << 16
      // Each iteration writes elements of its own only.
      nonisolated(unsafe) let target = target
      DispatchQueue.concurrentPerform(iterations: (target.count + chunk - 1) / chunk) { index in
        for element in index * chunk..<min((index + 1) * chunk, target.count) {
          let v = Double(splitmix64(seed &+ UInt64(element)) >> 40) * 0x1p-24
          target[element] = Float((v + offset) * scale)
        }
      }
    }
  }
}

extension Filler {
  /// How the entry of a state dict is filled, by the last part of its key.
  enum Rule: Equatable {
    /// The module's own value stays.
    case keep
    /// Zeros: a counter.
    case zero
    /// `(v + offset) * scale`, without rounding in float64.
    case affine(offset: Double, scale: Double)
    /// `(v - 0.5) * 2 * sqrt(3 / fanIn) * gain`, with as many inputs to each output.
    case fanIn(Int)

    init(_ key: String, _ shape: Shape) {
      switch key.split(separator: ".").last.map(String.init) ?? key {
      case "num_batches_tracked": self = .zero
      case "relative_position_index", "relative_coords_table": self = .keep
      case "running_var": self = .affine(offset: 0.5, scale: 1)
      case "running_mean", "bias", "in_proj_bias": self = .affine(offset: -0.5, scale: 0.25)
      case "weight" where shape.rank == 1: self = .affine(offset: 1.5, scale: 0.5)
      case "layer_scale": self = .affine(offset: 0.5, scale: 0.5)
      case "logit_scale": self = .affine(offset: 1, scale: 1)
      case "class_token", "pos_embedding": self = .affine(offset: -0.5, scale: 1)
      case "relative_position_bias_table": self = .affine(offset: -0.5, scale: 2)
      default:
        precondition(shape.rank >= 2, "the filler has no rule for \(key) of shape \(shape)")
        self = .fanIn(shape.dropFirst().reduce(1, *))
      }
    }
  }
}

/// The 64-bit FNV-1a hash.
func fnv1a64(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// The output of the SplitMix64 generator in state `x`.
@inline(__always)
func splitmix64(_ x: UInt64) -> UInt64 {
  var z = x &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
