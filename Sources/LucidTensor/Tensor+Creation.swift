extension Tensor {
  /// A tensor of zeros.
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    let storage = Storage(byteCount: shape.elementCount * dtype.byteCount)
    storage.base.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
    return Tensor(storage: storage, shape: shape, dtype: dtype)
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor { full(shape, 1, dtype: dtype) }

  /// A tensor of one number.
  public static func full(_ shape: Shape, _ value: Double, dtype: DType = .float32) -> Tensor {
    Tensor(value).to(dtype).expand(to: shape).contiguous()
  }

  /// `start`, `start + step`, … up to but not including `end`.
  public static func arange(
    _ start: Double = 0, to end: Double, step: Double = 1, dtype: DType = .float32
  ) -> Tensor {
    precondition(
      step != 0 && ((end - start) / step).isFinite, "arange: cannot go from \(start) to \(end) in steps of \(step)")
    let count = Swift.max(0, Int(((end - start) / step).rounded(.up)))
    return Tensor((0..<count).map { start + Double($0) * step }).to(dtype)
  }

  /// `count` numbers from `start` to `end`, both included, at equal distances.
  public static func linspace(_ start: Double, _ end: Double, count: Int, dtype: DType = .float32) -> Tensor {
    precondition(count >= 0, "linspace: the count must not be negative")
    let step = count > 1 ? (end - start) / Double(count - 1) : 0
    return Tensor((0..<count).map { $0 == count - 1 && count > 1 ? end : start + Double($0) * step }).to(dtype)
  }

  /// The identity matrix `[size, size]`.
  public static func eye(_ size: Int, dtype: DType = .float32) -> Tensor {
    precondition(size >= 0, "eye: the size must not be negative, but is \(size)")
    let index = arange(to: Double(size), dtype: .int64)
    return (index.unsqueeze(1) .== index.unsqueeze(0)).to(dtype)
  }

  /// Float32 numbers from the uniform distribution on [0, 1).
  public static func rand(_ shape: Shape, generator: Generator = .default) -> Tensor {
    Tensor(shape: shape) { generator.fillUniform($0) }
  }

  /// Float32 numbers from the normal distribution with mean 0 and standard deviation 1.
  public static func randn(_ shape: Shape, generator: Generator = .default) -> Tensor {
    Tensor(shape: shape) { generator.fillNormal($0) }
  }

  /// Int64 numbers from the uniform distribution on a range. Traps when it is empty.
  public static func randint(_ range: Range<Int>, _ shape: Shape, generator: Generator = .default) -> Tensor {
    Tensor(generator.integers(in: range, count: shape.elementCount), shape)
  }

  /// The numbers `0..<count` in random order, int64.
  public static func randperm(_ count: Int, generator: Generator = .default) -> Tensor {
    precondition(count >= 0, "randperm: the count must not be negative, but is \(count)")
    return Tensor(generator.permutation(count).map(Int64.init))
  }
}
