/// Copies between strided orders: every view becomes plain memory here.
enum StridedCopy {
  /// Writes the elements of a strided source in row-major order. `width` is the bytes of one element.
  static func gather(
    _ source: UnsafeRawPointer, shape: Shape, strides: [Int], width: Int, to target: UnsafeMutableRawPointer
  ) {
    let (sizes, steps) = merged(shape, strides)
    guard let inner = sizes.last, let innerStep = steps.last else {
      target.copyMemory(from: source, byteCount: width)
      return
    }
    let rows = sizes.dropLast().reduce(1, *)
    guard rows > 0, inner > 0 else { return }
    parallelFor(rows, grain: max(1, (1 << 14) / inner)) { range in
      for row in range {
        var rest = row
        var offset = 0
        for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
          offset += rest % sizes[axis] * steps[axis]
          rest /= sizes[axis]
        }
        let from = source + offset * width
        let to = target + row * inner * width
        if innerStep == 1 {
          to.copyMemory(from: from, byteCount: inner * width)
        } else {
          switch width {
          case 1: step(from, to, inner, innerStep, UInt8.self)
          case 2: step(from, to, inner, innerStep, UInt16.self)
          case 4: step(from, to, inner, innerStep, UInt32.self)
          default: step(from, to, inner, innerStep, UInt64.self)
          }
        }
      }
    }
  }

  @inline(__always)
  private static func step<Word>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ stride: Int, _: Word.Type
  ) {
    let s = source.assumingMemoryBound(to: Word.self)
    let t = target.assumingMemoryBound(to: Word.self)
    for index in 0..<count { t[index] = s[index * stride] }
  }

  /// The same elements with neighbouring dimensions that can be walked as one made one, and those of size 1 left out.
  private static func merged(_ shape: Shape, _ strides: [Int]) -> (sizes: [Int], steps: [Int]) {
    var sizes: [Int] = []
    var steps: [Int] = []
    for axis in 0..<shape.rank where shape[axis] != 1 {
      if let lastSize = sizes.last, let lastStep = steps.last, lastStep == strides[axis] * shape[axis], lastSize > 0 {
        sizes[sizes.count - 1] = lastSize * shape[axis]
        steps[steps.count - 1] = strides[axis]
      } else {
        sizes.append(shape[axis])
        steps.append(strides[axis])
      }
    }
    return (sizes, steps)
  }
}
