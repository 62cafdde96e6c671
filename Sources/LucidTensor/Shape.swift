/// The sizes of a tensor's dimensions, outermost first: `[N, C, H, W]` for a batch of pictures.
///
/// The empty shape `[]` is a scalar's: one element, no dimensions.
public struct Shape: Sendable, Hashable, RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  /// The sizes as an array.
  public private(set) var dimensions: [Int]

  /// A shape with the given sizes. Traps when one is negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape cannot have a negative size: \(dimensions)")
    self.dimensions = dimensions
  }

  /// A shape with the given sizes, as `[1, 3, 224, 224]`. Traps when one is negative.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The place of the first size, 0.
  public var startIndex: Int { 0 }
  /// The place after the last size: the rank.
  public var endIndex: Int { dimensions.count }
  /// The size of a dimension, counted from 0. Traps when there is none such, or a new size is negative.
  public subscript(index: Int) -> Int {
    get { dimensions[index] }
    set {
      precondition(newValue >= 0, "a shape cannot have a negative size: \(newValue)")
      dimensions[index] = newValue
    }
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the sizes, 1 for a scalar.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The strides, in elements, of row-major order without gaps.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for index in stride(from: rank - 2, through: 0, by: -1) {
      strides[index] = strides[index + 1] * Swift.max(dimensions[index + 1], 1)
    }
    return strides
  }

  /// The index of a dimension that may be counted from the end: -1 is the last. Traps when there is none such.
  package func axis(_ dimension: Int) -> Int {
    let index = dimension < 0 ? dimension + rank : dimension
    precondition(
      index >= 0 && index < rank, "dimension \(dimension) does not exist in shape \(self) of rank \(rank)")
    return index
  }

  /// The shape two tensors have after NumPy broadcasting, or nil where their sizes do not go together.
  public func broadcast(with other: Shape) -> Shape? {
    let count = Swift.max(rank, other.rank)
    var result = [Int](repeating: 1, count: count)
    for index in 0..<count {
      let a = index - (count - rank) < 0 ? 1 : dimensions[index - (count - rank)]
      let b = index - (count - other.rank) < 0 ? 1 : other.dimensions[index - (count - other.rank)]
      guard a == b || a == 1 || b == 1 else { return nil }
      result[index] = a == 1 ? b : a
    }
    return Shape(result)
  }
}

extension Shape: CustomStringConvertible {
  /// The sizes between brackets, as in `[1, 3, 224, 224]`.
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
