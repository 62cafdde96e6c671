import Foundation
import LucidTensor
import Testing

@testable import LucidWeights

/// Small files that ask for much: memory, stack or time.
@Suite(.serialized) struct FilesBombTests {
  /// The most address space and memory the process has ever had, in bytes, and the number of its threads.
  private func peaks() throws -> (virtual: Int, resident: Int, threads: Int) {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    func field(_ name: String) throws -> Int {
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
      return try #require(Int(line.split(whereSeparator: { " \t".contains($0) })[1]))
    }
    return (try field("VmPeak") << 10, try field("VmHWM") << 10, try field("Threads"))
  }

  /// Address space is what an allocation takes even when nobody touches it. Other tests run beside this one, and each
  /// thread that first allocates meanwhile reserves 64 MB besides its stack, hence the slack.
  private func expectNoLargeAllocation(_ body: () -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let before = try peaks()
    body()
    let after = try peaks()
    #expect(after.virtual - before.virtual < (1 << 30) + after.threads * (72 << 20), sourceLocation: sourceLocation)
    #expect(after.resident - before.resident < 1 << 28, sourceLocation: sourceLocation)
  }

  @Test func hugeDeclaredCountsInPickles() throws {
    let lies: [(inout PickleWriter) -> Void] = [
      { $0.raw(0x8b, 0xff, 0xff, 0xff, 0x7f) }, { $0.raw(0x8b, 0, 0, 0, 0x80) },
      { $0.raw(0x8d, 0, 0, 0, 0, 0, 1, 0, 0) }, { $0.raw([0x8d] + [UInt8](repeating: 0xff, count: 8)) },
      { $0.raw(0x8e, 0, 0, 0, 0, 0, 1, 0, 0) }, { $0.raw([0x96] + [UInt8](repeating: 0xff, count: 8)) },
      { $0.raw(0x58, 0xff, 0xff, 0xff, 0xff) }, { $0.raw(0x54, 0xff, 0xff, 0xff, 0x7f) },
      { $0.raw(0x54, 0xff, 0xff, 0xff, 0xff) }, { $0.raw(0x42, 0xff, 0xff, 0xff, 0xff) },
    ]
    try expectNoLargeAllocation {
      for lie in lies {
        let pickle = PickleWriter.build { lie(&$0) }
        expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "left")
        expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle), saying: "left")
      }
    }
  }

  @Test func hugeDeclaredCountsInFiles() throws {
    let pickle = PickleWriter.dictionary { $0.tensor(count: 1 << 40, shape: [1 << 40]) }
    try expectNoLargeAllocation {
      expectRefusal(
        .corruptFile, of: LegacyWriter.checkpoint(pickle: pickle, storages: [(1 << 40, [0])]),
        saying: "4398046511104 bytes")
      expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "4398046511104 bytes")
      expectRefusal(.corruptFile, of: SafetensorsWriter.file("{}", size: 4 << 30), saying: "header")
      let large = SafetensorsWriter.entry("a", "F32", "[1099511627776]", "[0,4398046511104]")
      expectRefusal(.corruptFile, of: SafetensorsWriter.file("{\(large)}", data: 4), saying: "4398046511104")
    }
  }

  @Test func memoBomb() throws {
    try expectNoLargeAllocation {
      for index in [2, 1000, 1 << 20, .max] as [UInt32] {
        let pickle = PickleWriter.build {
          $0.op("}")
          $0.op("r")
          $0.integer(index)
        }
        expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "memo index \(index)")
      }
    }
  }

  @Test func recursionBomb() {
    // A million lists, each in the next; a reader that recurses, then or when freeing them, dies of it.
    let lists = PickleWriter.build {
      $0.raw([UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000))
      $0.raw([UInt8](repeating: UInt8(ascii: "a"), count: 999_999))
    }
    expectRefusal(.unsupportedFormat, of: ZipWriter.checkpoint(pickle: lists).bytes, saying: "a list")
    let tuples = PickleWriter.build {
      $0.op(")")
      $0.raw([UInt8](repeating: 0x85, count: 1_000_000))
    }
    expectRefusal(.unsupportedFormat, of: ZipWriter.checkpoint(pickle: tuples).bytes, saying: "a tuple")
    let dictionaries = PickleWriter.build {
      $0.op("}")
      for _ in 0..<100_000 {
        $0.text("model")
        $0.op("}")
      }
      $0.raw([UInt8](repeating: UInt8(ascii: "s"), count: 100_000))
    }
    expectRefusal(.unsupportedFormat, of: ZipWriter.checkpoint(pickle: dictionaries).bytes, saying: "no tensors")
  }

  @Test func billionLaughs() throws {
    // Sixty tuples, each of the one before it twice: 2^60 leaves for a reader that copies.
    try expectNoLargeAllocation {
      let pickle = PickleWriter.build {
        $0.text("lol")
        for index in 0..<60 as Range<UInt8> {
          $0.raw(0x71, index)
          $0.raw(0x68, index)
          $0.raw(0x86)
        }
      }
      expectRefusal(.unsupportedFormat, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "a tuple")
    }
  }

  @Test func copiesOfOneListAgainAndAgain() throws {
    // Ten thousand ordered dictionaries of the same ten thousand pairs, in 130 kB.
    try expectNoLargeAllocation {
      let pickle = PickleWriter.build {
        $0.global("collections", "OrderedDict")
        $0.raw(0x71, 0)
        $0.op("]")
        $0.op("(")
        for _ in 0..<10_000 { $0.raw([0x4b, 1, 0x4b, 2, 0x86]) }
        $0.op("e")
        $0.raw(0x85)
        $0.raw(0x71, 1)
        for _ in 0..<10_000 { $0.raw(0x68, 0, 0x68, 1, 0x52, 0x30) }
      }
      expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "copied")
    }
  }

  @Test func longTextNamedAgainAndAgain() throws {
    // A name of 100 kB, remembered, joined to itself by every STACK_GLOBAL of a naive reader.
    let pickle = PickleWriter.build(protocol: 4) {
      $0.text(String(repeating: "x", count: 100_000))
      $0.raw(0x71, 0)
      for _ in 0..<100_000 { $0.raw(0x68, 0, 0x68, 0, 0x93) }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "longer than")
    let key = PickleWriter.build {
      $0.op("}")
      $0.text(String(repeating: "é", count: 100_000))
      $0.raw(0x71, 0)
      $0.tensor()
      $0.raw(0x71, 1)
      $0.op("s")
      for _ in 0..<100_000 { $0.raw(0x68, 0, 0x68, 1, 0x73) }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: key).bytes, saying: "longer than")
  }

  @Test func stackAndObjectBombs() throws {
    let marks = PickleWriter.build { $0.raw([UInt8](repeating: UInt8(ascii: "("), count: 2_000_000)) }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: marks).bytes, saying: "marks")
    let values = PickleWriter.build { $0.raw([UInt8](repeating: UInt8(ascii: "N"), count: 2_000_000)) }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: values).bytes, saying: "stack")
    let objects = PickleWriter.build {
      for _ in 0..<2_100_000 { $0.raw(UInt8(ascii: "]"), UInt8(ascii: "0")) }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: objects).bytes, saying: "objects")
    let instructions = PickleWriter.build {
      for _ in 0..<4_200_000 { $0.raw(UInt8(ascii: "N"), UInt8(ascii: "0")) }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: instructions).bytes, saying: "instructions")
  }
}
