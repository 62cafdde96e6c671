import COneDNN

extension CPUBackend {
  func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, shape: Shape) -> Tensor {
    let (a, b, layout) = commonOrder(a, b, keepsZero: function.keepsZero, isPredicate: function.isPredicate)
    switch a.dtype {
    case .float32: return real(function, a, b, shape, layout, Float.self)
    case .float64: return real(function, a, b, shape, layout, Double.self)
    case .int64: return integer(function, a, b, shape)
    default: preconditionFailure("\(function) does not compute in \(a.dtype)")
    }
  }

  /// Two tensors in an order of oneDNN's that both have in the end, or plain. An order of oneDNN's is kept for a function
  /// of its elements with as many bytes, if all of them are elements or zeros stay zeros.
  func commonOrder(
    _ a: Tensor, _ b: Tensor, keepsZero: Bool, isPredicate: Bool = false
  ) -> (a: Tensor, b: Tensor, layout: Tensor.Layout?) {
    if !isPredicate, a.shape == b.shape {
      // Two tensors in oneDNN's order stay in it; one in it takes the other along.
      if a.isOpaque, a.isDense || keepsZero { return (a, reordered(b.forDNN, to: a.descriptor), a.layout) }
      if b.isOpaque, b.isDense || keepsZero { return (reordered(a.forDNN, to: b.descriptor), b, b.layout) }
    }
    return (plain(a), plain(b), nil)
  }

  func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (condition, a, b) = (condition.contiguous(), a.contiguous(), b.contiguous())
    let output = Tensor(uninitialized: a.shape, a.dtype)
    defer { withExtendedLifetime((condition, a, b)) {} }
    // Read as a byte: in a file, true may be any number but 0.
    let mask = UnsafePointer(condition.bytes.assumingMemoryBound(to: UInt8.self))
    func choose<T>(_: T.Type) {
      let (x, y) = (a.bytes.assumingMemoryBound(to: T.self), b.bytes.assumingMemoryBound(to: T.self))
      let target = output.bytes.assumingMemoryBound(to: T.self)
      for index in 0..<output.elementCount { target[index] = mask[index] != 0 ? x[index] : y[index] }
    }
    switch a.dtype.byteCount {
    case 1: choose(UInt8.self)
    case 2: choose(UInt16.self)
    case 4: choose(UInt32.self)
    default: choose(UInt64.self)
    }
    return output
  }

  private func real<T: Real>(
    _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, _ shape: Shape, _ layout: Tensor.Layout?, _: T.Type
  ) -> Tensor {
    @inline(__always) func map<R>(_ dtype: DType, _: R.Type, _ f: (T, T) -> R) -> Tensor {
      zip(a, b, T.self, shape, layout, dtype, R.self, f)
    }
    @inline(__always) func map(_ f: (T, T) -> T) -> Tensor { map(T.dtype, T.self, f) }
    @inline(__always) func test(_ f: (T, T) -> Bool) -> Tensor { map(.bool, Bool.self, f) }
    switch function {
    case .add: return map { $0 + $1 }
    case .subtract: return map { $0 - $1 }
    case .multiply: return map { $0 * $1 }
    case .divide: return map { $0 / $1 }
    case .power: return map(T.pow)
    case .maximum: return map { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .minimum: return map { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .equal: return test { $0 == $1 }
    case .notEqual: return test { $0 != $1 }
    case .less: return test { $0 < $1 }
    case .lessOrEqual: return test { $0 <= $1 }
    case .greater: return test { $0 > $1 }
    case .greaterOrEqual: return test { $0 >= $1 }
    case .and: return test { $0 != 0 && $1 != 0 }
    case .or: return test { $0 != 0 || $1 != 0 }
    case .xor: return test { ($0 != 0) != ($1 != 0) }
    }
  }

  private func integer(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, _ shape: Shape) -> Tensor {
    @inline(__always) func map<R>(_ dtype: DType, _: R.Type, _ f: (Int64, Int64) -> R) -> Tensor {
      zip(a, b, Int64.self, shape, nil, dtype, R.self, f)
    }
    @inline(__always) func map(_ f: (Int64, Int64) -> Int64) -> Tensor { map(.int64, Int64.self, f) }
    @inline(__always) func test(_ f: (Int64, Int64) -> Bool) -> Tensor { map(.bool, Bool.self, f) }
    switch function {
    case .add: return map { $0 &+ $1 }
    case .subtract: return map { $0 &- $1 }
    case .multiply: return map { $0 &* $1 }
    case .power: return map(integerPower)
    case .maximum: return map { max($0, $1) }
    case .minimum: return map { min($0, $1) }
    case .equal: return test { $0 == $1 }
    case .notEqual: return test { $0 != $1 }
    case .less: return test { $0 < $1 }
    case .lessOrEqual: return test { $0 <= $1 }
    case .greater: return test { $0 > $1 }
    case .greaterOrEqual: return test { $0 >= $1 }
    case .and: return test { $0 != 0 && $1 != 0 }
    case .or: return test { $0 != 0 || $1 != 0 }
    case .xor: return test { ($0 != 0) != ($1 != 0) }
    case .divide: preconditionFailure("integers are divided as float32")
    }
  }

  /// The power by repeated squaring, modulo 2⁶⁴ as all integer arithmetic.
  private func integerPower(_ base: Int64, _ exponent: Int64) -> Int64 {
    precondition(exponent >= 0, "pow: an integer to the power of \(exponent) is a fraction: convert with to(.float32)")
    var (result, square, rest) = (Int64(1), base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result &*= square }
      square &*= square
      rest >>= 1
    }
    return result
  }

  /// `f` of every pair of elements, with broadcasting; or, with a `layout`, of the two memories byte for byte.
  /// Inlined, so that the loops are compiled for each function and vectorised where they can be.
  @inline(__always)
  func zip<T, R>(
    _ a: Tensor, _ b: Tensor, _: T.Type, _ shape: Shape, _ layout: Tensor.Layout?, _ dtype: DType, _: R.Type,
    _ f: (T, T) -> R
  ) -> Tensor {
    let count = layout == nil ? shape.elementCount : a.descriptor.byteCount / MemoryLayout<T>.size
    let output = Tensor(
      storage: Storage(byteCount: count * dtype.byteCount), shape: shape, dtype: dtype, layout: layout)
    defer { withExtendedLifetime((a, b)) {} }
    let target = output.bytes.assumingMemoryBound(to: R.self)
    let x = UnsafePointer(a.bytes.assumingMemoryBound(to: T.self))
    let y = UnsafePointer(b.bytes.assumingMemoryBound(to: T.self))
    if layout != nil || (a.shape == b.shape && a.isContiguous && b.isContiguous) {
      parallelFor(count, grain: 1 << 14) { range in
        for index in range { target[index] = f(x[index], y[index]) }
      }
      return output
    }
    let walk = BroadcastWalk(shape, a.strides(broadcastTo: shape), b.strides(broadcastTo: shape))
    let (inner, stepA, stepB) = (walk.inner, walk.innerSteps.0, walk.innerSteps.1)
    parallelFor(walk.rows, grain: max(1, (1 << 14) / max(inner, 1))) { range in
      for row in range {
        let (offsetA, offsetB) = walk.offsets(row)
        let (x, y, target) = (x + offsetA, y + offsetB, target + row * inner)
        switch (stepA, stepB) {
        case (1, 1): for index in 0..<inner { target[index] = f(x[index], y[index]) }
        case (1, 0):
          let scalar = y[0]
          for index in 0..<inner { target[index] = f(x[index], scalar) }
        case (0, 1):
          let scalar = x[0]
          for index in 0..<inner { target[index] = f(scalar, y[index]) }
        default: for index in 0..<inner { target[index] = f(x[index * stepA], y[index * stepB]) }
        }
      }
    }
    return output
  }
}

/// The order in which two broadcast tensors are walked together: rows of the innermost dimension, where neighbouring
/// dimensions that both walk as one have been made one.
private struct BroadcastWalk {
  private var sizes: [Int] = []
  private var stepsA: [Int] = []
  private var stepsB: [Int] = []
  private(set) var inner = 1
  private(set) var innerSteps = (0, 0)
  private(set) var rows = 1

  init(_ shape: Shape, _ a: [Int], _ b: [Int]) {
    for axis in 0..<shape.rank where shape[axis] != 1 {
      if let last = sizes.indices.last, stepsA[last] == a[axis] * shape[axis], stepsB[last] == b[axis] * shape[axis] {
        sizes[last] *= shape[axis]
        (stepsA[last], stepsB[last]) = (a[axis], b[axis])
      } else {
        sizes.append(shape[axis])
        stepsA.append(a[axis])
        stepsB.append(b[axis])
      }
    }
    if let size = sizes.popLast() {
      inner = size
      innerSteps = (stepsA.removeLast(), stepsB.removeLast())
    }
    rows = sizes.reduce(1, *)
  }

  func offsets(_ row: Int) -> (Int, Int) {
    var (rest, a, b) = (row, 0, 0)
    for axis in sizes.indices.reversed() {
      let index = rest % sizes[axis]
      rest /= sizes[axis]
      a += index * stepsA[axis]
      b += index * stepsB[axis]
    }
    return (a, b)
  }
}

extension Tensor {
  /// The strides with which a plain tensor is walked as if it had the larger shape: 0 where it repeats.
  func strides(broadcastTo target: Shape) -> [Int] {
    guard case .strided(let strides, _) = layout else { preconditionFailure("only plain tensors have strides") }
    let missing = target.rank - rank
    return (0..<target.rank).map { axis in
      axis < missing || (shape[axis - missing] == 1 && target[axis] != 1) ? 0 : strides[axis - missing]
    }
  }
}
