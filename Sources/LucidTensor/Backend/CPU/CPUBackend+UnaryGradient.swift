import CLucidKernels
import COneDNN

extension CPUBackend {
  func unaryGradient(_ function: UnaryFunction, _ gradient: Tensor, at value: Tensor) -> Tensor {
    let (g, v, layout) = commonOrder(gradient, value, keepsZero: function.hasSlopeAtZero)
    if g.dtype == .float32, function.slopesInDNN, let kind = function.eltwise {
      return eltwiseGradient(kind, layout == nil ? g.contiguous() : g, layout == nil ? v.contiguous() : v)
    }
    if g.dtype == .float32, layout != nil || (g.isContiguous && v.isContiguous && g.shape == v.shape) {
      switch function {
      case .relu: return limited(g, v, layout) { lucid_relu_gradient($0, $1, $2, $3) }
      case .clamp(let lower, let upper):
        return limited(g, v, layout) { lucid_clamp_gradient($0, $1, $2, $3, Float(lower), Float(upper)) }
      default: break
      }
    }
    return g.dtype == .float64
      ? real(function, g, v, layout, Double.self) : real(function, g, v, layout, Float.self)
  }

  /// What `kernel` makes of two memories of one order, given parts of them: gradient, value, target and count.
  private func limited(
    _ g: Tensor, _ v: Tensor, _ layout: Tensor.Layout?,
    _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let count = layout == nil ? g.elementCount : g.descriptor.byteCount / MemoryLayout<Float>.size
    let output = Tensor(
      storage: Storage(byteCount: count * MemoryLayout<Float>.size), shape: g.shape, dtype: .float32, layout: layout)
    let gradient = UnsafePointer(g.bytes.assumingMemoryBound(to: Float.self))
    let value = UnsafePointer(v.bytes.assumingMemoryBound(to: Float.self))
    let target = output.bytes.assumingMemoryBound(to: Float.self)
    parallelFor(count, grain: 1 << 14) { range in
      let first = range.lowerBound
      kernel(gradient + first, value + first, target + first, range.count)
    }
    withExtendedLifetime((g, v)) {}
    return output
  }

  private func eltwiseGradient(_ kind: Eltwise, _ gradient: Tensor, _ x: Tensor) -> Tensor {
    // A plain tensor's order does not matter: as a vector, its shape needs no primitive of its own.
    let descriptor = x.isOpaque ? x.descriptor : MemoryDescriptor([x.elementCount], strides: [1])
    let primitive = PrimitiveCache.shared.primitive(for: EltwiseGradientKey(kind: kind, data: descriptor)) {
      Primitive(
        "\(kind) backward", arguments: [DNNL_ARG_SRC, DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_DST], [descriptor]
      ) {
        lucid_eltwise_backward(&$0, $1.engine, $3, kind.algorithm, $2[0], kind.alpha, kind.beta)
      }
    }
    let output = Tensor(
      storage: Storage(byteCount: descriptor.byteCount), shape: x.shape, dtype: .float32,
      layout: x.isOpaque ? x.layout : nil)
    primitive.execute([(DNNL_ARG_SRC, x), (DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, output)])
    return output
  }

  private func real<T: Real>(
    _ function: UnaryFunction, _ g: Tensor, _ v: Tensor, _ layout: Tensor.Layout?, _: T.Type
  ) -> Tensor {
    // Inlined, so that the loop is compiled for each function and vectorised where it can be.
    @inline(__always) func map(_ f: (T, T) -> T) -> Tensor { zip(g, v, T.self, g.shape, layout, T.dtype, T.self, f) }
    switch function {
    case .negate: return map { g, _ in -g }
    case .absolute: return map { g, x in x > 0 ? g : x < 0 ? -g : 0 }
    case .square: return map { g, x in 2 * g * x }
    case .exp: return map { g, y in g * y }
    case .log: return map { g, x in g / x }
    case .log2:
      let scale = 1 / T.log(2)
      return map { g, x in g / x * scale }
    case .log1p: return map { g, x in g / (1 + x) }
    case .sqrt: return map { g, y in g / (2 * y) }
    case .rsqrt: return map { g, y in g * y * y * y / -2 }
    case .reciprocal: return map { g, y in -g * y * y }
    case .sin: return map { g, x in g * T.cos(x) }
    case .cos: return map { g, x in -g * T.sin(x) }
    case .tanh: return map { g, y in g * (1 - y * y) }
    case .erf:
      let scale = 2 / T.pi.squareRoot()
      return map { g, x in g * scale * T.exp(-x * x) }
    case .relu: return map { g, y in y > 0 ? g : 0 }
    case .leakyRelu(let slope):
      let slope = T(slope)
      return map { g, x in x > 0 ? g : g * slope }
    case .clamp(let lower, let upper):
      let (lower, upper) = (T(lower), T(upper))
      return map { g, y in y > lower && y < upper ? g : 0 }
    case .gelu:
      let (half, scale) = (T(0.5), 1 / (2 * T.pi).squareRoot())
      return map { g, x in g * (half * (1 + T.erf(x * half.squareRoot())) + x * scale * T.exp(-half * x * x)) }
    case .geluTanh:
      let (half, scale, cubic) = (T(0.5), (2 / T.pi).squareRoot(), T(0.044715))
      return map { g, x in
        let t = T.tanh(scale * (x + cubic * x * x * x))
        return g * half * (1 + t + x * (1 - t * t) * scale * (1 + 3 * cubic * x * x))
      }
    case .silu:
      return map { g, x in
        let s = 1 / (1 + T.exp(-x))
        return g * s * (1 + x * (1 - s))
      }
    case .sigmoid: return map { g, y in g * y * (1 - y) }
    case .hardSwish: return map { g, x in x <= -3 ? 0 : x < 3 ? g * (x / 3 + T(0.5)) : g }
    case .hardSigmoid: return map { g, x in x > -3 && x < 3 ? g / 6 : 0 }
    case .sign, .floor, .ceil, .round, .logicalNot, .isNaN:
      preconditionFailure("the derivative of \(function) is 0: nobody asks for it")
    }
  }
}

extension UnaryFunction {
  /// Whether oneDNN computes the gradient from the input: it is there for what calls functions of the C library.
  fileprivate var slopesInDNN: Bool { self == .gelu || self == .geluTanh || self == .silu }
}

private struct EltwiseGradientKey: Hashable {
  let kind: Eltwise
  let data: MemoryDescriptor
}
