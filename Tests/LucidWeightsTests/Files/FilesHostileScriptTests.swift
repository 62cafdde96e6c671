import LucidTensor
import Testing

@testable import LucidWeights

/// TorchScript archives that are no programs, or ask for more than one does.
@Suite struct FilesHostileScriptTests {
  private func archive(_ build: (inout PickleWriter) -> Void) -> [UInt8] {
    var zip = ZipWriter.checkpoint(pickle: PickleWriter.build(build))
    zip.entries.append(.init("archive/constants.pkl", PickleWriter.build { $0.op(")") }))
    return zip.bytes
  }

  private func module(_ pickle: inout PickleWriter, _ attributes: (inout PickleWriter) -> Void) {
    pickle.global("__torch__.net", "Net")
    pickle.op(")")
    pickle.raw(0x81)
    pickle.op("}")
    attributes(&pickle)
    pickle.op("b")
  }

  @Test func attributesAreNamedByTheirPlaces() throws {
    let bytes = archive {
      module(&$0) {
        $0.text("inner")
        module(&$0) {
          $0.text("weight")
          $0.tensor()
          $0.op("s")
        }
        $0.op("s")
        $0.text("training")
        $0.raw(0x89)
        $0.op("s")
      }
    }
    #expect(try readAll(bytes).keys == ["inner.weight"])
    #expect(throws: LucidError.self) { try StateDict(file: MappedFile(bytes: bytes, named: "x"), key: "inner") }
  }

  @Test func classesOfOthersAreRefusedAndTheProgramsOwnOnlyInPrograms() {
    expectRefusal(.unsafeFile, of: archive { $0.global("os", "system") }, saying: "os.system")
    expectRefusal(.unsafeFile, of: archive { $0.global("__torch__x", "Net") }, saying: "__torch__x.Net")
    let plain = ZipWriter.checkpoint(pickle: PickleWriter.build { $0.global("__torch__.net", "Net") })
    expectRefusal(.unsafeFile, of: plain.bytes, saying: "__torch__.net.Net")
  }

  @Test func aModuleInItselfIsNotFollowedForever() {
    let bytes = archive {
      $0.global("__torch__.net", "Net")
      $0.op(")")
      $0.raw(0x81)
      $0.raw(0x71, 0)
      $0.op("}")
      $0.text("me")
      $0.raw(0x68, 0)
      $0.op("s")
      $0.op("b")
    }
    expectRefusal(.corruptFile, of: bytes, saying: "deep")
  }

  @Test("Billion laughs: thirty modules, each with the next one twice") func modulesOfModules() {
    let bytes = archive { pickle in
      module(&pickle) { _ in }
      pickle.raw(0x71, 0)
      for index in 0..<40 as Range<UInt8> {
        pickle.op("0")
        module(&pickle) {
          for name in ["a_rather_long_name_for_a_module", "another_rather_long_name"] {
            $0.text(name)
            $0.raw(0x68, index)
            $0.op("s")
          }
        }
        pickle.raw(0x71, index + 1)
      }
    }
    expectRefusal(.corruptFile, of: bytes, saying: "more ways")
  }

  @Test("Quadratic: two thousand places of a module with two thousand attributes", arguments: [true, false])
  func attributesOfSharedModules(_ areTensors: Bool) {
    let bytes = archive { pickle in
      module(&pickle) {
        $0.tensor()
        $0.raw(0x71, 1)
        $0.op("0")
        for index in 0..<2000 {
          $0.text(String(index))
          if areTensors { $0.raw(0x68, 1) } else { $0.op("N") }
          $0.op("s")
        }
      }
      pickle.raw(0x71, 0)
      pickle.op("0")
      module(&pickle) {
        for index in 0..<2000 {
          $0.text(String(index))
          $0.raw(0x68, 0)
          $0.op("s")
        }
      }
    }
    expectRefusal(.corruptFile, of: bytes, saying: "more ways")
  }

  @Test func whatIsNoModuleIsSaid() {
    expectRefusal(.unsupportedFormat, of: archive { $0.op("}") }, saying: "instead of a module")
    expectRefusal(
      .corruptFile,
      of: archive {
        $0.global("__torch__.net", "Net")
        $0.int(1)
        $0.raw(0x85)
        $0.raw(0x81)
      }, saying: "arguments")
  }
}
