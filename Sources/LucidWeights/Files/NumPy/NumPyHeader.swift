import LucidTensor

/// The dictionary at the beginning of a `.npy` file: exactly `descr`, `fortran_order` and `shape`, as Python writes it.
struct NumPyHeader {
  /// The elements' type, such as `<f4`; what is no string, as for records, as it was written.
  let descr: String
  /// Whether the first dimension varies fastest.
  let isFortranOrder: Bool
  /// The sizes, outermost first.
  let shape: [Int]

  /// More dimensions than any array has: NumPy allows 64.
  private static let maximumRank = 64

  /// The header in a text; nil where the text is none.
  init?(_ text: String) {
    var scanner = Scanner(rest: Substring(text))
    guard scanner.take("{") else { return nil }
    var descr: String?
    var order: Bool?
    var shape: [Int]?
    while !scanner.take("}") {
      guard let key = scanner.string(), scanner.take(":") else { return nil }
      switch key {
      case "descr" where descr == nil: descr = scanner.string() ?? scanner.bracketed()
      case "fortran_order" where order == nil: order = scanner.take("True") ? true : scanner.take("False") ? false : nil
      case "shape" where shape == nil: shape = scanner.sizes(atMost: Self.maximumRank)
      default: return nil
      }
      let isLast = !scanner.take(",")
      if isLast && !scanner.rest.drop(while: \.isWhitespace).hasPrefix("}") { return nil }
    }
    guard let descr, let order, let shape, scanner.rest.allSatisfy(\.isWhitespace) else { return nil }
    (self.descr, self.isFortranOrder, self.shape) = (descr, order, shape)
  }

  /// Reads the few Python literals that a header is made of.
  private struct Scanner {
    var rest: Substring

    mutating func take(_ word: String) -> Bool {
      rest = rest.drop(while: \.isWhitespace)
      guard rest.hasPrefix(word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }

    /// A string without escapes, in either kind of quotes.
    mutating func string() -> String? {
      rest = rest.drop(while: \.isWhitespace)
      guard let quote = rest.first, quote == "'" || quote == "\"",
        let end = rest.dropFirst().firstIndex(of: quote)
      else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      return String(rest[rest.index(after: rest.startIndex)..<end])
    }

    /// A list or tuple with all in it, as it was written.
    mutating func bracketed() -> String? {
      rest = rest.drop(while: \.isWhitespace)
      var depth = 0
      for index in rest.indices {
        if "[(".contains(rest[index]) { depth += 1 }
        if "])".contains(rest[index]) { depth -= 1 }
        guard depth > 0 else {
          guard index > rest.startIndex else { return nil }
          defer { rest = rest[rest.index(after: index)...] }
          return String(rest[...index])
        }
      }
      return nil
    }

    /// A tuple of sizes; Python 2 wrote an `L` after some.
    mutating func sizes(atMost limit: Int) -> [Int]? {
      guard take("(") else { return nil }
      var sizes: [Int] = []
      while !take(")") {
        rest = rest.drop(while: \.isWhitespace)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let size = Int(digits), sizes.count < limit else { return nil }
        sizes.append(size)
        rest = rest.dropFirst(digits.count)
        _ = take("L")
        guard take(",") || rest.drop(while: \.isWhitespace).hasPrefix(")") else { return nil }
      }
      return sizes
    }
  }
}

/// The element types that NumPy and ``DType`` have in common.
enum NumPyElement {
  private static let types: [(dtype: DType, code: String)] = [
    (.float32, "f4"), (.float64, "f8"), (.float16, "f2"), (.int8, "i1"), (.int16, "i2"), (.int32, "i4"),
    (.int64, "i8"), (.uint8, "u1"), (.bool, "b1"),
  ]

  /// The type that a header's `descr` names, and whether its bytes stand in big-endian order.
  static func type(_ descr: String) -> (dtype: DType, isBigEndian: Bool)? {
    guard let order = descr.first, "<>|=".contains(order),
      let dtype = types.first(where: { $0.code == descr.dropFirst() })?.dtype
    else { return nil }
    return (dtype, order == ">" && dtype.byteCount > 1)
  }

  /// What a header calls a type that NumPy has.
  static func descr(_ dtype: DType) -> String {
    guard let code = types.first(where: { $0.dtype == dtype })?.code else {
      preconditionFailure("NumPy has no \(dtype)")
    }
    return (dtype.byteCount == 1 ? "|" : "<") + code
  }
}
