import LucidTensor
import Testing

@testable import LucidWeights

/// Pickles that try to run code, or to make the reader trip.
@Suite struct FilesHostilePickleTests {
  /// The pickle as the first one of a file of each form.
  private func expectRefusals(
    _ code: LucidError.Code, _ pickle: [UInt8], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for bytes in [ZipWriter.checkpoint(pickle: pickle).bytes, LegacyWriter.checkpoint(pickle: pickle)] {
      for word in words { expectRefusal(code, of: bytes, saying: word, sourceLocation: sourceLocation) }
    }
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "exec"), ("__builtin__", "getattr"),
    ("builtins", "getattr"), ("torch", "load"), ("torch.serialization", "load"), ("torch.hub", "load"),
    ("subprocess", "Popen"),
    ("runpy", "_run_code"), ("numpy", "load"), ("torch._utils", "_rebuild_tensor_v2.__globals__"),
    ("collections", "OrderedDict.__init__"), ("torch", "os.system"), ("torch.FloatStorage", ""), ("", ""),
  ])
  func functionsThatDataHasNoBusinessWith(_ module: String, _ name: String) {
    let words = "\(module).\(name), which a data file has no business with"
    expectRefusals(
      .unsafeFile,
      PickleWriter.build {
        $0.global(module, name)
        $0.text("touch owned")
        $0.raw(0x85)
        $0.op("R")
      }, words)
    expectRefusals(
      .unsafeFile,
      PickleWriter.build(protocol: 4) {
        $0.text(module)
        $0.text(name)
        $0.raw(0x93)
        $0.text("touch owned")
        $0.raw(0x85)
        $0.op("R")
      }, words)
  }

  @Test func osSystemInAPlainPickle() {
    expectRefusal(
      .unsafeFile, of: PickleWriter.build { $0.global("os", "system") }, saying: "os.system", "nothing was executed")
  }

  @Test(arguments: [0x69, 0x6f, 0x82, 0x83, 0x84, 0x92] as [UInt8])
  func instructionsThatMakeObjects(_ code: UInt8) {
    expectRefusals(.unsafeFile, PickleWriter.build { $0.raw(code) }, "no business")
  }

  @Test func callOfSomethingElse() {
    for function in ["FloatStorage", "float32", "Tensor"] {
      expectRefusals(
        .corruptFile,
        PickleWriter.build {
          $0.global("torch", function)
          $0.op(")")
          $0.op("R")
        }, "is called")
    }
    expectRefusals(
      .corruptFile,
      PickleWriter.build {
        $0.text("os.system")
        $0.op(")")
        $0.op("R")
      }, "text is called")
  }

  @Test func rebuildInsideRebuild() {
    expectRefusals(
      .corruptFile,
      PickleWriter.build {
        $0.global("torch._tensor", "_rebuild_from_type_v2")
        $0.op("(")
        $0.global("torch._tensor", "_rebuild_from_type_v2")
        $0.global("torch", "Tensor")
        $0.op(")")
        $0.op("}")
        $0.op("t")
        $0.op("R")
      }, "arguments")
  }

  @Test(arguments: ["R", "Q", "t", "e", "u", "a", "s", "b", "q", "0", "1"] as [Unicode.Scalar])
  func emptyStack(_ code: Unicode.Scalar) {
    expectRefusals(
      .corruptFile,
      PickleWriter.build {
        $0.op(code)
        $0.raw(0)
      }, "at byte")
  }

  @Test("EXT1, EXT2 and EXT4 name any function by a number of copyreg's registry", arguments: [1, 2, 4])
  func extensionRegistry(_ width: Int) {
    let code: UInt8 = [1: 0x82, 2: 0x83, 4: 0x84][width]!
    for number in [0, 1, 0xff] as [UInt8] {
      expectRefusals(
        .unsafeFile,
        PickleWriter.build {
          $0.raw(code)
          $0.raw([UInt8](repeating: number, count: width))
          $0.op(")")
          $0.op("R")
        }, "instruction 0x\(String(code, radix: 16)) makes an object of any class")
    }
  }

  @Test(arguments: ["os.system\n", "storage\n", "\n", "('storage', torch.FloatStorage, '0', 'cpu', 4)\n"])
  func persistentIDAsALineOfText(_ id: String) {
    expectRefusals(
      .unsupportedFormat,
      PickleWriter.build {
        $0.op("P")
        $0.raw(Array(id.utf8))
      }, "instruction 0x50 of the pickle is one that torch.save does not write")
  }

  @Test func persistentIDsThatAreNoTuples() {
    let ids: [(inout PickleWriter) -> Void] = [
      { $0.op("N") }, { $0.op("}") }, { $0.op("]") }, { $0.int(7) }, { $0.global("torch", "FloatStorage") },
      { $0.storage(count: 4) }, { $0.tensor() },
    ]
    for id in ids {
      expectRefusals(
        .corruptFile,
        PickleWriter.build {
          id(&$0)
          $0.op("Q")
        }, "at byte")
    }
  }

  @Test func aSecondPickleAfterTheFirstStops() {
    let honest = PickleWriter.dictionary { $0.tensor() }
    let hidden = PickleWriter.build {
      $0.global("os", "system")
      $0.text("touch owned")
      $0.raw(0x85)
      $0.op("R")
    }
    expectRefusal(
      .corruptFile, of: ZipWriter.checkpoint(pickle: honest + hidden).bytes, saying: "after the end of its pickle")
    // Old files are several pickles, each of which must be what it is expected to be.
    expectRefusal(.unsafeFile, of: LegacyWriter.checkpoint(pickle: honest + hidden), saying: "os.system")
  }

  @Test func persistentIDsOfTheWrongShape() {
    let ids: [(inout PickleWriter) -> Void] = [
      { $0.text("storage") }, { $0.op(")") }, { $0.tuple([1, 2, 3, 4, 5]) },
      {
        $0.op("(")
        $0.text("module")
        $0.global("torch", "FloatStorage")
        $0.text("0")
        $0.text("cpu")
        $0.int(4)
        $0.op("t")
      },
      {
        $0.op("(")
        $0.text("storage")
        $0.global("collections", "OrderedDict")
        $0.text("0")
        $0.text("cpu")
        $0.int(4)
        $0.op("t")
      },
      {
        $0.op("(")
        $0.text("storage")
        $0.global("torch", "FloatStorage")
        $0.text("0")
        $0.text("cpu")
        $0.text("4")
        $0.op("t")
      },
    ]
    for id in ids {
      expectRefusals(
        .corruptFile,
        PickleWriter.build {
          id(&$0)
          $0.op("Q")
        }, "storage")
    }
    for count in [-1, .min, .max] {
      expectRefusals(.corruptFile, PickleWriter.build { $0.storage(count: count) }, "\(count) elements")
    }
  }

  @Test(arguments: [
    (4, 5, [0], [1]), (4, 1, [4], [1]), (4, 4, [1], [1]), (4, -1, [1], [1]), (4, .min, [4], [1]), (4, .max, [1], [1]),
    (4, 0, [5], [1]), (4, 0, [2, 2], [3, 1]), (4, 0, [2], [-1]), (4, 3, [2], [-1]), (4, 0, [-1], [1]),
    (4, 0, [2], [.max]), (4, 0, [.max], [2]), (4, 0, [.max, .max], [0, 0]), (4, 1, [.max], [1]),
    (4, 0, [0, .max, .max], [1, 1, 1]),
    (4, 0, [4], []), (4, 0, [], [1]), (4, 0, [1 << 32, 1 << 32], [0, 0]), (4, 0, [3, 3], [.max / 2, .max / 2]),
    (5, 0, [5], [1]), (1 << 40, 0, [4], [1]), (4, 0, [1 << 40], [0]), (4, 0, [1 << 20, 1 << 10], [0, 0]),
  ])
  func viewsOutsideTheirStorage(_ count: Int, _ offset: Int, _ shape: [Int], _ strides: [Int]) {
    let pickle = PickleWriter.dictionary { $0.tensor(count: count, offset: offset, shape: shape, strides: strides) }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "\"a\"")
    if count == 4 { expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle), saying: "\"a\"") }
  }

  @Test func manyRepetitionsOfLittle() {
    // Each takes 16 MB when read, all of them 16 GB.
    let pickle = PickleWriter.build {
      $0.op("}")
      for index in 0..<1024 {
        $0.text("\(index)")
        $0.tensor(shape: [4 << 20], strides: [0])
        $0.op("s")
      }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "repeats a storage")
  }

  @Test func tooManyDimensions() {
    let ones = [Int](repeating: 1, count: 65)
    let pickle = PickleWriter.dictionary { $0.tensor(shape: ones, strides: ones) }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "_rebuild_tensor_v2")
  }

  @Test func storageThatIsNotThere() {
    let pickle = PickleWriter.dictionary { $0.tensor(key: "../data.pkl") }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "../data.pkl")
    expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle), saying: "storage")
  }

  @Test func twoTensorsOfOneName() {
    let pickle = PickleWriter.build {
      $0.op("}")
      for _ in 0..<2 {
        $0.text("a")
        $0.tensor()
        $0.op("s")
      }
    }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "\"a\"")
  }

  @Test func framesThatLie() {
    for size in [UInt64.max, 1 << 40, 100, 2] {
      expectRefusals(
        .corruptFile,
        PickleWriter.build(protocol: 4) {
          $0.raw(0x95)
          $0.integer(size)
          $0.text("some text")
        }, "frame")
    }
    expectRefusals(
      .corruptFile,
      PickleWriter.build(protocol: 4) {
        $0.raw(0x95)
        $0.integer(UInt64(20))
        $0.raw(0x95)
        $0.integer(UInt64(1))
        $0.text("some text")
      }, "inside another")
  }

  @Test func protocolsThatAreNotKnown() {
    for version in [0, 1, 6, 255] as [UInt8] {
      expectRefusals(.unsupportedFormat, PickleWriter.build(protocol: version) { $0.op("}") }, "protocol \(version)")
    }
    expectRefusals(.unsupportedFormat, PickleWriter.build { $0.op("I") }, "pickle_protocol")
  }

  @Test func viewOfAStorageInOldFiles() throws {
    func pickle(_ offset: Int, _ size: Int) -> [UInt8] {
      PickleWriter.dictionary {
        $0.global("torch._utils", "_rebuild_tensor")
        $0.op("(")
        $0.op("(")
        $0.text("storage")
        $0.global("torch", "ByteStorage")
        $0.text("0")
        $0.text("cpu")
        $0.int(8)
        $0.op("(")
        $0.text("view")
        $0.int(offset)
        $0.int(size)
        $0.op("t")
        $0.op("t")
        $0.op("Q")
        $0.int(1)
        $0.tuple([2])
        $0.tuple([1])
        $0.op("t")
        $0.op("R")
      }
    }
    let storage: [(Int64, [UInt8])] = [(8, [0, 1, 2, 3, 4, 5, 6, 7])]
    let dict = try readAll(LegacyWriter.checkpoint(pickle: pickle(3, 3), storages: storage))
    #expect(try dict["a"]?.scalars(as: Int.self) == [4, 5])
    expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle(3, 2), storages: storage), saying: "\"a\"")
    for (offset, size) in [(-1, 4), (8, 1), (.max, 1), (1, .max), (0, -1)] {
      expectRefusal(
        .corruptFile, of: LegacyWriter.checkpoint(pickle: pickle(offset, size), storages: storage), saying: "view")
    }
  }

  @Test func legacyStoragesThatDisagree() {
    let pickle = PickleWriter.dictionary { $0.tensor() }
    let data = [UInt8](repeating: 0, count: 16)
    for count in [3, 5, 0, -1, .max, .min] as [Int64] {
      expectRefusal(
        .corruptFile, of: LegacyWriter.checkpoint(pickle: pickle, storages: [(count, data)]), saying: "\"0\"",
        "\(count)")
    }
    expectRefusal(
      .corruptFile, of: LegacyWriter.checkpoint(pickle: pickle, keys: ["0", "0"], storages: [(4, data), (4, data)]),
      saying: "twice")
    expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle) + [0], saying: "follow the last storage")
    expectRefusal(.corruptFile, of: LegacyWriter.checkpoint(pickle: pickle, keys: ["1"]), saying: "no tensor uses")
    expectRefusal(
      .corruptFile, of: LegacyWriter.checkpoint(pickle: pickle, storages: [(4, [0])]), saying: "storage \"0\"", "1 left"
    )
  }
}
