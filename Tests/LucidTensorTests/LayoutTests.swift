import LucidTesting
import Testing

@testable import LucidTensor

/// oneDNN's own element orders: convolutions hand them on, and nobody sees them.
@Suite struct LayoutTests {
  private let x = Tensor.randn([1, 16, 8, 8], generator: Generator(seed: 1))
  private let w = Tensor.randn([16, 16, 3, 3], generator: Generator(seed: 2)) * 0.1

  private func conv(_ x: Tensor) -> Tensor { x.conv2d(w, padding: .all(1)) }

  @Test func convolutionsHandTheirOrderOn() {
    let first = conv(x)
    #expect(first.isOpaque, "oneDNN \(DNN.version) computes this convolution in plain order here")
    #expect(first.relu().isOpaque && first.relu6().isOpaque && first.silu().isOpaque && first.hardSigmoid().isOpaque)
    #expect((first + conv(first.relu())).isOpaque)
    #expect((first + x).isOpaque && (x + first).isOpaque)
    #expect(first.maxPool2d(kernel: (2, 2)).isOpaque && first.adaptiveAvgPool2d(4, 4).isOpaque)
    let ones = Tensor.ones([16])
    #expect(first.batchNorm(mean: ones, variance: ones).isOpaque)
    #expect(first.batchNormTraining().output.isOpaque && first.dropout(0.5, training: true).isOpaque)
    #expect(!first.contiguous().isOpaque)
  }

  @Test func everyWayOutIsInPlainOrder() {
    let blocked = conv(x).relu()
    let plain = blocked.contiguous()
    let expected = plain.scalars(as: Float.self)
    #expect(blocked.isOpaque && !plain.isOpaque)
    #expect(blocked.scalars(as: Float.self) == expected)
    #expect(blocked.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == expected)
    var written = blocked
    written.withUnsafeMutableBytes { $0.bindMemory(to: Float.self)[3] = 7 }
    var changed = expected
    changed[3] = 7
    #expect(written.scalars(as: Float.self) == changed && blocked.scalars(as: Float.self) == expected)
    for (name, f) in [
      ("slice", { $0[0, 3..<5, 1] }), ("permute", { $0.permute(0, 2, 3, 1) }), ("flatten", { $0.flatten(startDim: 1) }),
      ("double", { $0.to(.float64) }), ("compare", { $0 .> 0.1 }), ("isNaN", { $0.isNaN() }),
      ("where", { .where($0 .> 0.1, $0, -$0) }), ("concat", { .concat([$0, $0], dim: 1) }),
      ("expand", { $0.expand(to: [2, 16, 8, 8]) }), ("broadcast", { $0 * Tensor.arange(to: 8) }),
      ("sum", { $0.sum(dim: 1) }), ("argmax", { $0.argmax(dim: 1) }), ("pad", { $0.pad([1, 1]) }),
      ("roll", { $0.roll(1, dim: 3) }), ("matmul", { $0.matmul($0) }), ("softmax", { $0.softmax(dim: 1) }),
      ("interpolate", { $0.interpolate(height: 5, width: 5, mode: .bilinear) }), ("reshape", { $0.reshape(-1) }),
    ] as [(String, (Tensor) -> Tensor)] {
      let (a, b) = (f(blocked), f(plain))
      #expect(a.shape == b.shape && a.dtype == b.dtype)
      expectClose(a.scalars(as: Float.self), b.scalars(as: Double.self), tolerance: 1e-6, name)
    }
  }

  /// 13 channels do not fill blocks of 8 or 16: what fills them up must neither be seen nor grow.
  @Test func fillingsStayUnseen() {
    let w = Tensor.randn([13, 16, 3, 3], generator: Generator(seed: 3)) * 0.1
    let w2 = Tensor.randn([5, 13, 3, 3], generator: Generator(seed: 4)) * 0.1
    let blocked = x.conv2d(w)
    let plain = blocked.contiguous()
    for (name, f) in [
      ("relu", { $0.relu() }), ("sigmoid", { $0.sigmoid() }), ("exp", { $0.exp() }), ("cos", { $0.cos() }),
      ("clamp", { $0.clamp(1, 2) }), ("hardSigmoid", { $0.hardSigmoid() }), ("negate", { -$0 }),
      ("hardSwish", { $0.hardSwish() }), ("abs", { $0.abs() }), ("add", { $0 + $0 }), ("square", { $0.square() }),
      ("pool", { $0.avgPool2d(kernel: (2, 2)) }), ("norm", { $0.batchNormTraining().output }),
    ] as [(String, (Tensor) -> Tensor)] {
      expectClose(
        f(blocked).conv2d(w2).scalars(as: Float.self), f(plain).contiguous().conv2d(w2).scalars(as: Double.self),
        tolerance: 1e-5, name)
      expectClose(f(blocked).sum(), f(plain).sum().scalars(as: Double.self), tolerance: 1e-3, "sum of \(name)")
    }
  }
}
