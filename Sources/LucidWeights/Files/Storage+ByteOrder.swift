import LucidTensor

extension Storage {
  /// Turns round the bytes of each element of `size` bytes. For a storage that nobody else has yet.
  func swapBytes(ofElements size: Int) {
    func swap<Element: FixedWidthInteger>(_ type: Element.Type) {
      for place in stride(from: base, to: base + byteCount, by: size) {
        place.storeBytes(of: place.load(as: type).byteSwapped, as: type)
      }
    }
    switch size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: precondition(size == 1, "elements of \(size) bytes")
    }
  }
}
