/// A tensor of a file whose elements are of a type that ``DType`` does not have: it is listed and cannot be read.
public struct UnreadableTensor: Sendable {
  /// The name.
  public internal(set) var name: String
  /// The element type as the file calls it, as in `F8_E4M3`.
  public let dtype: String
  /// The shape.
  public let shape: Shape
  /// The bytes that it takes in the file.
  public let byteCount: Int
  /// What asking for it throws: the file, the tensor and the type.
  public let error: LucidError

  package init(name: String, dtype: String, shape: Shape, byteCount: Int, error: LucidError) {
    (self.name, self.dtype, self.shape, self.byteCount, self.error) = (name, dtype, shape, byteCount, error)
  }

  func renamed(_ name: String) -> UnreadableTensor {
    var result = self
    result.name = name
    return result
  }
}
