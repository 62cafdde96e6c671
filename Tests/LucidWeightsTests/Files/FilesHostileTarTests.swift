import LucidTensor
import Testing

@testable import LucidWeights

/// Tar archives that lie, and checkpoints in them that do.
@Suite struct FilesHostileTarTests {
  private func checkpoint(
    storages: [UInt8] = TarWriter.empty["storages"]!, tensors: [UInt8] = TarWriter.empty["tensors"]!,
    pickle: [UInt8] = TarWriter.empty["pickle"]!
  ) -> [UInt8] {
    var tar = TarWriter()
    for (name, data) in [("storages", storages), ("tensors", tensors), ("pickle", pickle)] { tar.add(name, data) }
    return tar.bytes
  }

  private func storage(_ number: Int = 7, count: Int64 = 4, bytes: Int = 16, views: [[Int]] = []) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(PickleWriter.build { $0.int(1) })
    writer.put(
      PickleWriter.build {
        $0.op("(")
        $0.int(number)
        $0.text("cpu")
        $0.global("torch", "FloatStorage")
        $0.op("t")
      })
    writer.put(count)
    writer.put([UInt8](repeating: 0, count: bytes))
    writer.put(
      PickleWriter.build {
        $0.op("]")
        for view in views {
          $0.tuple(view)
          $0.op("a")
        }
      })
    return writer.bytes
  }

  private func tensor(storage: Int = 7, rank: Int32 = 1, sizes: [Int64] = [4, 1], offset: Int64 = 0) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(PickleWriter.build { $0.int(1) })
    writer.put(
      PickleWriter.build {
        $0.op("(")
        $0.int(9)
        $0.int(storage)
        $0.global("torch", "FloatTensor")
        $0.op("t")
      })
    writer.put(rank)
    writer.put(0 as Int32)
    for size in sizes { writer.put(size) }
    writer.put(offset)
    return writer.bytes
  }

  private func object(_ id: String = "9") -> [UInt8] {
    PickleWriter.dictionary {
      $0.text(id)
      $0.op("Q")
    }
  }

  @Test func theHelpersWriteWhatIsRead() throws {
    let dict = try readAll(checkpoint(storages: storage(), tensors: tensor(), pickle: object()))
    #expect(dict.type(of: "a") == TensorType([4], .float32))
    let viewed = storage(views: [[8, 7, 1, 2]])
    #expect(
      try readAll(checkpoint(storages: viewed, tensors: tensor(storage: 8, sizes: [2, 1]), pickle: object())).count == 1
    )
  }

  @Test func numbersThatNobodyHas() {
    for id in ["8", "7.5", "", "99999999999999999999", "-9"] {
      expectRefusal(
        .corruptFile, of: checkpoint(storages: storage(), tensors: tensor(), pickle: object(id)),
        saying: "persistent id")
    }
    expectRefusal(
      .corruptFile, of: checkpoint(storages: storage(), tensors: tensor(storage: 6), pickle: object()),
      saying: "number and that of a storage")
  }

  @Test(arguments: [[8, 7, 3, 2], [8, 7, -1, 2], [8, 6, 0, 1], [7, 7, 0, 1], [8, 7, .max, .max], [8, 7, 0]])
  func viewsOutsideOfStorages(_ view: [Int]) {
    expectRefusal(.corruptFile, of: checkpoint(storages: storage(views: [view])), saying: "storage")
  }

  @Test func declaredCountsThatAreNotThere() {
    expectRefusal(.corruptFile, of: checkpoint(storages: storage(count: 1 << 40)), saying: "4398046511104 bytes")
    expectRefusal(.corruptFile, of: checkpoint(storages: storage(count: -1)), saying: "-1 elements")
    expectRefusal(.corruptFile, of: checkpoint(storages: storage(count: .max)), saying: "elements")
    let many = PickleWriter.build { $0.int(1 << 50) }
    expectRefusal(.corruptFile, of: checkpoint(storages: many), saying: "number of storages")
    expectRefusal(.corruptFile, of: checkpoint(tensors: many), saying: "number of tensors")
    for rank in [-1, 65, .max] as [Int32] {
      expectRefusal(
        .corruptFile, of: checkpoint(storages: storage(), tensors: tensor(rank: rank), pickle: object()),
        saying: "\(rank) dimensions")
    }
  }

  @Test(arguments: [[5, 1], [4, 2], [-4, 1], [4, -1], [.max, .max]] as [[Int64]])
  func viewsOutsideOfTheFile(_ sizes: [Int64]) {
    expectRefusal(
      .corruptFile, of: checkpoint(storages: storage(), tensors: tensor(sizes: sizes), pickle: object()),
      saying: "\"a\"")
  }

  @Test func headersThatLie() {
    let lies: [(inout TarWriter) -> Void] = [
      { $0.add("pickle", [1, 2], size: "77777777777") }, { $0.add("pickle", [1, 2], size: "zzzzzzzzzzz") },
      { $0.add("pickle", [1, 2], checksum: 1) },
      {
        $0.add("pickle", [1])
        $0.add("pickle", [2])
      },
    ]
    for lie in lies {
      var tar = TarWriter()
      lie(&tar)
      expectRefusal(.corruptFile, of: tar.bytes, saying: "archive")
    }
    var other = TarWriter()
    other.add("photo.jpg", [1, 2, 3])
    expectRefusal(.unsupportedFormat, of: other.bytes, saying: "tar archive without")
    var links = TarWriter()
    links.add("storages", [], type: UInt8(ascii: "2"))
    expectRefusal(.unsupportedFormat, of: links.bytes, saying: "\"storages\"")
  }

  @Test func everyPrefixIsRefused() throws {
    let whole = try FileFixtures.bytes("training.tar.pth")
    // The zeros that tar adds after the last entry's bytes say nothing.
    let end = try #require(whole.lastIndex { $0 != 0 })
    for count in stride(from: 300, through: end, by: 97) {
      let error = #expect(throws: LucidError.self) { try readAll(Array(whole[..<count])) }
      #expect(error != nil)
    }
  }
}
