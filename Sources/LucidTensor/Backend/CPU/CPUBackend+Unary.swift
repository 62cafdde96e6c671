import CLucidKernels
import COneDNN

extension CPUBackend {
  func unary(_ function: UnaryFunction, _ x: Tensor) -> Tensor {
    if x.dtype == .float32, let kind = function.eltwise { return eltwise(kind, x.forDNN) }
    // A function of elements keeps an order of oneDNN's as long as what fills the blocks up stays 0.
    let keepsOrder = x.isDense || (x.isOpaque && function.keepsZero)
    let x = keepsOrder && !function.isPredicate ? x : x.contiguous()
    switch (x.dtype, function) {
    case (.float32, .relu): return limited(x) { lucid_relu($0, $1, $2) }
    case (.float32, .clamp(let lower, let upper)):
      return limited(x) { lucid_clamp($0, $1, $2, Float(lower), Float(upper)) }
    default: break
    }
    switch x.dtype {
    case .float32: return real(function, x, Float.self)
    case .float64: return real(function, x, Double.self)
    case .int64: return integer(function, x)
    default: preconditionFailure("\(function) does not compute in \(x.dtype)")
    }
  }

  private func eltwise(_ kind: Eltwise, _ x: Tensor) -> Tensor {
    // A plain tensor's order does not matter: as a vector, its shape needs no primitive of its own.
    let vector = Shape([x.elementCount])
    let descriptor =
      if case .opaque = x.layout { x.descriptor } else { MemoryDescriptor(vector, strides: [1]) }
    let primitive = PrimitiveCache.shared.primitive(for: EltwiseKey(kind: kind, data: descriptor)) {
      Primitive("\(kind)", arguments: [DNNL_ARG_SRC, DNNL_ARG_DST], [descriptor]) {
        lucid_eltwise(&$0, $1.engine, $3, kind.algorithm, $2[0], kind.alpha, kind.beta)
      }
    }
    let output = Tensor(
      storage: Storage(byteCount: descriptor.byteCount), shape: x.shape, dtype: .float32,
      layout: {
        if case .opaque = x.layout { x.layout } else { nil }
      }())
    primitive.execute([(DNNL_ARG_SRC, x), (DNNL_ARG_DST, output)])
    return output
  }

  /// What `kernel` makes of the elements, given parts of them: source, target and count.
  private func limited(
    _ x: Tensor, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let count = x.isOpaque ? x.storage.byteCount / MemoryLayout<Float>.size : x.elementCount
    let output = Tensor(
      storage: Storage(byteCount: count * MemoryLayout<Float>.size), shape: x.shape, dtype: .float32,
      layout: x.isOpaque ? x.layout : nil)
    let source = UnsafePointer(x.bytes.assumingMemoryBound(to: Float.self))
    let target = output.bytes.assumingMemoryBound(to: Float.self)
    parallelFor(count, grain: 1 << 14) { kernel(source + $0.lowerBound, target + $0.lowerBound, $0.count) }
    withExtendedLifetime(x) {}
    return output
  }

  private func real<T: Real>(_ function: UnaryFunction, _ x: Tensor, _: T.Type) -> Tensor {
    // Inlined, so that the loop is compiled for each function and vectorised where it can be.
    @inline(__always) func map<R>(_ dtype: DType, _: R.Type, _ f: (T) -> R) -> Tensor {
      let layout: Tensor.Layout? = if case .opaque = x.layout { x.layout } else { nil }
      let count = x.isOpaque ? x.storage.byteCount / MemoryLayout<T>.size : x.elementCount
      let output = Tensor(
        storage: Storage(byteCount: count * dtype.byteCount), shape: x.shape, dtype: dtype, layout: layout)
      let source = UnsafePointer(x.bytes.assumingMemoryBound(to: T.self))
      let target = output.bytes.assumingMemoryBound(to: R.self)
      parallelFor(count, grain: 1 << 14) { range in
        for index in range { target[index] = f(source[index]) }
      }
      return output
    }
    @inline(__always) func map(_ f: (T) -> T) -> Tensor { map(T.dtype, T.self, f) }
    defer { withExtendedLifetime(x) {} }
    let half = T(0.5)
    switch function {
    case .negate: return map { -$0 }
    case .absolute: return map { abs($0) }
    case .sign: return map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .square: return map { $0 * $0 }
    case .exp: return map(T.exp)
    case .log: return map(T.log)
    case .log2: return map(T.log2)
    case .log1p: return map(T.log1p)
    case .sqrt: return map { $0.squareRoot() }
    case .rsqrt: return map { 1 / $0.squareRoot() }
    case .reciprocal: return map { 1 / $0 }
    case .sin: return map(T.sin)
    case .cos: return map(T.cos)
    case .tanh: return map(T.tanh)
    case .erf: return map(T.erf)
    case .floor: return map { $0.rounded(.down) }
    case .ceil: return map { $0.rounded(.up) }
    case .round: return map { $0.rounded(.toNearestOrEven) }
    case .relu: return map { $0 < 0 ? 0 : $0 }
    case .gelu: return map { $0 * half * (1 + T.erf($0 * half.squareRoot())) }
    case .geluTanh:
      let scale = (2 / T.pi).squareRoot()
      return map { $0 * half * (1 + T.tanh(scale * ($0 + T(0.044715) * $0 * $0 * $0))) }
    case .silu: return map { $0 / (1 + T.exp(-$0)) }
    case .sigmoid: return map { 1 / (1 + T.exp(-$0)) }
    case .hardSwish: return map { $0 * min(max($0 + 3, 0), 6) / 6 }
    case .hardSigmoid: return map { min(max($0 + 3, 0), 6) / 6 }
    case .leakyRelu(let slope):
      let slope = T(slope)
      return map { $0 < 0 ? $0 * slope : $0 }
    case .clamp(let lower, let upper):
      let (lower, upper) = (T(lower), T(upper))
      return map {
        let raised = $0 < lower ? lower : $0
        return raised > upper ? upper : raised
      }
    case .logicalNot: return map(.bool, Bool.self) { $0 == 0 }
    case .isNaN: return map(.bool, Bool.self) { $0.isNaN }
    }
  }

  private func integer(_ function: UnaryFunction, _ x: Tensor) -> Tensor {
    func map(_ f: (Int64) -> Int64) -> Tensor {
      let output = Tensor(uninitialized: x.shape, .int64)
      let source = UnsafePointer(x.bytes.assumingMemoryBound(to: Int64.self))
      let target = output.bytes.assumingMemoryBound(to: Int64.self)
      parallelFor(x.elementCount, grain: 1 << 14) { range in
        for index in range { target[index] = f(source[index]) }
      }
      return output
    }
    defer { withExtendedLifetime(x) {} }
    switch function {
    case .negate: return map { 0 &- $0 }
    case .absolute: return map { $0 < 0 ? 0 &- $0 : $0 }
    case .sign: return map { $0.signum() }
    case .square: return map { $0 &* $0 }
    case .relu: return map { max($0, 0) }
    case .clamp(let lower, let upper):
      let (lower, upper) = (Int64(saturating: lower.rounded(.up)), Int64(saturating: upper.rounded(.down)))
      return map { min(max($0, lower), upper) }
    case .floor, .ceil, .round: return x
    default: preconditionFailure("\(function) does not compute in integers")
    }
  }
}

/// A function that oneDNN compiles for the processor at hand.
struct Eltwise: Hashable, CustomStringConvertible {
  let algorithm: dnnl_alg_kind_t
  var alpha: Float = 0
  var beta: Float = 0

  static func == (a: Eltwise, b: Eltwise) -> Bool {
    a.algorithm == b.algorithm && a.alpha == b.alpha && a.beta == b.beta
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(algorithm.rawValue)
    hasher.combine(alpha)
    hasher.combine(beta)
  }

  var description: String { "eltwise \(algorithm.rawValue)" }
}

private struct EltwiseKey: Hashable {
  let kind: Eltwise
  let data: MemoryDescriptor
}

extension UnaryFunction {
  /// The same function in oneDNN; nil for what it lacks, a plain loop does as well, or it gets wrong: its relu, clip
  /// and exp make a number of NaN.
  var eltwise: Eltwise? {
    switch self {
    case .tanh: Eltwise(algorithm: dnnl_eltwise_tanh)
    case .gelu: Eltwise(algorithm: dnnl_eltwise_gelu_erf)
    case .geluTanh: Eltwise(algorithm: dnnl_eltwise_gelu_tanh)
    case .silu: Eltwise(algorithm: dnnl_eltwise_swish, alpha: 1)
    case .sigmoid: Eltwise(algorithm: dnnl_eltwise_logistic)
    case .hardSwish: Eltwise(algorithm: dnnl_eltwise_hardswish, alpha: 1 / 6, beta: 0.5)
    default: nil
    }
  }

  /// The same function as the last step of another primitive, where a NaN may become a number: the price of not going
  /// over the memory again, which plans pay and operations by themselves do not.
  var postOp: Eltwise? {
    switch self {
    case .relu: Eltwise(algorithm: dnnl_eltwise_relu)
    case .leakyRelu(let slope): Eltwise(algorithm: dnnl_eltwise_relu, alpha: Float(slope))
    case .clamp(let lower, let upper):
      Eltwise(algorithm: dnnl_eltwise_clip, alpha: Float(lower), beta: Float(upper))
    default: eltwise
    }
  }
}
