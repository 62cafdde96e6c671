/// What can stand between the brackets of ``Tensor/subscript(_:)``: a position, a range or `.all`.
public protocol TensorIndex: Sendable {
  /// What the index means for a dimension of the given size.
  func resolve(size: Int) -> TensorIndexMeaning
}

/// What an index means for one dimension.
public enum TensorIndexMeaning: Sendable {
  /// One position; the dimension goes.
  case position(Int)
  /// A range of positions; the dimension stays.
  case range(Range<Int>)
}

extension Int: TensorIndex {
  /// The position, counted from the end where it is negative.
  public func resolve(size: Int) -> TensorIndexMeaning { .position(self < 0 ? self + size : self) }
}
extension Range<Int>: TensorIndex {
  /// The positions of the range.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(self) }
}
extension ClosedRange<Int>: TensorIndex {
  /// The positions of the range, its end included.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(Range(self)) }
}
extension PartialRangeFrom<Int>: TensorIndex {
  /// The positions from the range's begin to the last.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(lowerBound..<Swift.max(lowerBound, size)) }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  /// The positions up to but not including the range's end.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(0..<upperBound) }
}
extension PartialRangeThrough<Int>: TensorIndex {
  /// The positions up to and including the range's end.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(0..<(upperBound + 1)) }
}

/// All of a dimension: `x[.all, 0]`.
public struct WholeDimension: TensorIndex {
  /// Every position.
  public func resolve(size: Int) -> TensorIndexMeaning { .range(0..<size) }
}
extension TensorIndex where Self == WholeDimension {
  /// All of a dimension.
  public static var all: WholeDimension { WholeDimension() }
}

extension Tensor {
  /// A part of the tensor: an `Int` picks a position and drops the dimension (negative ones count from the end), a
  /// range keeps it, `.all` stands for the whole. Dimensions without an index stay. A view.
  ///
  /// ```swift
  /// x[0]            // the first picture of a batch
  /// x[.all, 1, 16..<48, 16..<48]
  /// ```
  ///
  /// Traps when there are more indices than dimensions or one is out of range.
  public subscript(indices: any TensorIndex...) -> Tensor {
    precondition(indices.count <= rank, "\(indices.count) indices for a tensor of shape \(shape)")
    var result = self
    var axis = 0
    for (number, index) in indices.enumerated() {
      let size = shape[number]
      switch index.resolve(size: size) {
      case .position(let position):
        precondition(
          position >= 0 && position < size, "index \(index) is out of range for dimension \(number) of \(shape)")
        let row = Tensor.apply(Slice(axis: axis, start: position, end: position + 1, step: 1), result)
        result = row.squeeze(axis)
      case .range(let range):
        result = Tensor.apply(Slice(axis: axis, start: range.lowerBound, end: range.upperBound, step: 1), result)
        axis += 1
      }
    }
    return result
  }
}
