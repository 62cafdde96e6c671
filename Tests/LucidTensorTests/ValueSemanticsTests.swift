import LucidTensor
import Testing

/// Copies and views keep their values whatever happens to the tensor that they came from.
@Suite struct ValueSemanticsTests {
  private func setAll(_ x: inout Tensor, _ value: Float) {
    x.withUnsafeMutableBytes {
      for index in $0.bindMemory(to: Float.self).indices { $0.bindMemory(to: Float.self)[index] = value }
    }
  }

  @Test func aCopyKeepsItsValues() {
    var x = Tensor([1, 2, 3] as [Float])
    let copy = x
    setAll(&x, 9)
    #expect(x.scalars(as: Float.self) == [9, 9, 9])
    #expect(copy.scalars(as: Float.self) == [1, 2, 3])
  }

  @Test(arguments: [
    "slice", "permute", "expand", "reshape", "index", "squeeze",
  ]) func aViewKeepsItsValues(_ name: String) {
    var x = Tensor((0..<12).map(Float.init), [3, 4])
    let view =
      switch name {
      case "slice": x[1..<3]
      case "permute": x.T
      case "expand": x.expand(to: [2, 3, 4])
      case "reshape": x.reshape(4, 3)
      case "index": x[2]
      default: x.unsqueeze(0).squeeze(0)
      }
    #expect(view.storage === x.storage, "\(name) is not a view")
    let before = view.scalars(as: Float.self)
    setAll(&x, -1)
    #expect(view.scalars(as: Float.self) == before)
    #expect(x.scalars(as: Float.self) == [Float](repeating: -1, count: 12))
  }

  @Test func writingToAViewLeavesTheWhole() {
    let x = Tensor((0..<6).map(Float.init), [2, 3])
    var column = x[.all, 1]
    var row = x[0]
    var repeated = Tensor([5] as [Float]).expand(to: [3])
    setAll(&column, 7)
    setAll(&row, 8)
    repeated.withUnsafeMutableBytes { $0.bindMemory(to: Float.self)[0] = 6 }
    #expect(x.scalars(as: Float.self) == [0, 1, 2, 3, 4, 5])
    #expect(column.scalars(as: Float.self) == [7, 7] && row.scalars(as: Float.self) == [8, 8, 8])
    #expect(repeated.scalars(as: Float.self) == [6, 5, 5])
  }

  @Test func aSoleOwnerIsWrittenInPlace() {
    var x = Tensor([1, 2] as [Float])
    let before = ObjectIdentifier(x.storage)
    setAll(&x, 3)
    #expect(ObjectIdentifier(x.storage) == before)
  }

  @Test func borrowedBytesAreNeverWritten() {
    final class File {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 64)
      deinit { bytes.deallocate() }
    }
    let file = File()
    file.bytes.bindMemory(to: Float.self).baseAddress!.update(from: [1, 2], count: 2)
    var x = Tensor(
      storage: Storage(borrowing: UnsafeRawBufferPointer(file.bytes), owner: file), shape: [2], dtype: .float32)
    #expect(x.storage.isBorrowed)
    setAll(&x, 9)
    #expect(!x.storage.isBorrowed)
    #expect(Array(file.bytes.bindMemory(to: Float.self)) == [1, 2])
    #expect(x.scalars(as: Float.self) == [9, 9])
  }

  @Test func storageKeepsItsOwnerAlive() {
    final class File {
      let onRelease: () -> Void
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 64)
      init(onRelease: @escaping () -> Void) { self.onRelease = onRelease }
      deinit {
        bytes.deallocate()
        onRelease()
      }
    }
    var isReleased = false
    var x: Tensor?
    do {
      let file = File { isReleased = true }
      file.bytes.bindMemory(to: Float.self)[0] = 4
      x = Tensor(
        storage: Storage(borrowing: UnsafeRawBufferPointer(file.bytes), owner: file), shape: [1], dtype: .float32)
    }
    #expect(!isReleased)
    let view = x?.reshape(1, 1)
    x = nil
    #expect(!isReleased)
    #expect(view?.item(as: Float.self) == 4)
  }

  @Test func operatorsLeaveTheirOperands() {
    var x = Tensor([1, 2] as [Float])
    let y = x
    x += y
    x *= y
    #expect(x.scalars(as: Float.self) == [2, 8])
    #expect(y.scalars(as: Float.self) == [1, 2])
  }

  @Test func aThrowWhileFillingIsHandedOn() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      _ = try Tensor(shape: [2], of: Float.self) { (_: UnsafeMutableBufferPointer<Float>) in throw Failure() }
    }
  }
}
