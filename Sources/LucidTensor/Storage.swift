/// A block of bytes that tensors share.
///
/// The bytes come from a pool, 64-byte aligned, or belong to somebody else, such as a memory-mapped file, who is kept alive
/// as long as the storage is.
///
/// `@unchecked Sendable` holds because bytes are written in two places only: before the storage is handed to a second
/// owner (an operation filling its fresh output), and in ``Tensor/withUnsafeMutableBytes(_:)``, which first makes the
/// storage unique. Everybody else reads.
package final class Storage: @unchecked Sendable {
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  private let owner: Owner

  private enum Owner {
    case pool(MemoryPool.Block)
    case other(AnyObject)
  }

  /// Fresh bytes, not initialised.
  package init(byteCount: Int) {
    let block = MemoryPool.shared.take(byteCount)
    self.base = block.base
    self.byteCount = byteCount
    self.owner = .pool(block)
  }

  /// Somebody else's bytes, never written to; `owner` keeps them valid.
  package init(borrowing bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.base = UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!)
    self.byteCount = bytes.count
    self.owner = .other(owner)
  }

  /// Whether the bytes belong to somebody else and must not be written.
  package var isBorrowed: Bool { if case .other = owner { true } else { false } }

  deinit {
    if case .pool(let block) = owner { MemoryPool.shared.giveBack(block) }
  }
}
