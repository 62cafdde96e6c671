import LucidTensor
import Testing

@testable import LucidWeights

/// Zip archives whose parts disagree.
@Suite struct FilesHostileZipTests {
  private let honest = ZipWriter.checkpoint(pickle: PickleWriter.dictionary { $0.tensor() })
  /// The storage's place in ``honest``.
  private let storage = 2

  private func altered(_ change: (inout ZipWriter) -> Void) -> [UInt8] {
    var writer = honest
    change(&writer)
    return writer.bytes
  }

  @Test func theHonestOneIsRead() throws {
    #expect(try readAll(honest.bytes).keys == ["a"])
  }

  @Test(arguments: [0, 1, 15, 17, 1 << 20, .max - 1, .max] as [UInt32])
  func entryThatLiesAboutItsSize(_ size: UInt32) {
    expectRefusal(.corruptFile, of: altered { $0.entries[storage].localSize = size }, saying: "archive/data/0", "size")
    expectRefusal(.corruptFile, of: altered { $0.entries[storage].centralSize = size }, saying: "archive/data/0")
    // Both lie the same way: too much reaches past the entry, too little lies about the storage.
    expectRefusal(
      .corruptFile,
      of: altered {
        $0.entries[storage].localSize = size
        $0.entries[storage].centralSize = size
      }, saying: "\"")
  }

  @Test func entriesThatOverlap() {
    expectRefusal(
      .corruptFile,
      of: altered {
        $0.entries[0].localSize = UInt32($0.entries[0].data.count + 4)
        $0.entries[0].centralSize = $0.entries[0].localSize
      }, saying: "overlap")
  }

  @Test func entriesThatShareBytes() {
    expectRefusal(
      .corruptFile,
      of: altered {
        $0.entries.append(.init("archive/data/0", []))
        $0.entries[3].offset = 0
      }, saying: "archive/data/0")
  }

  @Test func entryUnderTwoNames() {
    expectRefusal(
      .corruptFile, of: altered { $0.entries[storage].localName = "archive/data/1" }, saying: "archive/data/0")
    expectRefusal(
      .corruptFile, of: altered { $0.entries.append(.init("archive/data/0", $0.entries[storage].data)) },
      saying: "two entries")
  }

  @Test func offsetsPastTheEnd() {
    for offset in [1, 5000, .max - 1, .max] as [UInt32] {
      expectRefusal(.corruptFile, of: altered { $0.entries[storage].offset = offset }, saying: "archive/data/0")
      expectRefusal(.corruptFile, of: altered { $0.directoryOffset = offset }, saying: "central directory")
    }
  }

  @Test func countsThatLie() {
    for count in [0, 2, 4, 0xffff] as [UInt16] {
      expectRefusal(.corruptFile, of: altered { $0.entryCount = count }, saying: "entries")
    }
  }

  @Test func sizesOf64Bits() throws {
    #expect(try readAll(altered { $0.isZip64 = true }).keys == ["a"])
    for lie in [1, 1 << 40, .max, 1 << 63] as [UInt64] {
      expectRefusal(
        .corruptFile,
        of: altered {
          $0.isZip64 = true
          $0.zip64Lie = lie
        }, saying: "archive/data.pkl")
    }
    for offset in [0, 1 << 40, 1 << 63, .max] as [UInt64] {
      expectRefusal(
        .corruptFile,
        of: altered {
          $0.isZip64 = true
          $0.locatorOffset = offset
        }, saying: "zip64 locator")
    }
    expectRefusal(
      .corruptFile,
      of: altered {
        $0.isZip64 = true
        $0.entryCount = 2
      }, saying: "entries")
  }

  @Test func compressedAndEncryptedEntries() {
    expectRefusal(
      .unsupportedFormat, of: altered { $0.entries[storage].method = 8 }, saying: "archive/data/0", "method 8")
    expectRefusal(
      .unsupportedFormat, of: altered { $0.entries[storage].flags = 1 }, saying: "archive/data/0", "encrypted")
  }

  @Test func twoPickles() {
    expectRefusal(
      .corruptFile, of: altered { $0.entries.append(.init("other/data.pkl", $0.entries[0].data)) }, saying: "2 pickles")
  }

  @Test func bytesAfterThePickle() {
    expectRefusal(.corruptFile, of: altered { $0.entries[0].data.append(0) }, saying: "after the end of its pickle")
  }

  @Test func byteOrdersAndVersions() throws {
    func with(_ name: String, _ text: String) -> [UInt8] {
      altered {
        $0.entries.removeAll { $0.name == name }
        $0.entries.append(.init(name, Array(text.utf8)))
      }
    }
    for order in ["little", "big"] { #expect(try readAll(with("archive/byteorder", order)).keys == ["a"]) }
    expectRefusal(.corruptFile, of: with("archive/byteorder", ""), saying: "byte order")
    expectRefusal(.corruptFile, of: with("archive/byteorder", "middle"), saying: "byte order")
    expectRefusal(.unsupportedFormat, of: with("archive/version", "11\n"), saying: "version 11")
    expectRefusal(.corruptFile, of: with("archive/version", "three"), saying: "version")
  }

  @Test func aStorageMayBeLargerThanItsTensorsButNotSmaller() throws {
    let large = ZipWriter.checkpoint(
      pickle: PickleWriter.dictionary { $0.tensor() }, storages: [("0", [UInt8](repeating: 0, count: 20))])
    #expect(try readAll(large.bytes).count == 1)
    let small = ZipWriter.checkpoint(
      pickle: PickleWriter.dictionary { $0.tensor() }, storages: [("0", [UInt8](repeating: 0, count: 15))])
    expectRefusal(.corruptFile, of: small.bytes, saying: "\"a\"", "15")
  }
}
