import Foundation
import Synchronization

/// A source of random numbers that gives the same ones again from the same seed.
///
/// A class, like PyTorch's: everybody who holds a generator draws from one stream. Safe to use from several tasks; which
/// task then gets which numbers is not defined. The numbers come from xoshiro256++ (Blackman and Vigna, 2019), seeded
/// through SplitMix64.
public final class Generator: Sendable {
  /// The generator used where none is named. Starts from a random seed; ``seed(_:)`` makes a program repeatable.
  public static let `default` = Generator(seed: UInt64.random(in: .min ... .max))

  /// What the default generator draws from in a task that must draw the same numbers again.
  @TaskLocal private static var replacement: Generator?

  private let stream: Mutex<Xoshiro256>

  /// A generator that starts from a seed.
  public init(seed: UInt64) { stream = Mutex(Xoshiro256(seed: seed)) }

  /// Runs `body` while ``default``, in this task, draws from a stream of its own that starts from `seed`. What other tasks
  /// draw has no influence on it, and what `body` draws none on the default generator afterwards.
  package static func withDefault<Result>(seed: UInt64, _ body: () throws -> Result) rethrows -> Result {
    try $replacement.withValue(Generator(seed: seed), operation: body)
  }

  /// Whose numbers these are. Modules keep the default generator, so that it is asked for at each draw.
  private var source: Generator { self === Self.default ? Self.replacement ?? self : self }

  private func draw<Result>(_ body: (inout Xoshiro256) -> Result) -> Result {
    let source = source
    return source.stream.withLock { body(&$0) }
  }

  /// How far the stream is, in four words: a generator that is given them goes on with the same numbers. Traps when set to
  /// another number of words.
  public var state: [UInt64] {
    get { draw { $0.words } }
    set { draw { $0.words = newValue } }
  }

  /// Starts again from a seed.
  public func seed(_ seed: UInt64) { draw { $0 = Xoshiro256(seed: seed) } }

  /// 64 random bits.
  public func next() -> UInt64 { draw { $0.next() } }

  func fillUniform(_ target: UnsafeMutableBufferPointer<Float>) {
    draw { state in
      for index in target.indices { target[index] = state.uniform() }
    }
  }

  func fillNormal(_ target: UnsafeMutableBufferPointer<Float>) {
    draw { state in
      for index in stride(from: 0, to: target.count, by: 2) {
        // Box and Muller, 1958; 1 - u is never 0.
        let radius = (-2 * log(1 - state.uniformDouble())).squareRoot()
        let angle = 2 * Double.pi * state.uniformDouble()
        target[index] = Float(radius * cos(angle))
        if index + 1 < target.count { target[index + 1] = Float(radius * sin(angle)) }
      }
    }
  }

  func integers(in range: Range<Int>, count: Int) -> [Int] {
    precondition(!range.isEmpty, "randint: the range \(range) is empty")
    return draw { state in (0..<count).map { _ in Int.random(in: range, using: &state) } }
  }

  func permutation(_ count: Int) -> [Int] {
    draw { state in (0..<count).shuffled(using: &state) }
  }
}

/// xoshiro256++ 1.0.
private struct Xoshiro256: RandomNumberGenerator {
  private var a, b, c, d: UInt64

  init(seed: UInt64) {
    var seed = seed
    func splitMix() -> UInt64 {
      seed &+= 0x9e37_79b9_7f4a_7c15
      var z = seed
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    (a, b, c, d) = (splitMix(), splitMix(), splitMix(), splitMix())
  }

  var words: [UInt64] {
    get { [a, b, c, d] }
    set {
      precondition(newValue.count == 4, "the state of a generator is four words, not \(newValue.count)")
      (a, b, c, d) = (newValue[0], newValue[1], newValue[2], newValue[3])
    }
  }

  mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = ((sum << 23) | (sum >> 41)) &+ a
    let t = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 45) | (d >> 19)
    return result
  }

  /// One of the 2²⁴ evenly spaced numbers in [0, 1).
  mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// One of the 2⁵³ evenly spaced numbers in [0, 1).
  mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }
}
