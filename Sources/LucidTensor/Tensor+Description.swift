extension Tensor: CustomStringConvertible {
  /// The shape, the type and the first numbers.
  public var description: String {
    let shown = Swift.min(elementCount, 8)
    let values = flatten().slice(dim: 0, to: shown)
    let text =
      dtype == .float64
      ? values.scalars(as: Double.self).map { "\($0)" }
      : dtype.isFloatingPoint
        ? values.scalars(as: Float.self).map { "\($0)" }
        : dtype == .bool
          ? values.scalars(as: Bool.self).map { "\($0)" } : values.scalars(as: Int64.self).map { "\($0)" }
    return "Tensor(\(shape), \(dtype), [\(text.joined(separator: ", "))\(shown < elementCount ? ", …" : "")])"
  }
}
